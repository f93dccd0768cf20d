"""Custom fields in lists and files: columns, orders, filters, saved filters, exports, and the way back in."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from models import listings
from models.custom_field import CustomField, CustomValue, number_key
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.listing import Request
from models.register import RegisterName
from models.saved_filter import SavedFilter
from tests import factories
from tests.pages import said
from tests.registers import bring, counts, problems, table
from tests.test_custom_field_records import KINDS, every_kind

VALUES = {
    "text": ("47-a", "47-b", "Åby"),
    "long_text": ("Ring twice", "Ring once", "No ring"),
    "number": (Decimal("-2.50"), Decimal("9.00"), Decimal("10.00")),
    "date": (date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 1)),
    "yes_no": (True, True, False),
    "choice": ("R290", "R744", "R744"),
    "suggestion": ("Eget", "Fjällhandel", "Norrlivs"),
}
NAMES = ("Alfa AB", "Beta AB", "Gamma AB")


@pytest.fixture
def fields(cast) -> dict[str, CustomField]:
    """Three customers with a value in each kind of field, and the two of the cast with none."""
    fields = every_kind(cast, in_list=True)
    for place, name in enumerate(NAMES):
        values = {field.name: VALUES[kind][place] for kind, field in fields.items()}
        factories.customer(cast.house.north, name, number=str(5001 + place), **values)
    return fields


def names(cast, **wanted) -> list[str]:
    """Who is in the list, in its order."""
    page = cast.at("dispatcher").get(f"/customers/?{urlencode(wanted)}").text
    text = said(page.split("<tbody>")[1].split("</tbody>")[0]) if "<tbody>" in page else ""
    known = {name: text.index(name) for name in (*NAMES, "Lövskär Livs AB", "Hotell Midnattssolen AB") if name in text}
    return sorted(known, key=lambda name: known[name])


@pytest.mark.requirement("S2.28")
def test_a_field_is_a_column_if_it_is_shown_in_the_list_and_else_may_be_chosen(cast):
    factories.custom_field(cast.owner, "Chain", in_list=True)
    factories.custom_field(cast.owner, "Shoe size")
    page = cast.at("dispatcher").get("/customers/").text
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert ("Chain" in head, "Shoe size" in head, "Shoe size" in page) == (True, False, True)


@pytest.mark.requirement("S2.28")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("long_text", "yes_no", "choice")])
def test_the_list_sorts_by_it_both_ways_those_without_a_value_last(cast, fields, kind):
    for direction, order in (("asc", list(NAMES)), ("desc", list(NAMES[::-1]))):
        found = names(cast, sort=fields[kind].name, direction=direction)
        assert (found[:3], sorted(found[3:])) == (order, ["Hotell Midnattssolen AB", "Lövskär Livs AB"])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("owner", ["customer", "facility", "order"])
def test_pages_forth_and_back_show_each_record_once(cast, owner, descending):
    """Seven with values, two of them equal, and five without, three on a page."""
    field = factories.custom_field(cast.owner, "Charge", "number", owner, in_list=True)
    for value in (3, 1, 2, 2, 7, 6, 5):
        record_with(cast, owner, **{field.name: Decimal(value)})
    for _ in range(5 - (2 if owner == "customer" else 3 if owner == "facility" else 0)):
        record_with(cast, owner)
    listing = {"customer": listings.customers, "facility": listings.facilities, "order": listings.orders}[owner]()
    forth, asked = [], Request(sort=field.name, descending=descending, per_page=3)
    everything = listing.page(cast.owner, replace(asked, per_page=50)).rows
    while True:
        page = listing.page(cast.owner, asked)
        forth.append([row.shown.id for row in page.rows])
        if not page.has_next:
            break
        asked = replace(asked, after=(page.rows[-1].sort_value, page.rows[-1].shown.id))
    assert [found for page in forth for found in page] == [row.shown.id for row in everything]
    values = [getattr(row.shown, field.name) for row in everything]
    assert values == [*sorted((3, 1, 2, 2, 7, 6, 5), reverse=descending), *[None] * 5]
    back, asked = [forth[-1]], replace(asked, after=None, before=key_of(page.rows[0]))
    while True:
        page = listing.page(cast.owner, asked)
        back.append([row.shown.id for row in page.rows])
        if not page.has_previous:
            break
        asked = replace(asked, before=key_of(page.rows[0]))
    assert back[::-1] == forth


def key_of(row) -> tuple[str, int]:
    return row.sort_value, row.shown.id


def record_with(cast, owner: str, **values):
    if owner == "customer":
        return factories.customer(cast.house.north, **values)
    if owner == "facility":
        return factories.facility(cast.lovskar, **values)
    return factories.order(cast.dispatcher, cast.lovskar, cast.shop, **values)


def test_the_list_goes_on_behind_a_place_in_a_custom_column(cast):
    field = factories.custom_field(cast.owner, "Charge", "number", in_list=True)
    for number in range(30):
        factories.customer(cast.house.north, f"Firm {number}", **{field.name: Decimal(29 - number)})
    page = cast.at("dispatcher").get(f"/customers/?sort={field.name}").text
    after = page.split("after=")[1].split("&amp;")[0].split('"')[0]
    second = said(cast.at("dispatcher").get(f"/customers/?sort={field.name}&after={after}&from=26").text)
    assert "26–32 of 32" in second
    assert [f"Firm {number}" in second for number in (5, 4, 0)] == [False, True, True]


@pytest.mark.requirement("S2.28")
@pytest.mark.parametrize(
    ("kind", "ending", "value", "found"),
    [
        ("text", "", "47", NAMES[:2]),
        ("text", "", "åb", NAMES[2:]),
        ("long_text", "", "ring", NAMES[:2]),
        ("suggestion", "", "FJÄLL", NAMES[1:2]),
        ("choice", "", "R744", NAMES[1:]),
        ("yes_no", "", "1", NAMES[:2]),
        ("number", "_from", "9", NAMES[1:]),
        ("number", "_to", "9,00", NAMES[:2]),
        ("number", "_to", "nine", ()),
        ("date", "_from", "2027-01-01", NAMES[1:]),
        ("date", "_to", "2026-12-31", NAMES[:1]),
        ("date", "_to", "soon", ()),
    ],
)
def test_the_list_is_filtered_as_the_kind_allows(cast, fields, kind, ending, value, found):
    assert names(cast, **{f"{fields[kind].name}{ending}": value}) == list(found)


def test_not_ticked_is_also_who_was_never_asked(cast, fields):
    assert len(names(cast, **{fields["yes_no"].name: "0"})) == 3


def test_both_ends_and_the_search_narrow_the_list_together(cast, fields):
    number = fields["number"].name
    assert names(cast, **{f"{number}_from": "-3", f"{number}_to": "9"}) == list(NAMES[:2])
    assert names(cast, **{f"{number}_from": "-3", "q": "beta"}) == ["Beta AB"]


def test_numbers_sort_as_numbers_do(cast):
    numbers = [
        Decimal(text) for text in ("-100", "-2.5", "-2", "-0.000001", "0", "0.5", "2", "10", "999999999999.999999")
    ]
    keys = [number_key(number) for number in numbers]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(numbers)


@pytest.mark.requirement("S2.28")
def test_a_saved_filter_keeps_it_and_lives_on_when_the_field_is_removed(cast, fields):
    number = fields["number"].name
    saved = cast.at("dispatcher").post(f"/customers/filters?{number}_from=9&sort={number}", data={"name": "Heavy"})
    assert names(cast, **{f"{number}_from": "9"}) == ["Beta AB", "Gamma AB"]
    assert SavedFilter.get().arguments == {f"{number}_from": "9", "sort": number}
    assert "Beta AB" in cast.at("dispatcher").get(saved.location).text
    fields["number"].remove(by=cast.owner)
    assert cast.at("dispatcher").get(saved.location).status_code == 200
    assert len(names(cast, **{f"{number}_from": "9"})) == 5


def exported(cast, kind: str) -> bytes:
    return cast.at("dispatcher").get(f"/customers/export/{kind}?sort=number").data


@pytest.mark.requirement("S2.28")
def test_the_workbook_has_numbers_dates_and_truths_as_such(cast, fields):
    sheet = load_workbook(io.BytesIO(exported(cast, "xlsx"))).active
    rows = [dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in row], strict=True)) for row in sheet]
    beta = next(row for row in rows if row["Name"] == "Beta AB")
    assert (beta["Charge (kg)"], beta["Has a lift"], beta["Key box code"]) == (9, True, "47-b")
    assert beta["Next audit"].date() == date(2027, 1, 1)
    lovskar = next(row for row in rows if row["Name"] == "Lövskär Livs AB")
    assert (lovskar["Charge (kg)"], lovskar["Next audit"]) == (None, None)


@pytest.mark.requirement("S2.28")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_in_again(cast, fields, kind):
    before = sorted(CustomValue.select(CustomValue.field, CustomValue.record_id, CustomValue.value).tuples())
    raw = exported(cast, kind)
    assert counts(bring(cast, raw)) == (0, 0, 5, 0)  # all as it is already
    CustomValue.delete().execute()
    assert counts(bring(cast, raw)) == (0, 3, 2, 0)
    again = sorted(CustomValue.select(CustomValue.field, CustomValue.record_id, CustomValue.value).tuples())
    assert again == before


@pytest.mark.requirement("S2.28")
def test_an_import_finds_the_columns_by_themselves_and_judges_them_by_kind(cast):
    fields = every_kind(cast)
    job = bring(
        cast,
        table(
            "Kundnr;Namn;Charge;Next audit;Has a lift;Refrigerant;Key box code",
            "6001;One AB;1 234,5;1.2.2027;ja;r744;0047",
            "6002;Two AB;many;;;;",
            "6003;Three AB;;tomorrow;;;",
            "6004;Four AB;;;perhaps;;",
            "6005;Five AB;;;;R22;",
        ),
    )
    assert counts(job) == (1, 0, 0, 4)
    assert [problem[1:] for problem in problems(job)] == [
        ("Charge", "many", "This is not a number."),
        ("Next audit", "tomorrow", "This is not a date."),
        ("Has a lift", "perhaps", "This is neither yes nor no."),
        ("Refrigerant", "R22", "This is none of: R290, R744."),
    ]
    one = Customer.get(Customer.number == "6001")
    kept = {kind: getattr(one, fields[kind].name) for kind in ("number", "date", "yes_no", "choice", "text")}
    assert kept == {
        "number": Decimal("1234.50"),
        "date": date(2027, 2, 1),
        "yes_no": True,
        "choice": "R744",
        "text": "0047",
    }


def test_an_import_changes_what_differs_logs_it_and_leaves_blanks_alone(cast):
    chain = factories.custom_field(cast.owner, "Chain", labels={"sv": "Kedja"}, searchable=True)
    code = factories.custom_field(cast.owner, "Key box code", searchable=True)
    cast.lovskar.change({chain.name: "Norrlivs", code.name: "4711"}, by=cast.dispatcher, seen=1)
    job = bring(cast, table("Kundnr;Namn;Kedja;Key box code", "1042;Lövskär Livs AB;Fjällhandel;"))
    assert counts(job) == (0, 1, 0, 0)
    kept = Customer.get_by_id(cast.lovskar.id)
    assert (getattr(kept, chain.name), getattr(kept, code.name)) == ("Fjällhandel", "4711")
    assert Event.about(kept).first().changes == {chain.name: {"old": "Norrlivs", "new": "Fjällhandel"}}
    hits = [Customer.select().where(Customer.matches(text)).count() for text in ("fjallhandel", "4711", "norrlivs")]
    assert hits == [1, 1, 0]


def test_facilities_bring_theirs_too_and_the_template_names_them(cast):
    floor = factories.custom_field(cast.owner, "Floor", "number", "facility")
    raw = table("Kundnr;Namn;Floor", "1042;Cellar;-1")
    assert counts(bring(cast, raw, RegisterName.FACILITIES)) == (1, 0, 0, 0)
    assert getattr(Facility.get(Facility.name == "Cellar"), floor.name) == Decimal(-1)
    text = cast.at("owner").get("/imports/template/facilities.csv").data.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text), delimiter=";"))[-1] == "Floor"


def test_facilities_and_orders_have_them_in_their_lists(cast):
    floor = factories.custom_field(cast.owner, "Floor", "number", "facility", in_list=True)
    meter = factories.custom_field(cast.owner, "Meter", "number", "order", in_list=True, unit="kWh")
    cast.shop.change({floor.name: Decimal(3)}, by=cast.dispatcher, seen=1)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, **{meter.name: Decimal(77)})
    facilities = said(cast.at("dispatcher").get(f"/facilities/?{floor.name}_from=3").text)
    assert ("Floor" in facilities, "1–1 of 1" in facilities) == (True, True)
    orders = said(cast.at("dispatcher").get(f"/orders/?{meter.name}_from=77").text)
    assert ("Meter" in orders, str(order.number) in orders, "77" in orders) == (True, True, True)
