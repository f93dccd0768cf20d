"""What is exported can be imported again, and runs no formula on the way."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.tables import write_csv, write_xlsx
from tests.tables import book, read

letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


risky = st.sampled_from(["=1+1", "+46 70 123 45 67", "-5", "@x", "\t", "\r", "'=1", "''", "'s", "=", "\n"])


cells = st.one_of(
    st.text(letters, max_size=12),
    risky,
    st.builds(str.__add__, risky, st.text(letters, max_size=5)),
)


headings = st.lists(
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8),
    min_size=2,
    max_size=5,
    unique_by=str.casefold,
)


@st.composite
def tables(draw):
    names = draw(headings)
    row = st.lists(cells, min_size=len(names), max_size=len(names)).filter(
        lambda values: any(value and not value.isspace() for value in values)
    )
    return names, draw(st.lists(row, min_size=1, max_size=6))


@given(tables())
@example((["a,b", "c,d"], [["1,2", "3,4"], ["5,6", "7,8"]]))
@example((["telefon", "ort"], [["+46701234567", "'=x"], ["''+1", "\r\n"]]))
def test_a_csv_comes_back_as_it_went(table):
    names, rows = table
    raw = b"".join(write_csv(names, rows, language="sv"))
    assert read(raw, unescape=True) == (names, rows)


@given(tables())
def test_a_workbook_comes_back_as_it_went(table):
    names, rows = table
    assert read(write_xlsx(names, rows, "Kunder"), unescape=True) == (names, rows)


@given(tables())
def test_no_cell_of_a_csv_begins_a_formula(table):
    names, rows = table
    text = b"".join(write_csv(names, rows, language="sv")).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not [cell for cell in row if cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n")]


def test_a_csv_saved_as_a_workbook_in_between_keeps_its_telephone_numbers():
    raw = b"".join(write_csv(["Namn", "Telefon"], [["Bo", "+46 70 123"]], language="sv"))
    rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    assert read(book(*rows), unescape=True)[1] == [["Bo", "+46 70 123"]]


VALUES = [
    Decimal("-1250.50"),
    3,
    datetime.date(2026, 11, 23),
    True,
    None,
    datetime.datetime.fromisoformat("2026-11-23T10:30"),
]


@pytest.mark.parametrize(
    ("language", "number"),
    [("sv", "-1250,50"), ("nb", "-1250,50"), ("uk", "-1250,50"), ("en", "-1250.50")],
)
def test_values_are_written_as_the_language_writes_them(language, number):
    raw = b"".join(write_csv("abcdef", [VALUES], language=language))
    assert (
        raw
        == ("\ufeff" + f'"a";"b";"c";"d";"e";"f"\r\n"{number}";"3";"2026-11-23";"1";"";"2026-11-23 10:30"\r\n').encode()
    )


def test_a_large_csv_comes_in_pieces():
    pieces = list(write_csv("ab", ([row, "x" * 100] for row in range(5000)), language="en"))
    assert len(pieces) > 5
    assert len(read(b"".join(pieces))[1]) == 5000


def test_a_workbook_keeps_numbers_dates_and_text_apart():
    raw = write_xlsx(
        ["Formel", "Tal", "Dag", "Sant", "Tomt", "Tid"],
        [["=1+1", *VALUES[0:1], *VALUES[2:]]],
        'A/B: "åäö" & <c>',
    )
    made = openpyxl.load_workbook(io.BytesIO(raw))
    assert made.sheetnames == ['A B  "åäö" & <c>']
    formula, number, day, yes, nothing, moment = made.active[2]
    assert (formula.value, formula.data_type, formula.number_format) == ("=1+1", "s", "@")
    assert (number.value, number.data_type) == (-1250.5, "n")
    assert (day.value, day.is_date) == (datetime.datetime.fromisoformat("2026-11-23"), True)
    assert (yes.value, nothing.value) == (True, None)
    assert moment.value == datetime.datetime.fromisoformat("2026-11-23T10:30")
    assert made.active.freeze_panes == "A2"
    assert made.active["A1"].font.b


def test_a_workbook_has_columns_beyond_z():
    names = [f"k{place}" for place in range(800)]
    assert read(write_xlsx(names, [names], "x")) == (names, [names])
