"""`flask import`: without a browser, with a report for people and one for programs."""

import json
from pathlib import Path

import pytest

from models import schema
from models.customer import Customer
from models.facility import Facility
from models.fault_report import FaultReport
from models.import_job import ImportJob, ImportStatus
from models.organisation import Organisation
from models.user import User
from tests.registers import HEADINGS, register, table

HEAD = ";".join(HEADINGS)


@pytest.fixture
def flask_import(app, cast, tmp_path):
    """Run the command on a file with this content; returns its result."""

    def run(name: str, content: bytes | None, *options: str):
        file = tmp_path / "register.csv"
        if content is not None:
            file.write_bytes(content)
        return app.test_cli_runner().invoke(args=["import", name, str(file), *options])

    return run


def test_the_report_as_json(flask_import):
    done = flask_import(
        "customers",
        table(HEAD, "501;Åre Måleri AB;;;;;;;", "502;B;;;;;ring oss;;"),
        "--json",
        "--language",
        "en",
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "created": 1,
        "updated": 0,
        "skipped": 0,
        "rejected": 1,
        "errors": [
            {
                "row": 3,
                "column": "Telefon",
                "value": "ring oss",
                "message": "This is not a phone number.",
            }
        ],
    }
    assert Customer.get(Customer.number == "501").name == "Åre Måleri AB"


def test_the_report_for_people(flask_import):
    done = flask_import("customers", table(HEAD, "501;A;;;;;;;", "501;B;;;;;;;"), "--language", "en")
    assert done.stdout.splitlines() == [
        "1 row created",
        "0 rows updated",
        "0 rows skipped, the same as what is there",
        "1 row rejected",
        "Line 3, Kundnr, 501: This stands on line 2 already, with other values.",
    ]


def test_a_dry_run_leaves_no_trace(flask_import):
    done = flask_import("customers", register(5), "--dry-run", "--json")
    assert json.loads(done.stdout)["created"] == 5
    assert (
        Customer.select().where(Customer.number.startswith("1000")).count(),
        ImportJob.select().count(),
    ) == (0, 0)
    assert "nothing is written" in flask_import("customers", register(5), "--dry-run", "--language", "en").stdout


def test_the_three_registers(flask_import):
    flask_import("customers", table("Kundnr;Namn", "501;A"))
    flask_import("facilities", table("Kundnr;Anläggning", "501;Roof"))
    flask_import("fault-reports", table("Referens;Rubrik", "77;Leak"))
    assert Facility.get(Facility.name == "Roof").customer.number == "501"
    assert FaultReport.get(FaultReport.reference == "77").heading == "Leak"


def test_it_acts_as_the_first_owner_and_stands_among_the_imports(flask_import, cast):
    flask_import("customers", register(2))
    job = ImportJob.get()
    assert (job.by, job.status, job.name) == (cast.owner, ImportStatus.DONE, "register.csv")


def test_one_that_was_killed_goes_on_where_it_was(flask_import, cast):
    flask_import("customers", register(4))
    ImportJob.update(status=ImportStatus.RUNNING, rows_done=1, created=1, skipped=0, runner="dead").execute()
    again = flask_import("customers", register(4), "--json")
    assert json.loads(again.stdout) == {
        "created": 1,
        "updated": 0,
        "skipped": 3,
        "rejected": 0,
        "errors": [],
    }
    assert ImportJob.select().count() == 1


def test_one_that_stopped_is_started_again(flask_import):
    flask_import("customers", register(4))
    ImportJob.update(status=ImportStatus.FAILED, rows_done=2, created=2).execute()
    assert json.loads(flask_import("customers", register(4), "--json").stdout)["skipped"] == 2


def test_one_that_stops_says_why(flask_import, monkeypatch):
    def broken(self, *args):
        raise RuntimeError

    monkeypatch.setattr(ImportJob, "take", broken)
    done = flask_import("customers", register(4), "--language", "en")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("goes on behind that. The fault is logged: RuntimeError.\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
            "The file is no table. A table is a CSV text or an Excel workbook (.xlsx).",
        ),
        (
            table("Kundnr~Namn", "1~A"),
            "Line 1 has one column only: Kundnr~Namn. "
            "Columns are separated by semicolon, tab, comma or a vertical bar.",
        ),
        (
            table("Namn;Ort", "A;B"),
            "The file has no column for Customer number. Its headings are: Namn, Ort.",
        ),
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_file_that_is_no_register_is_one_sentence_on_stderr(flask_import, content, sentence, options):
    done = flask_import("customers", content, "--language", "en", *options)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{sentence}\n")
    assert ImportJob.select().count() == 0


def test_a_file_that_is_not_there(flask_import, tmp_path):
    done = flask_import("customers", None, "--language", "en")
    assert (done.exit_code, done.stderr) == (1, f"There is no file {tmp_path / 'register.csv'}.\n")


def test_a_folder_is_no_file(app, cast, tmp_path):
    done = app.test_cli_runner().invoke(args=["import", "customers", str(tmp_path), "--language", "en"])
    assert (done.exit_code, done.stderr) == (
        1,
        f"The file {tmp_path} cannot be read: Is a directory.\n",
    )


def test_two_gigabytes_are_refused_unread(app, cast, tmp_path):
    huge = Path(tmp_path / "huge.csv")
    with huge.open("wb") as file:
        file.truncate(2_147_483_648)
    done = app.test_cli_runner().invoke(args=["import", "customers", str(huge), "--language", "en"])
    assert (done.exit_code, done.stderr) == (
        1,
        "The file is 2147 MB; at most 50 MB is allowed. Divide it into several files.\n",
    )


def test_a_register_that_is_none_is_a_usage_error(flask_import):
    assert flask_import("orders", register(1)).exit_code == 2


def test_messages_are_in_the_organisations_language_unless_asked(flask_import):
    Organisation.update(language="en").execute()
    assert flask_import("customers", b"").stderr == "The file is empty.\n"


def test_without_an_owner_or_a_database_it_says_what_to_do(flask_import, monkeypatch):
    User.update(role="dispatcher").execute()
    done = flask_import("customers", register(1))
    assert (done.exit_code, done.stderr) == (
        1,
        "There is no organisation with an owner yet. Open Kundbok in a browser first.\n",
    )
    monkeypatch.setattr(schema, "pending", lambda: ["0001_foundation"])
    assert (
        flask_import("customers", register(1)).stderr
        == "The database is not migrated yet. Run: flask --app app migrate\n"
    )


def test_long_lists_of_faults_are_cut_for_people(flask_import):
    rows = [f"{number};;;;;;;;" for number in range(9000, 9120)]
    lines = flask_import("customers", table(HEAD, *rows), "--language", "en").stdout.splitlines()
    assert (len(lines), lines[-1]) == (105, "20 more; --json lists them")
