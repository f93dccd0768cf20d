"""Empty cells: by themselves they change nothing; where it was asked for, they overwrite."""

import json

from models.contact import Contact
from models.customer import Customer
from models.import_job import ImportJob
from models.register import RegisterName
from tasks import imports
from tests import factories
from tests.registers import bring, counts, table, upload
from tests.test_import_command import flask_import  # noqa: F401  the fixture
from tests.test_import_pages import columns, worker

FULL = table("Kundnr;Namn;Ort;Telefon;Betalningsvillkor", "501;Åre Måleri;Åre;08-540 694 00;15")
BLANK = table("Kundnr;Namn;Ort;Telefon;Betalningsvillkor", "501;Åre Måleri; ;;")


def customer() -> Customer:
    return Customer.get(Customer.number == "501")


def choose(cast, job: ImportJob, *blanks: str) -> ImportJob:
    data = columns(job) | {f"blank-{name}": "y" for name in blanks}
    assert cast.at("owner").post(f"/imports/{job.id}/columns", data=data).status_code == 302
    worker()
    return ImportJob.get_by_id(job.id)


def test_only_in_the_columns_that_were_ticked_an_empty_cell_overwrites(cast):
    bring(cast, FULL)
    job = choose(cast, upload(cast, BLANK), "town")
    assert counts(job) == (0, 1, 0, 0)
    cast.at("owner").post(f"/imports/{job.id}/start")
    worker()
    assert (customer().town, customer().phone, customer().payment_days) == ("", "08-540 694 00", 15)


def test_nothing_is_ticked_by_itself_and_the_consequence_is_said(cast):
    job = upload(cast, BLANK)
    page = cast.at("owner").get(f"/imports/{job.id}").text
    assert "In the columns ticked here it erases what Kundbok knows" in page
    assert 'name="blank-town"' in page and "checked" not in page.partition("What an empty cell does")[2]
    ticked = choose(cast, job, "town")
    assert ticked.blanks == ["town"]
    assert "checked" in cast.at("owner").get(f"/imports/{job.id}").text.partition("What an empty cell does")[2]


def test_keys_and_what_must_have_a_value_are_no_choice(cast):
    assert set(RegisterName.CUSTOMERS.register.blankable()) >= {"town", "phone", "note"}
    assert not {"number", "name", "kind", "payment_days", "store"} & set(RegisterName.CUSTOMERS.register.blankable())
    assert not {"customer", "number", "name"} & set(RegisterName.FACILITIES.register.blankable())
    assert RegisterName.CONTACTS.register.blankable() == {"function": "", "phone": "", "mobile": "", "language": None}
    job = choose(cast, upload(cast, BLANK), "name", "payment_days")
    assert job.blanks == []


def test_a_column_that_is_not_imported_overwrites_nothing(cast):
    bring(cast, FULL)
    job = upload(cast, BLANK)
    data = columns(job, town="") | {"blank-town": "y"}
    cast.at("owner").post(f"/imports/{job.id}/columns", data=data)
    worker()
    assert counts(ImportJob.get_by_id(job.id)) == (0, 0, 1, 0)


def test_a_contacts_language_can_become_its_customers_again(cast):
    contact = factories.contact(cast.lovskar, "Anna", language="nb")
    job = upload(cast, table("Kundnr;Kontaktperson;Språk", "1042;Anna;"), RegisterName.CONTACTS)
    choose(cast, job, "language").start(by=cast.owner)
    imports.run.call_local(job.id)
    assert Contact.get_by_id(contact.id).language is None


def test_a_field_of_the_organisations_own_can_be_emptied(cast):
    shape = factories.custom_field(cast.owner, "Shape")
    bring(cast, table("Kundnr;Namn;Shape", "501;A;Round"))
    job = choose(cast, upload(cast, table("Kundnr;Namn;Shape", "501;A;")), shape.name)
    assert counts(job) == (0, 1, 0, 0)
    job.start(by=cast.owner)
    imports.run.call_local(job.id)
    assert not getattr(customer(), shape.name)


def test_on_the_command_line_it_is_an_option(flask_import):  # noqa: F811  the fixture
    flask_import("customers", FULL)
    assert json.loads(flask_import("customers", BLANK, "--json").stdout)["skipped"] == 1
    dry = flask_import("customers", BLANK, "--dry-run", "--json", "--blank-overwrites")
    assert (json.loads(dry.stdout)["updated"], customer().town) == (1, "Åre")
    assert json.loads(flask_import("customers", BLANK, "--json", "--blank-overwrites").stdout)["updated"] == 1
    assert (customer().town, customer().phone, customer().payment_days) == ("", "", 15)


def test_contacts_come_in_on_the_command_line(flask_import):  # noqa: F811  the fixture
    done = flask_import("contacts", table("Kundnr;Kontaktperson", "1042;Anna"), "--json")
    assert (done.exit_code, json.loads(done.stdout)["created"]) == (0, 1)
