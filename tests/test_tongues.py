"""Templates compiled for a language say the same as those that ask the catalogue word by word."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, g, url_for
from flask_babel import force_locale, refresh

from blueprints import tongues
from blueprints.words import show
from models.base import LARGEST_ID, Language
from models.fault_report import ReportStatus
from models.order import OrderStatus

LANGUAGES = [language.value for language in Language]
SAID = """{{ _("Close") }} <a title="{{ _('Close') }}">{{ _("Store %(number)s", number=number) }}</a>
{{ help or _("None yet") }} {{ ngettext("%(num)s hit in the archive", "%(num)s hits in the archive", 3) }}
{% for value, label in (("", _("Light")), ("d", _("Dark"))) %}{{ value ~ "-" }}{{ label }}{% endfor %}"""


@pytest.fixture
def asked(app: Flask):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_the_catalogues_and_what_is_filled_in_is_escaped(app, asked, language):
    facts = {"number": "<b>7 & 8</b>", "help": ""}
    with force_locale(language):
        plain = app.jinja_env.from_string(SAID).render(facts)
        compiled = tongues.tongue(language).from_string(SAID).render(facts)
    assert compiled == plain
    assert "&lt;b&gt;7 &amp; 8&lt;/b&gt;" in compiled


def test_the_catalogue_is_not_asked_when_the_page_is_drawn(app, asked, monkeypatch):
    with force_locale("sv"):
        template = tongues.tongue("sv").from_string('{{ _("Close") }}')
        monkeypatch.setattr(tongues, "gettext", None)
        monkeypatch.setitem(app.jinja_env.globals, "gettext", None)
        assert template.render() == "Stäng"


def test_each_reader_gets_their_own_language_whoever_asked_before(cast):
    browser, seen = cast.stranger(), []
    for language in (*LANGUAGES, *LANGUAGES):
        browser.post("/account/language", data={"language": language})
        page = browser.get("/login/").text
        seen.append(
            (re.search(r'<html lang="(\w+)"', page)[1], re.search(r'class="skip" href="#main">([^<]+)<', page)[1])
        )
    assert seen[:4] == seen[4:]
    assert [language for language, _ in seen[:4]] == LANGUAGES
    assert len({words for _, words in seen}) == len(LANGUAGES)


def test_addresses_filled_in_are_those_that_are_built(app, asked):
    """Of every route that wants a record's number, or nothing."""
    compared = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and rule.arguments <= {"id"}:
            for number in (1, 1234567, LARGEST_ID):
                values = {"id": number} if rule.arguments else {}
                assert url_for(rule.endpoint, **values) == Flask.url_for(app, rule.endpoint, **values)
                compared += 1
    assert compared > 100
    assert url_for("customers.show", id=5, _anchor="x") == "/customers/5#x"
    assert url_for("customers.index", q="å") == "/customers/?q=%C3%A5"


def test_a_word_and_a_time_are_said_for_the_reader_of_now(app, asked):
    """Two statuses may have the same name inside; the same moment stands on other clocks."""
    waiting = [ReportStatus.WAITING, OrderStatus.WAITING]
    assert waiting[0] == waiting[1] and waiting[0].label != waiting[1].label
    for _ in range(2):
        for language in LANGUAGES:
            with force_locale(language):
                assert [show(status) for status in waiting] == [str(status.label) for status in waiting]
    moment, seen = datetime(2026, 11, 24, 12, 51, tzinfo=UTC), []
    for zone in ("Europe/Stockholm", "Europe/Kyiv", "Europe/Stockholm"):
        g.organisation = SimpleNamespace(time_zone=zone)
        refresh()
        with force_locale("en"):
            seen.append(show(moment))
    assert seen == ["24 Nov 2026 13:51", "24 Nov 2026 14:51", "24 Nov 2026 13:51"]
