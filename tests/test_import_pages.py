"""An import in the browser: upload, columns, a check, the run, and what came of it."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from models.base import now
from models.customer import Customer
from models.event import Event
from models.import_job import ImportJob, ImportStatus
from models.register import RegisterName
from models.rights import Right
from models.user import UserRight
from models.worked import SILENCE
from tasks import imports, vault
from tests import factories
from tests.pages import said
from tests.registers import HEADINGS, bring, register, table, upload

HEAD = ";".join(HEADINGS)
GOOD = "501;Åre Måleri AB;;;;Åre;;;"
BAD = "502;No phone AB;;;;;ring oss;hej@;"


def send(browser, raw: bytes, name: str = "register.csv", kind: str = "customers"):
    return browser.post("/imports/", data={"register": kind, "file": (io.BytesIO(raw), name)})


def worker() -> None:
    """The worker, ringing or not: it looks for imports that should run."""
    ImportJob.update(touched_at=now() - 2 * SILENCE).execute()
    imports.resume_waiting()


def columns(job: ImportJob, **other: str) -> dict[str, str]:
    return {f"column-{field}": heading for field, heading in (job.mapping | other).items()}


@pytest.mark.requirement("S2.8")
def test_from_the_file_to_the_customers(cast):
    browser = cast.at("dispatcher")
    answer = send(browser, table(HEAD, GOOD, BAD))
    job = ImportJob.get()
    assert (answer.status_code, answer.location) == (302, f"/imports/{job.id}")
    page = browser.get(answer.location).text
    assert "<dd>UTF-8</dd>" in page and "<dd>semicolon</dd>" in page
    assert '<option selected value="Kundnr">' in page and "In the file: 501, 502" in page

    answer = browser.post(f"/imports/{job.id}/columns", data=columns(job))
    assert answer.status_code == 302
    assert 'hx-trigger="load delay:1s"' in browser.get(answer.location).text
    worker()
    page = browser.get(answer.location).text
    assert "To be created</dt><dd>1</dd>" in page and "Import 1 row" in page
    assert "This is not a phone number." in page and "Line 3 · Telefon · “ring oss”" in page
    assert Customer.get_or_none(Customer.number == "501") is None, "a check writes nothing"

    assert browser.post(f"/imports/{job.id}/start").status_code == 302
    worker()
    page = browser.get(answer.location).text
    assert "Created</dt><dd>1</dd>" in page and "Rejected</dt><dd>1</dd>" in page
    assert Customer.get(Customer.number == "501").town == "Åre"
    event = Event.get(Event.verb == "import.finished")
    assert (event.actor, event.what, event.data["created"], event.data["rejected"]) == (
        cast.dispatcher,
        "register.csv",
        1,
        1,
    )
    assert "register.csv" in browser.get("/imports/").text


def test_the_progress_is_a_part_of_the_page_and_a_page_of_its_own(cast):
    job = upload(cast, table(HEAD, GOOD))
    job.choose(job.mapping, by=cast.owner)
    browser = cast.at("owner")
    part = browser.get(f"/imports/{job.id}", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="state"') and "0 of 1 rows" in part
    assert "<html" in browser.get(f"/imports/{job.id}").text


def test_the_rejected_rows_come_back_to_be_mended(cast):
    job = bring(cast, table(HEAD, GOOD, BAD))
    answer = cast.at("owner").get(f"/imports/{job.id}/rejected.csv")
    assert answer.mimetype == "text/csv"
    head, row = answer.get_data().decode("utf-8-sig").splitlines()
    assert head.endswith('"Webbplats";"What is wrong"')
    said = "Telefon: This is not a phone number. E-post: This is not an e-mail address."
    assert row == f'"502";"No phone AB";"";"";"";"";"ring oss";"hej@";"";"{said}"'
    mended = answer.get_data().replace(b"ring oss", b"08-540 694 00").replace(b"hej@", b"hej@a.example.se")
    assert bring(cast, mended).created == 1


def test_a_required_column_must_be_chosen(cast):
    job = upload(cast, table("Kundnr;Ort", "1;Kiruna"))
    answer = cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job))
    assert answer.status_code == 422
    assert "Name: Fill this in." in answer.text
    assert ImportJob.get_by_id(job.id).status is ImportStatus.UPLOADED


def test_a_facility_column_that_is_missing_is_named(cast):
    job = upload(cast, table("Kundnr;Ort", "1;Kiruna"), RegisterName.FACILITIES)
    answer = cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job))
    assert answer.status_code == 422
    assert "No column is chosen for Name" in answer.text


def test_a_heading_that_is_not_in_the_file_is_no_choice(cast):
    job = upload(cast, table(HEAD, GOOD))
    answer = cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job, town="Elsewhere"))
    assert answer.status_code == 422


def test_what_was_chosen_is_remembered_for_the_next_file_with_these_headings(cast):
    file = table("Kundnr;Namn;Plats", "501;A;Kiruna")
    job = upload(cast, file)
    assert "town" not in job.mapping
    cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job, town="Plats"))
    worker()
    assert "town" not in upload(cast, file).mapping, "only a started import is remembered"
    ImportJob.get_by_id(job.id).start(by=cast.owner)
    assert upload(cast, file).mapping == {"number": "Kundnr", "name": "Namn", "town": "Plats"}


def test_other_columns_can_be_chosen_after_the_check(cast):
    job = upload(cast, table("Kundnr;Namn;Ort", "501;A;Kiruna"))
    browser = cast.at("owner")
    browser.post(f"/imports/{job.id}/columns", data=columns(job))
    worker()
    browser.post(f"/imports/{job.id}/columns", data=columns(job, town=""))
    worker()
    browser.post(f"/imports/{job.id}/start")
    worker()
    assert Customer.get(Customer.number == "501").town == ""


def test_starting_twice_says_that_it_runs_and_then_that_it_is_done(cast):
    job = upload(cast, register(3))
    browser = cast.at("owner")
    early = browser.post(f"/imports/{job.id}/start")
    assert (early.status_code, "The file is not checked yet" in early.text) == (409, True)
    browser.post(f"/imports/{job.id}/columns", data=columns(job))
    twice = browser.post(f"/imports/{job.id}/columns", data=columns(job))
    assert (twice.status_code, "The import runs already" in twice.text) == (409, True)
    worker()
    browser.post(f"/imports/{job.id}/start")
    again = browser.post(f"/imports/{job.id}/start")
    assert (again.status_code, "The import runs already" in again.text) == (409, True)
    worker()
    after = browser.post(f"/imports/{job.id}/start")
    assert (after.status_code, "The import is finished" in after.text) == (409, True)
    assert Customer.select().where(Customer.number.startswith("1000")).count() == 3


def test_a_start_rings_for_the_worker(cast):
    job = upload(cast, register(3))
    before = len(imports.huey.pending())
    cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job))
    assert len(imports.huey.pending()) == before + 1


def test_who_may_not_import_is_told_which_right_is_missing(cast):
    job = upload(cast, register(3))
    for path in ("/imports/", f"/imports/{job.id}", "/imports/template/customers.csv"):
        answer = cast.at("technician").get(path)
        assert answer.status_code in (403, 404), path
    assert send(cast.at("technician"), register(3)).status_code == 403
    assert cast.at("marit").get("/imports/").status_code == 404
    assert cast.stranger().get("/imports/").status_code == 302


def test_who_works_in_one_store_sees_only_their_own_imports(cast):
    job = upload(cast, register(3))
    assert cast.at("dispatcher").get(f"/imports/{job.id}").status_code == 404
    mine = upload(cast, register(3), by=cast.dispatcher)
    assert cast.at("dispatcher").get(f"/imports/{mine.id}").status_code == 200
    assert cast.at("southerner").get(f"/imports/{mine.id}").status_code == 404


def test_importing_alone_does_not_let_one_add_customers(cast):
    UserRight.create(user=cast.dispatcher, right="customer.create", granted=False)
    job = upload(cast, register(3), by=cast.dispatcher)
    browser = cast.at("dispatcher")
    browser.post(f"/imports/{job.id}/columns", data=columns(job))
    worker()
    answer = browser.post(f"/imports/{job.id}/start")
    assert (answer.status_code, "You lack the right: Add customers" in answer.text) == (403, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", list(RegisterName))
def test_a_template_is_a_register_that_can_be_imported(cast, name, kind):
    factories.facility(factories.customer(cast.house.north, number="10001"), number="7")
    answer = cast.at("owner").get(f"/imports/template/{name.value}.{kind}")
    assert re.search(rf'filename="{name.value}\.{kind}"', answer.headers["Content-Disposition"])
    job = bring(cast, answer.get_data(), name)
    assert set(job.mapping) == {column.field for column in name.columns}
    assert (job.created + job.updated, job.rejected) == (1, 0), job.problems


def test_there_is_no_template_of_what_is_no_register(cast):
    assert cast.at("owner").get("/imports/template/orders.csv").status_code == 404


def test_earlier_imports_have_an_empty_state(cast):
    assert "No register has been imported yet." in cast.at("owner").get("/imports/").text


def test_where_the_file_is_gone_the_faults_are_still_listed(cast):
    job = bring(cast, table(HEAD, GOOD, BAD))
    vault().delete(job.key)
    browser = cast.at("owner")
    assert browser.get(f"/imports/{job.id}/rejected.csv").status_code == 404
    assert "Line 3 · Telefon · “ring oss”" in browser.get(f"/imports/{job.id}").text


def test_who_works_in_no_store_takes_nothing_in(cast):
    UserRight.create(user=cast.nobody, right=Right.REGISTER_IMPORT, granted=True)
    assert send(cast.at("nobody"), register(3)).status_code == 404
    assert ImportJob.select().count() == 0


def test_earlier_imports_say_when_they_were_near_by_the_clock_and_far_by_the_date(cast):
    at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    with travel(at, tick=False):
        for age in (
            timedelta(minutes=5),
            timedelta(hours=3),
            timedelta(days=2),
            timedelta(days=9),
            timedelta(days=400),
        ):
            job = upload(cast, register(1))
            ImportJob.update(at=at - age).where(ImportJob.id == job.id).execute()
        page = said(cast.at("owner").get("/imports/").text).replace("\u202f", " ")
    found = re.findall(r"1 row · Olga Owner · (.*?) Columns to choose", page)
    assert found == ["20 Oct 2025", "15 Nov", "Sun 10:05", "07:05", "5 min ago"]
