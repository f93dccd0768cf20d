"""Registers as Excel workbooks, and workbooks that are weapons."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from tasks.tables import BadTable, read_table
from tests.tables import book, packed, read, refusal, repacked, sheet_of


def test_a_workbook_gives_what_a_person_would_have_typed():
    raw = book(
        ["Nr", "Värde"],
        [10001, "text"],
        [5567239313, 1.5],
        [0.1 + 0.2, -3],
        [datetime.date(2026, 11, 23), datetime.datetime.fromisoformat("2026-11-23T10:30")],
        [datetime.datetime.fromisoformat("2026-11-23T10:30:15"), datetime.time(7, 5)],
        [True, False],
        ["046-12 34 56", "=1+1"],
        [None, " kant "],
    )
    headings, rows = read(raw)
    assert headings == ["Nr", "Värde"]
    assert rows == [
        ["10001", "text"],
        ["5567239313", "1.5"],
        ["0.3", "-3"],
        ["2026-11-23", "2026-11-23 10:30"],
        ["2026-11-23 10:30:15", "07:05"],
        ["1", "0"],
        ["046-12 34 56", ""],
        ["", " kant "],
    ]


def test_rows_of_a_workbook_are_numbered_as_excel_numbers_them():
    made = openpyxl.Workbook()
    for at, value in {"B3": "a", "C3": "b", "B4": "1", "C7": "2"}.items():
        made.active[at] = value
    with read_table(packed(made)) as table:
        assert (table.headings, list(table.rows)) == (["a", "b"], [(4, ["1", ""]), (7, ["", "2"])])


def test_the_first_visible_sheet_with_content_is_read():
    made = openpyxl.load_workbook(io.BytesIO(book(Tom=[], Kunder=[["a", "b"], [1, 2]])))
    hidden = made.create_sheet("Dold", 0)
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    with read_table(packed(made)) as table:
        assert (table.sheet, table.headings, table.encoding) == ("Kunder", ["a", "b"], None)


def test_a_sheet_can_be_chosen_among_those_that_hold_anything():
    raw = book(["a", "b"], [1, 2], title="First", Second=[["c", "d"], [3, 4]], Blank=[])
    with read_table(raw) as table:
        assert (table.sheet, table.sheets) == ("First", ("First", "Second"))
    with read_table(raw, sheet="Second") as table:
        assert (table.sheet, table.headings) == ("Second", ["c", "d"])
    assert read(raw, sheet="Blank")[0] == ["a", "b"]
    assert read(raw, known={"c", "d"}.__contains__)[0] == ["c", "d"]
    assert read(raw, known={"d"}.__contains__)[0] == ["a", "b"]


def test_merged_titles_and_empty_columns_stand_in_nobodys_way():
    made = openpyxl.Workbook()
    made.active["A1"] = "Customer register"
    made.active.merge_cells("A1:E1")
    made.active["B2"] = "As of 2026-11-25"
    for at, value in {"C4": "Kundnr", "D4": "Namn", "C5": "00123", "D5": "Å"}.items():
        made.active[at] = value
    with read_table(packed(made)) as table:
        assert (table.headings, list(table.rows)) == (["", "", "Kundnr", "Namn"], [(5, ["", "", "00123", "Å"])])


def test_of_formulas_the_stored_values_are_read():
    texts = "".join(f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in (("A1", "a"), ("B1", "b")))
    row = '<c r="A2" t="str"><f>B2</f><v>text</v></c><c r="B2"><f>60+63</f><v>123.0</v></c>'
    broken = '<c r="A3"><v>1</v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    rows = f'<row r="1">{texts}</row><row r="2">{row}</row><row r="3">{broken}</row>'
    assert read(sheet_of(rows))[1] == [["text", "123"], ["1", ""]]


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        (book(), "table.empty", {}),
        (book(["a", "b"]), "table.no_rows", {}),
        (book(["Namn"], ["Bo"]), "table.one_column", {"line": 1, "heading": "Namn"}),
        (book(["a", "b"], [1, 2])[:2000], "table.damaged", {}),
        (b"PK\x03\x04 not a zip", "table.damaged", {}),
        (repacked(book(["a"]), {"xl/workbook.xml": "<a"}), "table.damaged", {}),
        (repacked(book(["a"]), {"xl/sharedStrings.xml": "<!DOCTYPE x>"}), "table.damaged", {}),
        (repacked(book(["a"]), {"XL/Workbook.xml": "<a/>"}), "table.damaged", {}),
    ],
)
def test_what_is_no_register_in_a_workbook_is_refused_with_its_reason(raw, code, params):
    assert refusal(raw) == (code, params)


def test_another_kind_of_zip_is_no_table():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue()) == ("table.binary", {})


def test_a_password_and_an_old_workbook_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le")) == ("table.password", {})
    assert refusal(ole + "Workbook".encode("utf-16-le")) == ("table.old_excel", {})


def test_a_bomb_is_refused_by_what_it_would_unpack_to():
    raw = repacked(book(["a", "b"]), {"xl/sharedStrings.xml": b" " * 50_000_000})
    assert len(raw) < 100_000
    code, params = refusal(raw, limit_bytes=10_000_000)
    assert (code, params["limit"]) == ("table.too_large", 40_000_000)


def test_a_bomb_that_lies_about_its_size_is_refused():
    raw = bytearray(repacked(book(["a", "b"]), {"xl/sharedStrings.xml": b" " * 1_000_000}))
    lie = (1000).to_bytes(4, "little")
    assert raw.count((1_000_000).to_bytes(4, "little")) == 2
    assert refusal(bytes(raw.replace((1_000_000).to_bytes(4, "little"), lie))) == (
        "table.damaged",
        {},
    )


def test_two_gigabytes_are_refused_by_the_word_of_the_package():
    raw = repacked(book(["a", "b"]), {"xl/sharedStrings.xml": b" " * 1_000_000})
    size = (2_147_483_647).to_bytes(4, "little")
    code, params = refusal(raw.replace((1_000_000).to_bytes(4, "little"), size))
    assert (code, params["limit"], params["size"] > 2_147_000_000) == ("table.too_large", 200_000_000, True)


FAR = '<v>1</v></c><c r="XFD1048576"><v>2</v></c></row>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f'<row r="1"><c r="A1">{FAR}', "table.too_many_rows"),
        (
            '<row r="1"><c r="A1"><v>1</v></c><c r="XFD9999"><v>2</v></c></row>',
            "table.too_many_cells",
        ),
        (
            "<row r='1'><c\nr = 'A1'><v>1</v></c><x:c s='1' r='xfd9999'><x:v>2</x:v></x:c></row>",
            "table.too_many_cells",
        ),
        (
            '<row r="1"><c r="A1"><v>1</v></c><c r="XFD9999" s="/>"><v>2</v></c></row>',
            "table.too_many_cells",
        ),
        (
            '<row r="1"><c r="A1"><v>1</v></c><c s=">" r="XFD9999"><v>2</v></c></row>',
            "table.damaged",
        ),
        ('<row r="1"><c r="A1"r="XFD9999"><v>2</v></c></row>', "table.damaged"),
        ('<row r="1"><c r="A1" r="XFD9999"><v>2</v></c></row>', "table.damaged"),
        ('<row r="1"><c r="&#65;1"><v>2</v></c></row>', "table.damaged"),
        ("<row><c><v>1</v></c><c><v>2</v></c></row>", "table.damaged"),
        ('<row r="1"><c r="A1"><v>1\0</v></c></row>', "table.damaged"),
    ],
)
def test_a_cell_that_would_ask_for_all_memory_is_refused(body, code):
    assert refusal(sheet_of(body))[0] == code


def test_a_sheet_under_a_name_that_is_not_measured_is_refused():
    raw = book(["a", "b"], [1, 2])
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        links = package.read("xl/_rels/workbook.xml.rels").replace(b"sheet1.xml", b"sheet1.bin")
        sheet = package.read("xl/worksheets/sheet1.xml")
    changes = {"xl/_rels/workbook.xml.rels": links, "xl/worksheets/sheet1.bin": sheet}
    assert refusal(repacked(raw, changes)) == ("table.damaged", {})


def test_empty_cells_that_are_only_painted_cost_nothing():
    painted = "".join(f'<row r="{row}"><c r="XFD{row}" s="0"/></row>' for row in range(3, 1000))
    body = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        f'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>{painted}'
    )
    assert read(sheet_of(body)) == (["a", "b"], [["1", "2"]])


def test_a_workbook_of_too_many_rows_is_refused_at_once():
    raw = book(["a", "b"], *[[1, 2]] * 10)
    assert len(read(raw, limit_rows=10)[1]) == 10
    with pytest.raises(BadTable) as refused:
        read_table(raw, limit_rows=9)
    assert (refused.value.code, refused.value.params) == ("table.too_many_rows", {"limit": 9})
