"""Registers as text: whatever program wrote them, they are read or the reason is named."""

import csv
import gc
import io
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from tasks.tables import read_table, write_csv
from tests.tables import read, refusal

REGISTERS = Path(__file__).resolve().parents[2] / "shared" / "data"

real = pytest.mark.skipif(not REGISTERS.is_dir(), reason="the real registers are not beside us")

SWEDISH = "Kundnr;Namn;Ort\r\n10001;Ö-Z Måleri;Nacka\r\n10002;Åkes Måleri;Söderala\r\n"

NORWEGIAN = "Kundenr;Navn;Sted\r\n1;Bærum Rør;Ås\r\n2;Øre AS;Tromsø\r\n"

UKRAINIAN = "Номер;Назва;Місто\r\n1;Салон «Їжак»;Київ\r\n2;Ґанок;Львів\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SWEDISH, "utf-8"),
        (SWEDISH, "utf-8-sig"),
        (SWEDISH, "utf-16"),
        (SWEDISH, "utf-16-le"),
        (SWEDISH, "utf-16-be"),
        (SWEDISH, "cp1252"),
        (NORWEGIAN, "cp1252"),
        (UKRAINIAN, "utf-8"),
        (UKRAINIAN, "utf-16"),
        (UKRAINIAN, "utf-16-le"),
        (UKRAINIAN, "cp1251"),
        ("nr;namn\n" + "1;x\n" * 50_000 + "2;Ö-Z Måleri\n", "cp1252"),
        ("nr;pris\n1;5\xa0€\n", "cp1252"),
        ("id;city\n" + "1;x\n" * 50_000 + "2;Київ\n", "cp1251"),
    ],
)
def test_the_encoding_is_recognised(text, encoding):
    with read_table(text.encode(encoding)) as table:
        assert table.encoding == encoding
        assert [table.headings, *(cells for _line, cells in table.rows)] == [
            line.split(";") for line in text.splitlines()
        ]


@pytest.mark.parametrize("delimiter", ";,\t|")
def test_the_separator_is_recognised(delimiter):
    lines = [["Namn", "Text", "Tal"], ["Ek, Bo", "a;b|c", "1,5"], ["x\ty", "ett\ntvå", "2,5"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    with read_table(out.getvalue().encode()) as table:
        assert table.delimiter == delimiter
        assert [table.headings, *(cells for _line, cells in table.rows)] == lines


def test_commas_in_headings_and_texts_do_not_hide_the_semicolons():
    text = "Namn, efternamn;Adress, ort;Tal\nEk, Bo;Gatan 1, Nacka;1\nAl, Ann;Torget;2,5\n"
    assert read(text.encode())[0] == ["Namn, efternamn", "Adress, ort", "Tal"]


def test_excels_own_note_of_the_separator_is_obeyed():
    with read_table(b"sep=|\r\na|b;c\r\n1|2;3\r\n") as table:
        assert (table.headings, list(table.rows)) == (["a", "b;c"], [(3, ["1", "2;3"])])


def test_a_row_is_known_by_the_line_it_begins_on():
    text = 'a;b\r\n1;"ett\r\ntvå"\r\n\r\n ; \r\n2;x\r\n'
    with read_table(text.encode()) as table:
        assert list(table.rows) == [(2, ["1", "ett\r\ntvå"]), (6, ["2", "x"])]


def test_short_rows_are_filled_and_long_ones_show_what_is_too_much():
    assert read(b"a;b;c;;\n1\n1;2;3;;\n1;2;3;4\n") == (
        ["a", "b", "c"],
        [["1", "", ""], ["1", "2", "3"], ["1", "2", "3", "4"]],
    )


def test_old_and_missing_line_ends_are_read():
    assert read(b"a;b\r1;2\r3;4") == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_headings_are_trimmed_and_cells_are_left_alone():
    assert read(b"\n\n a ;b \n 1 ; 2\n") == (["a", "b"], [[" 1 ", " 2"]])


@pytest.mark.parametrize(
    ("line", "headings"),
    [
        ("Nr;Namn;namn ", ["Nr", "Namn", "namn (2)"]),
        ("a;A;a (2);a", ["a", "A (3)", "a (2)", "a (4)"]),
        ("a;;;b", ["a", "", "", "b"]),
    ],
)
def test_a_heading_that_stands_there_again_is_told_apart(line, headings):
    assert read(f"{line}\n1;2;3;4\n".encode())[0] == headings


KNOWN = {"Kundnr", "Namn", "Ort"}.__contains__


@pytest.mark.parametrize(
    "above",
    ["", "Kundregister\n\n", "Kundregister;;\nUtskrivet;2026-11-25;\n", '"Norrvik; Kyla"\n', "A;B;C\n" * 12],
)
def test_titles_above_the_headings_are_passed_over(above):
    with read_table(f"{above}Kundnr;Namn;Ort\n1;A;B\n".encode(), known=KNOWN) as table:
        rows = list(table.rows)
    assert (table.delimiter, table.headings) == (";", ["Kundnr", "Namn", "Ort"])
    assert rows == [(above.count("\n") + 2, ["1", "A", "B"])]


def test_where_no_heading_is_known_the_first_line_with_several_cells_has_them():
    assert read(b"Register\n\nx;y\n1;2\n") == (["x", "y"], [["1", "2"]])


@pytest.mark.parametrize(
    "raw",
    [
        b"<!DOCTYPE html>\n<table><tr><td>a;b",
        b"\xef\xbb\xbf <html>;",
        b"%PDF-1.7\n1 0 obj;x\n2;y\n",
        b"<?xml ?>\n<a;b/>",
    ],
)
def test_a_web_page_or_a_pdf_under_a_tables_name_is_no_table(raw):
    assert refusal(raw) == ("table.binary", {})


@real
def test_a_real_customer_register_is_read():
    with read_table(REGISTERS / "customers-sv.csv") as table:
        rows = list(table.rows)
    assert (table.encoding, table.delimiter) == ("utf-8-sig", ";")
    assert table.headings[:3] == ["Kundnr", "Företagsnamn", "Org.nr"]
    assert (len(rows), {len(cells) for _line, cells in rows}) == (869, {9})
    assert rows[0][0] == 2 and rows[-1][0] == 870


@real
def test_real_reports_with_line_breaks_inside_are_read():
    with read_table(str(REGISTERS / "fault-reports.csv")) as table:
        rows = list(table.rows)
    assert (table.delimiter, len(table.headings), len(rows)) == (",", 10, 91)
    assert {len(cells) for _line, cells in rows} == {10}
    assert any("\n" in cells[2] for _line, cells in rows)
    lines = (REGISTERS / "fault-reports.csv").read_bytes().split(b"\n")
    assert all(lines[line - 1].startswith(cells[0].encode()) for line, cells in rows)


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        (b"", "table.empty", {}),
        (b"\xef\xbb\xbf", "table.empty", {}),
        (b" \r\n\r\n", "table.empty", {}),
        (b";;;\n;;\n", "table.empty", {}),
        (b"a;b\r\n\r\n;\r\n", "table.no_rows", {}),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "table.binary", {}),
        (b"\x1f\x8b\x08\x08\xff\xfe\xfd\xfc", "table.binary", {}),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n\x01\x02", "table.binary", {}),
        (b"a;b\n" + b"1;2\n" * 30_000 + b"1;\0\n", "table.binary", {}),
        (b"Anna\nBo\nCarl\n", "table.one_column", {"line": 1, "heading": "Anna"}),
        (b"\na b c\n1 2 3\n", "table.one_column", {"line": 2, "heading": "a b c"}),
        (b'a;b\n1;2\n3;"x\n4;5\n6;7\n', "table.broken_quotes", {"line": 3}),
        (b'a;b\n1;"x"y\n', "table.broken_quotes", {"line": 2}),
        (
            "a;b\n1;åäö\n2;öäå\n3;".encode() + b"\xe5\n",
            "table.encoding",
            {"line": 4, "encoding": "utf-8"},
        ),
        (
            b"\xef\xbb\xbfa;b\n1;2\n3;\xe5\n",
            "table.encoding",
            {"line": 3, "encoding": "utf-8-sig"},
        ),
        ("a;b\n1;2\n".encode("utf-16") + b"3", "table.encoding", {"line": 3, "encoding": "utf-16"}),
        (b"a;b\n1;\xe5\n2;\x81\n", "table.encoding", {"line": 3, "encoding": "cp1252"}),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(raw, code, params):
    assert refusal(raw) == (code, params)


def test_a_broken_letter_far_into_a_large_file_names_its_line():
    raw = b"nr;namn\n" + "1;Åke Öberg\n".encode() * 200_000 + b"2;\xff\n"
    assert refusal(raw) == ("table.encoding", {"line": 200_002, "encoding": "utf-8"})


def test_two_gigabytes_are_refused_unread(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    started = time.monotonic()
    assert refusal(path) == ("table.too_large", {"size": 2_000_000_000, "limit": 50_000_000})
    assert time.monotonic() - started < 0.1


def test_too_many_rows_are_refused_where_the_limit_is_passed():
    raw = b"a;b\n" + b"1;2\n" * 10
    assert len(read(raw, limit_rows=10)[1]) == 10
    assert refusal(raw, limit_rows=9) == ("table.too_many_rows", {"limit": 9})


def test_the_file_is_closed_when_the_table_is_and_when_it_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n")
    with read_table(path) as table:
        assert not table.file.closed
    assert table.file.closed
    path.write_text("a\n1\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        refusal(path)
        gc.collect()


def test_a_hundred_thousand_rows_take_about_a_second_and_no_memory(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.writelines(
            write_csv(
                [f"Kolumn {place}" for place in range(9)],
                ([f"{row}", *["Öbergs Måleri"] * 8] for row in range(100_000)),
                language="sv",
            )
        )
    program = f"""
import resource, time
from tasks.tables import read_table
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
with read_table({str(path)!r}, unescape=True) as table:
    rows = sum(1 for _ in table.rows)
seconds = time.process_time() - started
print(rows, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    rows, seconds, megabytes = done.stdout.split()
    assert int(rows) == 100_000
    assert float(seconds) < 2.5  # a second on a quiet machine
    assert int(megabytes) < 30
