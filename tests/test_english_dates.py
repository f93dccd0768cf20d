"""English is written the European way: days before months, 24 hours, weeks from Monday, in pages, letters, papers
and exports alike."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale
from flask_babel import force_locale

from blueprints.words import day_and_time, day_heading, money, number, reading, show
from models.base import Language, Money
from models.message import Message
from models.organisation import Organisation
from tasks import letters
from tests import factories, paper
from tests.cast import work

AFTERNOON = datetime(2026, 11, 25, 15, 5, tzinfo=UTC)


@pytest.fixture
def order(cast):
    planned = factories.order(cast.dispatcher, cast.lovskar, cast.shop, planned_on=date(2031, 4, 23))
    planned.assign([cast.technician], by=cast.dispatcher)
    return planned


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (lambda: show(date(2026, 11, 25)), "25 Nov 2026"),
        (lambda: show(AFTERNOON), "25 Nov 2026 15:05"),
        (lambda: day_and_time(AFTERNOON), "25 Nov 2026 15:05"),
        (lambda: day_heading(date(2026, 11, 4)), "Wednesday 4 November 2026"),
        (lambda: number(1234567.5), "1,234,567.5"),
        (lambda: money(Money(123450, "GBP")), "£1,234.50"),
    ],
)
def test_a_value_is_written_as_in_britain(app, house, words, said):
    with app.test_request_context(), force_locale(Language.EN.locale):
        assert words().replace("\N{NARROW NO-BREAK SPACE}", " ") == said


def test_the_week_begins_on_monday():
    assert [Locale.parse(language.locale).first_week_day for language in Language] == [0, 0, 0, 0]


def test_the_language_of_a_page_stays_english(app, cast):
    page = cast.at("dispatcher").get("/orders/").text
    assert '<html lang="en"' in page and 'value="en" lang="en" aria-current="true"' in page
    with app.test_request_context(headers={"Accept-Language": "en-US"}):
        assert reading() == "en"


def test_a_page_and_an_export_write_the_day_first(cast, order):
    browser = cast.at("dispatcher")
    assert "23 Apr 2031" in browser.get(f"/orders/{order.id}").text
    browser.post("/orders/columns", data={"columns": ["number", "planned_on"]})
    assert '"23 Apr 2031"' in browser.get("/orders/export/csv").data.decode("utf-8-sig")


def test_a_letter_writes_the_day_first(cast, order):
    work()
    told = Message.get((Message.verb == "order.assigned") & (Message.channel == "email"))
    assert told.language is Language.EN
    assert "Wednesday, 23 April 2031" in letters.write(told).text


def test_a_paper_writes_the_day_first():
    sheet = paper.protocol(language="en")
    assert (sheet.day(date(2026, 11, 5)), sheet.moment(datetime(2026, 11, 5, 15, 5))) == (  # noqa: DTZ001  local
        "5 Nov 2026",
        "5 Nov 2026 15:05",
    )


def test_the_house_itself_speaks_so_where_nobody_has_chosen(app, house):
    Organisation.update(language=Language.EN).execute()
    with app.test_client() as browser:
        assert 'lang="en"' in browser.get("/login/").text
    assert app.config["BABEL_DEFAULT_LOCALE"] == "en_GB"
