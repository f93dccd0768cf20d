"""Importing facilities: they need their customer, and are known by number or by name."""

import pytest

from models.base import now
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.register import RegisterName
from tests import factories
from tests.registers import bring, counts, problems, table

HEAD = "Kundnr;Anläggningsnr;Anläggning;Adress;Postnr;Ort;Kategori;Kostnadsställe;Portkod"


def bring_facilities(cast, *rows: str, head: str = HEAD, by=None):
    return bring(cast, table(head, *rows), RegisterName.FACILITIES, by)


def names(customer: Customer) -> list[str]:
    return [facility.name for facility in customer.facilities.order_by(Facility.id)]


def test_a_row_becomes_a_facility_of_its_customer(cast):
    job = bring_facilities(cast, "1042;7;Cold store;Kajen 3;981 31;Kiruna;Cold;K12;4711")
    made = Facility.get(Facility.number == "7")
    assert counts(job) == (1, 0, 0, 0)
    assert (made.customer, made.store, made.name, made.place) == (
        cast.lovskar,
        cast.lovskar.store,
        "Cold store",
        "Kajen 3, 981 31 Kiruna",
    )
    assert (made.category, made.cost_centre, made.access) == ("Cold", "K12", "4711")
    assert list(Facility.select().where(Facility.matches("cold lovskar 1042"))) == [made]
    event = Event.get(Event.verb == "facility.imported")
    assert (event.record_id, event.customer, event.store_id, event.what) == (
        made.id,
        cast.lovskar,
        made.store_id,
        "Cold store",
    )


def test_the_same_file_again_is_skipped(cast):
    rows = ("1042;7;Cold store;Kajen 3;;;;;", "1042;;Roof;;;;;;")
    assert counts(bring_facilities(cast, *rows)) == (2, 0, 0, 0)
    assert counts(bring_facilities(cast, *rows)) == (0, 0, 2, 0)


def test_a_number_finds_its_facility_whatever_it_is_called(cast):
    bring_facilities(cast, "1042;7;Cold store;;;;;;")
    job = bring_facilities(cast, "1042;7;Freezer hall;;;Luleå;;;")
    assert counts(job) == (0, 1, 0, 0)
    changed = Facility.get(Facility.number == "7")
    assert (changed.name, changed.town, changed.version) == ("Freezer hall", "Luleå", 2)
    assert "freezer hall" in changed.search_text


def test_a_facility_without_a_number_gets_it_by_its_name(cast):
    job = bring_facilities(cast, "1042;88;warehouse, KURRAVAARA;;;;;;")
    assert counts(job) == (0, 1, 0, 0)
    assert Facility.get_by_id(cast.warehouse.id).number == "88"


def test_two_of_one_name_must_be_told_apart(cast):
    factories.facility(cast.lovskar, "Garage")
    factories.facility(cast.lovskar, "Garage")
    job = bring_facilities(cast, "1042;;Garage;;;;;;")
    assert problems(job) == [
        (
            2,
            "Anläggning",
            "Garage",
            "Several facilities of the customer have this name; the number must be given.",
        )
    ]


def test_one_name_with_two_numbers_is_two_facilities(cast):
    rows = ("1042;A;Garage;;;;;;", "1042;B;Garage;;;;;;")
    assert counts(bring_facilities(cast, *rows)) == (2, 0, 0, 0)
    assert counts(bring_facilities(cast, *rows)) == (0, 0, 2, 0)


def test_a_number_twice_for_one_customer_names_the_first_line(cast):
    job = bring_facilities(
        cast,
        "1042;7;Cold;;;;;;",
        "1033;7;Other customer;;;;;;",
        "1042;7;Warm;;;;;;",
        "1042;;Roof;a;;;;;",
        "1042;;roof;b;;;;;",
    )
    assert counts(job) == (3, 0, 0, 2)
    assert problems(job) == [
        (4, "Anläggningsnr", "7", "This stands on line 2 already, with other values."),
        (6, "Anläggning", "roof", "This stands on line 5 already, with other values."),
    ]


def test_the_customer_must_be_there_and_active_and_ones_own(cast):
    Customer.update(inactive_at=now()).where(Customer.id == cast.hotel.id).execute()
    factories.customer(cast.house.south, "South AB", number="700")
    rows = ("9999;1;A;;;;;;", "1033;1;B;;;;;;", "700;1;C;;;;;;", ";1;D;;;;;;")
    job = bring_facilities(cast, *rows, by=cast.dispatcher)
    assert problems(job) == [
        (2, "Kundnr", "9999", "There is no customer with this number."),
        (3, "Kundnr", "1033", "This customer is inactive and gets nothing new."),
        (4, "Kundnr", "700", "This customer belongs to a store you do not work in."),
        (5, "Kundnr", "", "This must be filled in."),
    ]
    assert counts(job) == (0, 0, 0, 4)


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("Kundnr;Anläggningsnr;Anläggning", "1042;;", "A facility needs a number or a name."),
        ("Kundnr;Anläggningsnr;Ort", "1042;77;Kiruna", "This must be filled in."),
    ],
)
def test_a_new_facility_has_a_name(cast, head, row, said):
    job = bring_facilities(cast, row, head=head)
    assert [found[3] for found in problems(job)] == [said]


def test_a_file_of_numbers_alone_changes_what_is_there(cast):
    bring_facilities(cast, "1042;7;Cold store;;;;;;")
    job = bring_facilities(cast, "1042;7;Luleå", head="Kundnr;Anläggningsnr;Ort")
    assert counts(job) == (0, 1, 0, 0)
    assert names(cast.lovskar)[-1] == "Cold store"


def test_two_rows_that_mean_the_same_facility_are_not_both_taken(cast):
    factories.facility(cast.lovskar, "Roof", number="7")
    head = "Kundnr;Anläggningsnr;Anläggning;Ort"
    job = bring_facilities(cast, "1042;;Roof;Kiruna", "1042;7;Attic;Luleå", head=head)
    assert problems(job) == [(3, "Anläggningsnr", "7", "This stands on line 2 already, with other values.")]
    facility = Facility.get(Facility.number == "7")
    assert (facility.name, facility.town, facility.version) == ("Roof", "Kiruna", 1)


def test_one_without_a_number_is_given_to_one_row_only(cast):
    factories.facility(cast.lovskar, "Roof", number="")
    job = bring_facilities(cast, "1042;7;Roof", "1042;8;Roof", head="Kundnr;Anläggningsnr;Anläggning")
    assert counts(job) == (1, 1, 0, 0)
    found = cast.lovskar.facilities.where(Facility.name == "Roof").order_by(Facility.number)
    assert [facility.number for facility in found] == ["7", "8"]
