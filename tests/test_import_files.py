"""Files that are no register: one clear sentence each, 422, and nothing is kept."""

import io

import openpyxl
import pytest

from models.import_job import ImportJob
from tasks import imports, vault
from tests.registers import HEADINGS, bring, counts, firm, table, upload
from tests.tables import book, packed, sheet_of

LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BAD_FILES = {
    "empty": (b"", "The file is empty"),
    "only blanks": (b" \r\n \r\n", "The file is empty"),
    "headings alone": (table("Kundnr;Namn"), "The file has headings and no rows"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "The file is no table"),
    "another separator": (table("Kundnr~Namn", "1~A"), "Line 1 has one column only: Kundnr~Namn"),
    "a web page": (b"<html><body><table><tr><td>Kundnr;Namn</td></tr></table>", "The file is no table"),
    "a paper": (b"%PDF-1.4\n1 0 obj;<< /Type;/Catalog >>\nendobj;\n", "The file is no table"),
    "an open quotation mark": (
        table("Kundnr;Namn", '1;"A', "2;B"),
        "A quotation mark that is opened on line 2 is not closed",
    ),
    "broken encoding": (
        "Kundnr;Namn\n1;Åäöåäöåäö Åkeri Ängsö Östersjön\n".encode() * 9 + b"2;\xff\xfe\xff\n",
        "has letters that cannot be read as utf-8",
    ),
    "an old workbook": (LOCKED, "The workbook is in the format of Excel 97 to 2003 (.xls)"),
    "a workbook with a password": (
        LOCKED + "EncryptedPackage".encode("utf-16-le"),
        "The workbook is locked with a password",
    ),
    "a damaged workbook": (book(["Kundnr", "Namn"], [1, "A"])[:900], "The workbook is damaged"),
}


def send(browser, raw: bytes, name: str = "register.csv"):
    return browser.post("/imports/", data={"register": "customers", "file": (io.BytesIO(raw), name)})


def refused(cast, raw: bytes) -> str:
    """The page that refuses the file; nothing was kept of it."""
    before = sorted(vault().keys())
    answer = send(cast.at("owner"), raw)
    assert answer.status_code == 422
    assert ImportJob.select().count() == 0
    assert sorted(vault().keys()) == before
    return answer.text


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_no_register_is_refused_in_words(cast, name):
    raw, sentence = BAD_FILES[name]
    page = refused(cast, raw)
    assert sentence in page
    assert "Nothing is imported yet" in page
    assert 'name="file"' in page, "another file can be chosen at once"


def test_a_workbook_that_unpacks_without_end_is_refused(cast):
    bomb = sheet_of(" " * 210_000_000)
    assert len(bomb) < 500_000
    assert "The file is 210 MB; at most 200 MB is allowed" in refused(cast, bomb)


def test_a_cell_in_the_far_corner_is_refused(cast):
    corner = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="199999"><c r="XFD199999"><v>1</v></c></row>')
    assert "The workbook has more than 4000000 cells" in refused(cast, corner)


def test_more_than_fifty_megabytes_are_refused(cast):
    page = refused(cast, b"Kundnr;Namn\n" + b"1;A\n" * 12_600_000)
    assert "at most 50 MB is allowed" in page


def test_too_many_rows_are_refused_before_any_is_written(cast):
    rows = b"".join(b"%d;A\n" % number for number in range(200_001))
    assert "The file has more than 200000 rows" in refused(cast, b"Kundnr;Namn\n" + rows)


def test_no_file_at_all(cast):
    answer = cast.at("owner").post("/imports/", data={"register": "customers"})
    assert (answer.status_code, "No file is chosen" in answer.text) == (422, True)


def test_no_such_register(cast):
    answer = cast.at("owner").post("/imports/", data={"register": "orders", "file": (io.BytesIO(b"a;b\n1;2"), "a.csv")})
    assert answer.status_code == 422
    assert ImportJob.select().count() == 0


def test_a_path_in_the_name_is_left_out(cast):
    send(cast.at("owner"), table("Kundnr;Namn", "1;A"), "C:\\fakepath\\../../register.csv")
    assert ImportJob.get().name == "register.csv"


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";")],
)
def test_registers_in_all_encodings_and_separators(cast, encoding, delimiter):
    lines = [HEADINGS, *(firm(number) for number in range(20_000, 20_020))]
    raw = "\r\n".join(delimiter.join(cells) for cells in lines).encode(encoding)
    job = bring(cast, raw)
    assert counts(job) == (20, 0, 0, 0), job.problems
    assert job.delimiter == delimiter


def test_a_workbook_is_a_register_too(cast):
    made = openpyxl.Workbook()
    made.active.title = "Kunder"
    made.active.append(["Kundnr", "Namn", "Betalningsvillkor"])
    made.active.append([501, "Åre Måleri AB", 30.0])
    raw = packed(made)
    page = send(cast.at("owner"), raw, "kunder.xlsx")
    assert page.status_code == 302
    job = ImportJob.get()
    assert job.sheet == "Kunder"
    assert "<dd>Kunder</dd>" in cast.at("owner").get(page.location).text
    assert counts(bring(cast, raw)) == (1, 0, 0, 0)


def test_a_file_that_is_gone_stops_the_import_with_a_reason(cast):
    job = upload(cast, table("Kundnr;Namn", "1;A"))
    job.choose(job.mapping, by=cast.owner)
    vault().delete(job.key)
    imports.run.call_local(job.id)
    page = cast.at("owner").get(f"/imports/{job.id}").text
    assert "The import stopped in the middle" in page and "FileNotFoundError" in page
    job.reload()
    assert [refusal.code for refusal in job.why_not("start", cast.owner)] == ["import.unchecked"]
