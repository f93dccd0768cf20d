"""Importing service objects: known by their number, new ones at a facility of their customer."""

import csv
import io
import json

import pytest
from flask_babel import force_locale

from models.base import Language
from models.event import Event
from models.import_undo import ImportUndo
from models.register import RegisterName, propose
from models.saved_filter import ListChoice
from models.service_object import ObjectStatus, ServiceObject
from models.service_object_listing import service_objects
from tasks import import_undo, imports
from tests import factories
from tests.registers import bring, counts, problems, table

HEAD = "Objektnr;Benämning;Kundnr;Anläggning;Placering;Fabrikat;Modell;Serienr;Tillverkningsår;Status"
REGISTER = RegisterName.SERVICE_OBJECTS


def bring_objects(cast, *rows: str, head: str = HEAD, by=None):
    return bring(cast, table(head, *rows), REGISTER, by)


@pytest.fixture
def sites(cast) -> None:
    type(cast.shop).update(number="7").where(type(cast.shop).id == cast.shop.id).execute()


@pytest.mark.requirement("S2.8")
def test_a_row_becomes_an_object_at_its_customers_facility(cast, sites):
    job = bring_objects(cast, "VP-1;Värmepump;1042;7;Källaren;Thermia;Mega;TH-1;2019;I drift")
    made = ServiceObject.get()
    assert counts(job) == (1, 0, 0, 0)
    assert (made.number, made.name, made.customer, made.facility) == ("VP-1", "Värmepump", cast.lovskar, cast.shop)
    assert (made.place, made.make, made.serial_number, made.year) == ("Källaren", "Thermia Mega", "TH-1", 2019)
    assert (made.status, made.store, made.parent, made.inactive_at) == (
        ObjectStatus.IN_USE,
        cast.house.north,
        None,
        None,
    )
    assert list(ServiceObject.select().where(ServiceObject.matches("th-1 lovskar 1042"))) == [made]
    event = Event.get(Event.verb == "service_object.imported")
    assert (event.record_id, event.customer, event.what) == (made.id, cast.lovskar, "VP-1 Värmepump")


def test_the_facility_is_named_by_its_name_too_and_the_customer_by_its_name(cast, sites):
    job = bring_objects(cast, "1;Boiler;lövskär livs ab;WAREHOUSE, kurravaara;;;;;;")
    assert counts(job) == (1, 0, 0, 0)
    assert ServiceObject.get().facility == cast.warehouse


@pytest.mark.requirement("S2.4")
def test_a_number_finds_its_object_and_a_blank_changes_nothing(cast, sites):
    row = "VP-1;Värmepump;1042;7;Källaren;Thermia;Mega;TH-1;2019;I drift"
    bring_objects(cast, row)
    assert counts(bring_objects(cast, row)) == (0, 0, 1, 0)
    job = bring_objects(cast, "VP-1;;;;;Nibe;;;;står still")
    assert counts(job) == (0, 1, 0, 0)
    changed = ServiceObject.get()
    assert (changed.maker, changed.model, changed.place, changed.status) == (
        "Nibe",
        "Mega",
        "Källaren",
        ObjectStatus.STANDING,
    )
    assert changed.version == 2 and "nibe" in changed.search_text
    log = Event.get(Event.verb == "service_object.changed")
    assert log.changes["status"] == {"old": "in_use", "new": "standing"}


def test_each_bad_row_says_why(cast, sites):
    factories.facility(cast.lovskar, "Garage", number="1")
    factories.facility(cast.lovskar, "Garage", number="2")
    closed = factories.facility(cast.lovskar, "Closed")
    closed.inactivate(by=cast.owner)
    for _ in range(2):
        factories.customer(cast.house.north, "Tvillingarna AB")
    gone = factories.customer(cast.house.north, "Borta AB", number="3000")
    gone.inactivate(by=cast.owner)
    factories.service_object(cast.warehouse, number="P-1")
    job = bring_objects(
        cast,
        "1;;1042;7;;;;;;",
        "2;A;9999;7;;;;;;",
        "3;A;1042;99;;;;;;",
        "4;A;1042;garage;;;;;;",
        "5;A;1042;closed;;;;;;",
        "6;A;Tvillingarna AB;7;;;;;;",
        "7;A;3000;7;;;;;;",
        "P-1;A;1042;7;;;;;;",
        "8;A;1042;7;;;;;nineteen;",
        "9;A;1042;7;;;;;;lost",
        ";A;1042;7;;;;;;",
        "10;A;1042;7;;;;;;",
        "10;B;1042;7;;;;;;",
    )
    assert counts(job) == (1, 0, 0, 12)
    assert [(line, sentence) for line, _, _, sentence in problems(job)] == [
        (2, "This must be filled in."),
        (3, "There is no customer with this number."),
        (4, "The customer has no facility with this number or name."),
        (5, "Several facilities of the customer have this name; the number must be given."),
        (6, "This facility is inactive and gets nothing new."),
        (7, "Several customers have this name; the number must be given."),
        (8, "This customer is inactive and gets nothing new."),
        (9, "The object stands at another facility; it is moved on its card."),
        (10, "This is not a whole number from 1800 to 2100."),
        (11, "This is none of: in_use, standing, reserve, scrapped."),
        (12, "This must be filled in."),
        (14, "This stands on line 13 already, with other values."),
    ]


def test_an_object_of_a_store_one_does_not_work_in_stays_out(cast, sites):
    bath = factories.facility(factories.customer(cast.house.south, "Malmö Bad AB", number="2042"), "Pool")
    factories.service_object(bath, "Pool heater", number="MB-1")
    job = bring_objects(cast, "MB-1;Mine;;;;;;;;", "MB-2;Mine;2042;pool;;;;;;", by=cast.dispatcher)
    assert [sentence for *_, sentence in problems(job)] == ["This customer belongs to a store you do not work in."] * 2
    assert ServiceObject.get().name == "Pool heater"


@pytest.mark.parametrize("language", ["sv", "nb", "uk", "en"])
@pytest.mark.requirement("S2.8")
def test_the_template_is_recognised_in_every_language(cast, sites, language):
    with force_locale(Language(language).locale):
        raw = imports.template(REGISTER, "csv", language)
        headings = next(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";" if b";" in raw else ","))
    with force_locale("en"):
        mapping = propose(REGISTER.columns, headings)
    assert set(mapping) == {column.field for column in REGISTER.columns}


@pytest.mark.parametrize("language", ["sv", "nb", "uk", "en"])
@pytest.mark.requirement("S2.13")
def test_what_is_exported_is_imported_again(cast, sites, language):
    facts = {"maker": "Thermia", "year": 2019, "place": "Cellar", "status": ObjectStatus.STANDING, "note": "Two keys"}
    pump = factories.service_object(cast.shop, "Heat pump", number="VP-1", **facts)
    factories.service_object(cast.laundry, "Boiler", number="P-1", status=ObjectStatus.SCRAPPED)
    cast.dispatcher.language = Language(language)
    cast.dispatcher.save()
    shown = [column.name for column in service_objects().columns]
    ListChoice.keep(cast.dispatcher, "service_objects", shown, False)
    raw = cast.at("dispatcher").get("/service-objects/export/csv").data
    assert counts(bring(cast, raw, REGISTER)) == (0, 0, 2, 0)
    ServiceObject.delete().execute()
    again = bring(cast, raw, REGISTER)
    assert counts(again) == (2, 0, 0, 0), problems(again)
    made = ServiceObject.get(ServiceObject.number == "VP-1")
    assert {name: getattr(made, name) for name in facts} == facts
    assert made.facility == pump.facility


def test_the_import_is_undone_but_for_what_has_a_history(cast, sites):
    job = bring_objects(cast, "1;A;1042;7;;;;;;", "2;B;1042;7;;;;;;")
    named = ServiceObject.get(ServiceObject.number == "2")
    factories.order(cast.dispatcher, cast.lovskar, cast.shop, service_object=named)
    undo = ImportUndo.weigh(job, by=cast.owner)
    import_undo.run.call_local(undo.id)
    undo.reload()
    undo.start(by=cast.owner)
    import_undo.run.call_local(undo.id)
    assert list(ServiceObject.select()) == [named]


def test_the_command_line_brings_them_too(cast, sites, app, tmp_path):
    file = tmp_path / "objects.csv"
    file.write_bytes(table(HEAD, "VP-1;Värmepump;1042;7;;;;;;"))
    with app.app_context():
        told = app.test_cli_runner().invoke(args=["import", "service-objects", str(file), "--json"])
    assert json.loads(told.output)["created"] == 1
    assert ServiceObject.get().number == "VP-1"


def test_custom_fields_come_along(cast, sites):
    refrigerant = factories.custom_field(cast.owner, "Köldmedium", owner="service_object")
    job = bring_objects(cast, "VP-1;Pump;1042;7;R290", head="Objektnr;Benämning;Kundnr;Anläggning;Köldmedium")
    assert counts(job) == (1, 0, 0, 0)
    assert getattr(ServiceObject.get(), refrigerant.name) == "R290"
