"""The list on the screen: filters, saved filters, columns, the archive, exports of exactly what is seen,
hostile addresses."""

import html
import re

import pytest

from models import listings
from models.listing import COUNTED_UP_TO, Request
from models.saved_filter import ListChoice, SavedFilter
from tasks.tables import read_table
from tests import factories
from tests.counting import queries

HOSTILE = (
    "sort=;drop table customer",
    "sort=name&direction=sideways",
    "after=garbage",
    "after=~",
    "after=abc~99999999999999999999",
    "before=x~1",
    "sort=open_orders&after=notanumber~1",
    "sort=open_orders&after=99999999999999999999999~1",
    "sort=number&before=~0",
    "per_page=9999",
    "per_page=-1",
    "per_page=x",
    "from=-5&after=a~1",
    "from=x",
    "status=nonsense",
    "kind=nonsense",
    "store=1 or 1=1",
    "responsible=0x",
    "town=%25",
    "q=%25_%22'*",
    "q=a'b",
    "q=" + "a" * 3000,
    "_scheme=javascript",
    "_external=1&_anchor=x",
    "kind=business&columns=password_hash",
)

ODD = (
    "q=abc",
    "q=x%22",
    "customer=x",
    "customer=99999999999",
    "facility=²",
    "sort=created_at&after=yesterday~4",
    "after=2026-11-23T07:00:00~5",
)


def names(answer) -> list[str]:
    return [
        html.unescape(name) for name in re.findall(r'<a class="ccard".*?<b class="grow">(.*?)</b>', answer.text, re.S)
    ]


def test_a_hostile_address_is_harmless(cast):
    browser = cast.at("dispatcher")
    for address in HOSTILE:
        answer = browser.get(f"/customers/?{address}")
        assert answer.status_code == 200, address
        assert set(names(answer)) <= {"Lövskär Livs AB", "Hotell Midnattssolen AB"}, address
        assert browser.get(f"/customers/export/csv?{address}").status_code == 200, address


@pytest.mark.parametrize(
    "path", ["/facilities/", "/fault-reports/", "/orders/", "/protocols/", "/messages/", "/staff/"]
)
def test_every_list_takes_any_address(cast, path):
    for address in ODD:
        assert cast.at("owner").get(f"{path}?{address}").status_code == 200, address


@pytest.mark.requirement("S2.12")
def test_filters_narrow_the_list_and_their_chips_take_them_away(cast):
    factories.customer(cast.house.north, "Malmens Bryggeri", town="Malmberget")
    browser = cast.at("dispatcher")
    answer = browser.get("/customers/?town=malm&kind=business")
    assert names(answer) == ["Malmens Bryggeri"]
    without = html.unescape(re.search(r'<a href="([^"]+)" aria-label="Remove the filter Town"', answer.text)[1])
    assert names(browser.get(without)) == ["Hotell Midnattssolen AB", "Lövskär Livs AB", "Malmens Bryggeri"]


def test_a_list_that_nothing_matches_names_what_to_drop(cast):
    answer = cast.at("dispatcher").get("/customers/?q=finnsinte&town=kiruna")
    assert "Without the search" in answer.text
    assert "Without Town" in answer.text


@pytest.mark.requirement("S2.22")
def test_a_search_says_how_many_hits_are_in_the_archive(cast):
    cast.hotel.inactivate(by=cast.dispatcher)
    answer = cast.at("dispatcher").get("/customers/?q=midnatt")
    assert names(answer) == []
    assert "1 hit in the archive" in answer.text
    archive = html.unescape(re.search(r'pill-link" href="([^"]+)">1 hit', answer.text)[1])
    assert names(cast.at("dispatcher").get(archive)) == ["Hotell Midnattssolen AB"]


def test_a_filter_is_saved_under_a_name_and_can_be_the_first_thing_seen(cast):
    browser = cast.at("dispatcher")
    browser.post("/customers/filters?town=kiruna&all=1", data={"name": " North ", "star": "1"})
    kept = SavedFilter.of(cast.dispatcher, "customers")
    assert [(one.name, one.arguments, one.is_default) for one in kept] == [("North", {"town": "kiruna"}, True)]
    assert browser.get("/customers/").location == "/customers/?town=kiruna"
    answer = browser.get("/customers/?town=kiruna")
    assert 'aria-current="page"><svg' in answer.text.replace("\n", "")
    without = html.unescape(re.search(r'<a href="([^"]+)" aria-label="Remove the filter Town"', answer.text)[1])
    assert browser.get(without).status_code == 200  # and not back to the default
    assert cast.at("owner").get("/customers/").status_code == 200  # it is the dispatcher's own


def test_a_saved_filter_is_deleted_only_by_its_owner(cast):
    browser = cast.at("dispatcher")
    browser.post("/customers/filters?town=kiruna", data={"name": "North"})
    kept = SavedFilter.of(cast.dispatcher, "customers")[0]
    cast.at("owner").post(f"/customers/filters/{kept.id}/removal")
    assert SavedFilter.of(cast.dispatcher, "customers") == [kept]
    browser.post(f"/customers/filters/{kept.id}/removal")
    assert SavedFilter.of(cast.dispatcher, "customers") == []


@pytest.mark.requirement("S2.15")
def test_the_reader_chooses_the_columns_and_the_first_one_stays(cast):
    browser = cast.at("dispatcher")
    answer = browser.post("/customers/columns?town=kiruna", data={"columns": ["email", "password_hash"], "roomy": "1"})
    assert answer.location == "/customers/?town=kiruna"
    assert ListChoice.of(cast.dispatcher, "customers").columns == ["email"]
    shown = browser.get(answer.location).text
    assert re.findall(r'id="sort-(\w+)"', shown) == ["number", "email"]
    assert 'data-density="roomy"' in shown


@pytest.mark.requirement("S2.13")
@pytest.mark.requirement("S2.14")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_is_exactly_what_is_seen(cast, kind, tmp_path):
    for turn in range(40):
        factories.customer(
            cast.house.north,
            f"Kund {turn}",
            number=str(8000 + turn),
            town=("Kiruna", "Pajala")[turn % 2],
            email="=cmd()@x",
        )
    browser = cast.at("dispatcher")
    browser.post("/customers/columns", data={"columns": ["number", "town", "email", "status"]})
    seen = browser.get("/customers/?q=kund&town=pajala&sort=number&direction=desc").text
    address = html.unescape(re.search(rf'href="([^"]+/export/{kind}[^"]*)"', seen)[1])
    file = tmp_path / f"list.{kind}"
    file.write_bytes(browser.get(address).data)
    table = read_table(file, unescape=True)
    rows = [cells for _, cells in table.rows]
    assert re.search(r'class="total">(\d+)<', seen)[1] == str(len(rows)) == "20"
    assert table.headings == ["No.", "Town", "E-mail", "Status"]
    assert [row[0] for row in rows] == [str(8000 + turn) for turn in range(39, 0, -2)]
    assert {tuple(row[1:]) for row in rows} == {("Pajala", "=cmd()@x", "Active")}


def test_no_exported_cell_is_a_formula(cast):
    factories.customer(cast.house.north, "=HYPERLINK(1)", town="@x")
    text = cast.at("dispatcher").get("/customers/export/csv?q=hyperlink").data.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "'@x" in text


def test_who_may_not_export_gets_neither_the_button_nor_the_file(cast):
    browser = cast.at("cashier")
    assert "/export/" not in browser.get("/customers/").text
    answer = browser.get("/customers/export/csv")
    assert answer.status_code == 403
    assert "Export lists" in answer.text


@pytest.mark.parametrize("path", ["/customers/", "/facilities/", "/fault-reports/", "/orders/", "/messages/"])
def test_a_list_costs_the_same_queries_with_one_row_and_with_many(cast, path):
    def more(count: int) -> None:
        for _ in range(count):
            customer = factories.customer(cast.house.north, "Kund")
            customer.assign([cast.technician], by=cast.dispatcher)
            place = factories.facility(customer)
            factories.fault_report(cast.dispatcher, customer, place)
            factories.order(cast.dispatcher, customer, place)

    more(1)
    browser = cast.at("owner")
    browser.get(path)
    with queries() as few:
        browser.get(path)
    more(24)
    with queries() as many:
        browser.get(path)
    assert len(many) == len(few)


def test_a_huge_set_is_counted_only_so_far(cast, monkeypatch):
    monkeypatch.setattr("models.listing.COUNTED_UP_TO", 1)
    page = listings.customers().page(cast.owner, Request())
    assert (page.total, page.more) == (1, True)
    assert "more than 1" in cast.at("owner").get("/customers/").text
    assert COUNTED_UP_TO == 10_000
