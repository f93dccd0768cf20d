"""Discount letters: percent for everything or per group, on the customer, from a file, and within the limits."""

import io
from decimal import Decimal

import pytest

from models.article import ArticleGroup
from models.customer import Customer
from models.discount_letter import DiscountLetter, DiscountRow
from models.event import Event
from tests import factories
from tests.pages import form, said
from tests.test_refusals_provoked import codes


@pytest.fixture
def groups(cast) -> list[ArticleGroup]:
    return [factories.article_group(cast.owner, name) for name in ("Filters", "Hours", "Travel")]


def percents(letter: DiscountLetter) -> dict[str, Decimal]:
    return {row.group.name: row.percent for row in DiscountLetter.get_by_id(letter.id).rows}


@pytest.mark.requirement("S2.9")
def test_a_letter_is_written_with_a_percent_for_each_group(cast, groups):
    browser = cast.at("dispatcher")
    fields = form(browser.get("/discount-letters/new").text)
    filters, hours, _travel = groups
    given = {
        "number": "R1",
        "name": "Regulars",
        "percent": "5",
        f"group_{filters.id}": "12,5",
        f"group_{hours.id}": "0",
    }
    answer = browser.post("/discount-letters/new", data=fields | given)
    letter = DiscountLetter.get()
    assert answer.location == f"/discount-letters/{letter.id}"
    assert percents(letter) == {"Filters": Decimal("12.5"), "Hours": Decimal(0)}
    today = letter.created_at.date()
    assert [letter.percent_for(group, today) for group in (*groups, None)] == [
        Decimal("12.5"),
        0,
        Decimal(5),
        Decimal(5),
    ]
    assert [event.verb for event in Event.about(letter)] == ["discount_letter.created"]


def test_what_is_wrong_is_said_and_nothing_is_saved(cast, groups):
    browser = cast.at("dispatcher")
    factories.discount_letter(cast.owner)
    fields = {"number": "R2", "name": "Others", "percent": "5"}
    for wrong in (
        {"number": "R1"},
        {"percent": "101"},
        {"percent": ""},
        {"valid_from": "2026-12-01", "valid_until": "2026-11-01"},
        {f"group_{groups[0].id}": "lots"},
    ):
        assert browser.post("/discount-letters/new", data=fields | wrong).status_code == 422, wrong
    assert DiscountLetter.select().count() == 1


@pytest.mark.requirement("S0.15")
def test_no_letter_gives_a_group_more_than_it_allows(cast, groups):
    groups[0].change({"max_discount": Decimal(10)}, by=cast.owner, seen=1)
    browser = cast.at("dispatcher")
    wanted = {"number": "R2", "name": "Others", "percent": "50", f"group_{groups[0].id}": "11"}
    refused = browser.post("/discount-letters/new", data=wanted)
    assert (refused.status_code, "At most 10 percent may be given on Filters" in said(refused.text)) == (422, True)
    letter = factories.discount_letter(cast.owner)
    change = {f"group_{groups[0].id}": Decimal(11)}
    assert codes(lambda: letter.change(change, by=cast.owner, seen=1)) == {"discount.over_limit"}
    page = browser.post(f"/discount-letters/{letter.id}/edit", data=wanted | {"version": "1"})
    assert page.status_code == 422
    assert percents(letter) == {}


def test_changes_of_groups_are_logged_by_name_and_merge(cast, groups):
    letter = factories.discount_letter(cast.owner)
    first, second = cast.at("dispatcher"), cast.at("owner")
    url = f"/discount-letters/{letter.id}/edit"
    mine, theirs = form(first.get(url).text), form(second.get(url).text)
    second.post(url, data=theirs | {f"group_{groups[0].id}": "7"})
    assert first.post(url, data=mine | {f"group_{groups[1].id}": "8"}).status_code == 302
    assert percents(letter) == {"Filters": Decimal(7), "Hours": Decimal(8)}
    page = said(first.get(f"/discount-letters/{letter.id}?show=changes").text)
    assert "Filters empty → 7" in page and "Hours empty → 8" in page
    mine = form(first.get(url).text)
    second.post(url, data=form(second.get(url).text) | {f"group_{groups[0].id}": ""})
    assert first.post(url, data=mine | {f"group_{groups[0].id}": "9"}).status_code == 409
    assert DiscountRow.select().count() == 1
    taken = first.post(
        url, data=form(first.get(url).text) | {"number": factories.discount_letter(cast.owner, "R9").number}
    )
    assert taken.status_code == 422


@pytest.mark.requirement("S2.9")
def test_the_letter_is_chosen_on_the_customer_and_its_card_names_its_customers(cast):
    letter = factories.discount_letter(cast.owner)
    browser, where = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}"
    fields = form(browser.get(f"{where}/edit").text, "customer-form")
    assert fields["discount_letter"] == ""
    browser.post(f"{where}/edit", data=fields | {"discount_letter": str(letter.id), "shown_doubles": "all"})
    assert Customer.get_by_id(cast.lovskar.id).discount_letter == letter
    card = browser.get(where).text
    assert f'href="/discount-letters/{letter.id}"' in card
    assert "Discount letter empty → R1 Regulars" in said(browser.get(f"{where}?show=changes").text)
    page = browser.get(f"/discount-letters/{letter.id}").text
    assert "Lövskär Livs AB" in page and "Hotell" not in page
    assert "Lövskär" not in cast.at("southerner").get(f"/discount-letters/{letter.id}").text
    assert "Lövskär" in browser.get(f"/customers/?discount_letter={letter.id}").text
    letter.inactivate(by=cast.owner)
    assert "R1 Regulars" not in form(browser.get("/customers/new").text).values()
    assert str(letter.id) == form(browser.get(f"{where}/edit").text, "customer-form")["discount_letter"]


def send(browser, letter: DiscountLetter, text: str):
    file = (io.BytesIO(text.encode()), "rows.csv")
    return browser.post(f"/discount-letters/{letter.id}/rows", data={"file": file})


@pytest.mark.parametrize(
    "text",
    [
        "Varugrupp;Rabatt\nfilters;12,5\nHours;5 %\n",
        "Procent;Grupp\n12.5;Filters\n5;Hours\n",
        "Filters;12,5\nHours;5\n",
    ],
    ids=["headings", "other order", "no headings"],
)
def test_rows_come_from_a_file(cast, groups, text):
    letter = factories.discount_letter(cast.owner, **{f"group_{groups[2].id}": Decimal(3)})
    assert send(cast.at("dispatcher"), letter, text).status_code == 302
    assert percents(letter) == {"Filters": Decimal("12.5"), "Hours": Decimal(5), "Travel": Decimal(3)}
    assert Event.about(letter).first().verb == "discount_letter.changed"


def test_a_file_with_a_wrong_row_changes_nothing_and_names_each(cast, groups):
    groups[2].change({"max_discount": Decimal(1)}, by=cast.owner, seen=1)
    letter = factories.discount_letter(cast.owner)
    wrong = send(cast.at("dispatcher"), letter, "Varugrupp;Rabatt\nFilters;5\nNothing;5\nHours;many\n")
    page = said(wrong.text)
    assert wrong.status_code == 422
    assert "Line 3: there is no product group Nothing" in page
    assert "Line 4: many is no percentage from 0 to 100" in page
    for text in ("", "Travel;2\nHours;1\n", "one column\n"):
        assert send(cast.at("dispatcher"), letter, text).status_code == 422, text
    assert percents(letter) == {}
    from tasks.discount_rows import read_rows

    assert codes(lambda: read_rows(b"a;b\nNothing;5\nHours;many\n")) == {
        "discount.unknown_group",
        "discount.no_percent",
    }


def test_who_may_only_look_changes_nothing(cast, groups):
    letter = factories.discount_letter(cast.owner)
    browser = cast.at("technician")
    assert browser.get(f"/discount-letters/{letter.id}").status_code == 200
    assert send(browser, letter, "Filters;5\nHours;5\n").status_code == 403
    for way in ("edit", "inactivation", "reactivation"):
        assert browser.post(f"/discount-letters/{letter.id}/{way}").status_code == 403
    cast.at("dispatcher").post(f"/discount-letters/{letter.id}/inactivation")
    assert not DiscountLetter.get_by_id(letter.id).is_active
    assert "Regulars" not in browser.get("/discount-letters/").text
    cast.at("dispatcher").post(f"/discount-letters/{letter.id}/reactivation")
    assert "Regulars" in browser.get("/discount-letters/").text
