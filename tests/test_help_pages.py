"""Help: found from the refusal itself and by searching, in the reader's language, without a login."""

import pytest
from flask import current_app
from jinja2 import ChoiceLoader, DictLoader

from blueprints import help as help_pages
from models.refusals import REASONS

PAGE = (
    '{% extends "help/page.html" %}{% block question %}TITLE{% endblock %}{% block answer %}<p>ANSWER</p>{% endblock %}'
)


def written(title: str, answer: str) -> str:
    return PAGE.replace("TITLE", title).replace("ANSWER", answer)


@pytest.fixture
def pages(app, monkeypatch):
    """Some pages that exist, whatever has been written in earnest."""
    made = {
        "help/en/right.missing.html": written("Why may I not do this?", "Ask the owner of the bankterminal."),
        "help/en/how_to_begin.html": written("How do I begin?", "With the customers."),
        "help/sv/right.missing.html": written("Varför får jag inte?", "Fråga ägaren av bankterminalen."),
    }
    only = DictLoader({**made})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([only, app.jinja_env.loader]))
    monkeypatch.setattr(
        app.jinja_env, "list_templates", lambda filter_func=None: [name for name in made if filter_func(name)]
    )
    app.jinja_env.cache.clear()
    forget()
    yield made
    forget()
    app.jinja_env.cache.clear()


def forget() -> None:
    current_app.extensions.pop("tongues", None)
    help_pages.pages.cache_clear()
    help_pages.questions.cache_clear()


def reader(cast, language="en"):
    browser = cast.stranger()
    browser.post("/account/language", data={"language": language})
    return browser


@pytest.mark.requirement("S0.2")
def test_a_page_comes_in_the_readers_language(cast, pages):
    assert "Why may I not do this?" in reader(cast).get("/help/right.missing").text
    page = reader(cast, "sv").get("/help/right.missing").text
    assert "Varför får jag inte?" in page


@pytest.mark.requirement("S0.2")
def test_a_page_that_is_not_translated_comes_in_english_with_a_note(cast, pages):
    page = reader(cast, "uk").get("/help/right.missing").text
    assert "Why may I not do this?" in page and 'lang="en"' in page and "banner" in page
    assert "banner" not in reader(cast).get("/help/right.missing").text.partition("<article")[2]


def test_where_nobody_wrote_one_the_refusals_own_sentence_stands(cast, pages):
    page = reader(cast).get("/help/order.points_missing").text
    assert "Points not answered: …" in page and "The first is number …: …" in page


@pytest.mark.parametrize("code", ["no.such.code", "..", "../login/show", "page", "en", "%2e%2e%2flogin%2fshow"])
def test_what_is_no_question_does_not_exist(cast, pages, code):
    assert reader(cast).get(f"/help/{code}").status_code == 404


@pytest.mark.requirement("S0.1")
def test_searching_finds_words_of_the_answer_too(cast, pages):
    page = reader(cast, "sv").get("/help/?q=BANKTERMINAL").text
    assert "Varför får jag inte?" in page
    assert page.count('href="/help/') < 8
    assert "Nothing matches" in reader(cast).get("/help/?q=zzzz").text


def test_every_reason_is_a_question_one_can_find(cast, pages):
    page = reader(cast).get("/help/").text
    for code in REASONS:
        assert f'href="/help/{code}"' in page
    assert 'href="/help/how_to_begin"' in page


@pytest.mark.parametrize("who", [None, "dispatcher", "marit"])
def test_it_stands_in_the_readers_own_frame(cast, pages, who):
    browser = cast.at(who) if who else reader(cast)
    page = browser.get("/help/right.missing").text
    assert ('class="side"' in page, 'class="portal-head"' in page, 'class="door"' in page) == (
        who == "dispatcher",
        who == "marit",
        who is None,
    )


@pytest.mark.requirement("S2.16")
@pytest.mark.parametrize(
    ("language", "steps"), [("en", "Press Export"), ("sv", "Tryck på Export"), ("nb", "Trykk på"), ("uk", "Натисніть")]
)
def test_the_help_describes_what_a_list_can_do_step_by_step(cast, language, steps):
    assert 'href="/help/lists"' in cast.at("dispatcher").get("/customers/").text
    told = reader(cast, language).get("/help/lists").text.partition("help-page")[2].partition("</ol>")[0]
    assert (told.count("<li>"), steps in told) == (7, True)


def test_a_refusal_leads_to_its_page(cast):
    refused = cast.at("technician").get("/settings/")
    assert 'href="/help/right.missing"' in refused.text
