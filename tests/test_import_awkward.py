"""Files as people really have them: each gives the right rows, or a sentence with row, column and value."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from models.base import Country
from models.customer import Customer
from models.import_job import ImportJob
from models.organisation import Organisation
from models.refusals import Refused
from models.register import RegisterName
from tests import factories
from tests.registers import bring, counts, problems, table, upload
from tests.tables import book, packed
from tests.test_import_pages import columns, send, worker

REGISTERS = Path(__file__).resolve().parents[2] / "shared" / "data"
real = pytest.mark.skipif(not REGISTERS.is_dir(), reason="the real registers are not beside us")


def customer(number: str) -> Customer:
    return Customer.get(Customer.number == number)


def text(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


UKRAINIAN = [
    ["Код клієнта", "Назва", "ЄДРПОУ", "Місто", "Телефон"],
    ["00123", "Салон «Їжак»", "32855961", "Київ", "(044) 123-45-67"],
    ["00124", "Ґанок, ФОП; Ємець", "", "Львів", "050 123 45 67"],
]


@pytest.mark.requirement("S2.8")
@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("cp1251", ";"), ("utf-16", "\t"), ("utf-8-sig", ";"), ("utf-8", ",")]
)
def test_a_ukrainian_register_as_excel_saves_it(cast, encoding, delimiter):
    Organisation.update(country=Country.UA).execute()
    job = bring(cast, text(UKRAINIAN, delimiter).encode(encoding))
    assert counts(job) == (2, 0, 0, 0), problems(job)
    assert [customer(number).name for number in ("00123", "00124")] == ["Салон «Їжак»", "Ґанок, ФОП; Ємець"]
    assert customer("00123").phone == "(044) 123-45-67"


def test_a_western_register_in_windows_letters(cast):
    raw = text([["Kundnr", "Namn", "Ort"], ["501", "Åkes Måleri – “Ö”", "Mönsterås"]], ";").encode("cp1252")
    bring(cast, raw)
    assert (customer("501").name, customer("501").town) == ("Åkes Måleri – “Ö”", "Mönsterås")


def test_quotes_with_line_breaks_inside_stay_one_row(cast):
    raw = text(
        [["Kundnr", "Namn", "Anteckning"], ["501", 'The "Best" AB', "Gate code:\r\n1234"], ["502", "B", ""]], ";"
    )
    job = bring(cast, raw.encode())
    assert (counts(job), customer("501").note, customer("501").name) == (
        (2, 0, 0, 0),
        "Gate code:\n1234",
        'The "Best" AB',
    )


def awkward_book() -> bytes:
    """Merged titles, empty columns in front, numbers as numbers, a date, a formula's place, hidden and other sheets."""
    made = openpyxl.Workbook()
    made.active.title = "Cover"
    hidden = made.create_sheet("Old", 0)
    hidden.sheet_state = "hidden"
    hidden.append(["Kundnr", "Namn"])
    hidden.append(["999", "Hidden AB"])
    made["Cover"].append(["Exported", "at", "noon"])
    made["Cover"].append(["1", "2", "3"])
    sheet = made.create_sheet("Customers")
    sheet["A1"] = "CUSTOMER REGISTER"
    sheet.merge_cells("A1:G1")
    sheet["A2"], sheet["C2"] = "As of", date(2026, 11, 25)
    rows = [
        ["Kundnr", "Namn", "Postnr", "Telefon", "Betalningsvillkor", "Anteckning"],
        [123.0, "Number AB", 150, 701740616, 30.0, date(2026, 11, 25)],
        ["00123", "Text AB", "0150", "070-174 06 16", "30 days", "plain"],
    ]
    for line, cells in enumerate(rows, start=5):
        for place, value in enumerate(cells, start=3):
            sheet.cell(line, place, value)
    return packed(made)


def test_an_awkward_workbook_gives_its_rows_whichever_sheet_is_looked_at_first(cast):
    browser = cast.at("owner")
    send(browser, awkward_book(), "register.xlsx")
    job = ImportJob.get()
    assert (job.sheet, job.sheets) == ("Customers", ["Cover", "Customers"]), "the first with headings that are known"
    page = browser.get(f"/imports/{job.id}").text
    assert "The workbook has several sheets" in page and "Hidden" not in page
    assert browser.post(f"/imports/{job.id}/sheet", data={"sheet": "Old"}).status_code == 422
    assert browser.post(f"/imports/{job.id}/sheet", data={"sheet": "Cover"}).status_code == 302
    job.reload()
    assert (job.headings, job.mapping) == (["Exported", "at", "noon"], {})
    assert browser.post(f"/imports/{job.id}/sheet", data={"sheet": "Customers"}).status_code == 302
    job.reload()
    assert job.headings == ["", "", "Kundnr", "Namn", "Postnr", "Telefon", "Betalningsvillkor", "Anteckning"]
    browser.post(f"/imports/{job.id}/columns", data=columns(job))
    worker()
    browser.post(f"/imports/{job.id}/start")
    worker()
    job.reload()
    assert (counts(job), job.sheet) == ((2, 0, 0, 0), "Customers"), problems(job)
    assert (customer("123").name, customer("00123").name) == ("Number AB", "Text AB")
    assert (customer("123").note, customer("123").payment_days) == ("2026-11-25", 30)
    assert Customer.get_or_none(Customer.number == "999") is None


def test_the_sheet_is_not_changed_once_rows_are_in(cast):
    job = bring(cast, book(["Kundnr", "Namn"], [1, "A"], Other=[["Kundnr", "Namn"], [2, "B"]]))
    answer = cast.at("owner").post(f"/imports/{job.id}/sheet", data={"sheet": "Other"})
    assert answer.status_code == 409
    assert Customer.get_or_none(Customer.number == "2") is None


def test_a_sheet_without_a_table_is_refused_where_it_was_chosen(cast):
    job = upload(cast, book(["Kundnr", "Namn"], [1, "A"], Empty=[["Only a title"]]))
    answer = cast.at("owner").post(f"/imports/{job.id}/sheet", data={"sheet": "Empty"})
    assert (answer.status_code, "has one column only: Only a title" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("country", "phone", "postcode", "told"),
    [
        (Country.SE, 701740616, None, [("Telefon", "701740616", "0701740616")]),
        (Country.UA, 501234567, 1001, [("Postnr", "1001", "01001"), ("Telefon", "501234567", "0501234567")]),
        (Country.NO, 22334455, 150, [("Postnr", "150", "0150")]),
        (Country.SE, 46701740616, 98131, []),
    ],
)
def test_noughts_that_a_workbook_dropped_are_put_back_with_a_remark(cast, country, phone, postcode, told):
    Organisation.update(country=country).execute()
    job = bring(cast, book(["Kundnr", "Namn", "Postnr", "Telefon"], ["501", "A", postcode, phone]))
    said = "The noughts in front were missing and are put back: {}."
    assert problems(job) == [(2, column, value, said.format(whole)) for column, value, whole in told]
    assert counts(job) == (1, 0, 0, 0)


def test_a_ukrainian_code_gets_its_nought_back_where_its_check_digit_says_so(cast):
    Organisation.update(country=Country.UA).execute()
    job = bring(cast, book(["Номер клієнта", "Назва", "ЄДРПОУ"], ["501", "A", 1234562], ["502", "B", 1234566]))
    assert [problem[:3] for problem in problems(job)] == [(2, "ЄДРПОУ", "1234562")]
    assert (customer("501").org_number, customer("502").org_number) == ("01234562", "1234566")


def test_numbers_that_excel_has_shortened_are_kept_out(cast):
    job = bring(cast, table("Kundnr;Namn;Telefon;Org.nr", "1,23457E+11;A;;", "501;B;3.8044E+11;", "502;C;;5,56E+09"))
    said = "Excel has shortened this number; the column must be saved as text."
    assert problems(job) == [
        (2, "Kundnr", "1,23457E+11", said),
        (3, "Telefon", "3.8044E+11", said),
        (4, "Org.nr", "5,56E+09", said),
    ]


def test_leading_noughts_in_a_text_are_kept(cast):
    bring(cast, table("Kundnr;Namn;Telefon", "00123;A;0701740616", "123;B;"))
    assert (customer("00123").name, customer("123").name) == ("A", "B")
    assert customer("00123").phone == "0701740616"


def test_forty_letters_and_a_smile(cast):
    name = "Åse-Märta’s 🌸 Bageri & Konditori 😀 Öland"
    assert len(name) == 40
    bring(cast, table("Kundnr;Namn", f"501;{name}"))
    found = Customer.visible_to(cast.owner).where(Customer.matches("konditori oland"))
    assert [customer.name for customer in found] == [name]


def test_the_same_number_twice_in_one_file_keeps_the_second_out(cast):
    job = bring(cast, table("Kundnr;Namn", "501;A", "502;B", "501;C", "501;A"))
    assert problems(job) == [(4, "Kundnr", "501", "This stands on line 2 already, with other values.")]
    assert (counts(job), customer("501").name) == ((2, 0, 1, 1), "A")


def test_a_column_twice_is_named_and_either_can_be_chosen(cast):
    browser = cast.at("owner")
    send(browser, table("Kundnr;Namn;E-post;E-post;Skonummer", "501;A;first@a.example.se;second@a.example.se;42"))
    job = ImportJob.get()
    assert job.mapping["email"] == "E-post"
    page = browser.get(f"/imports/{job.id}").text
    assert "The heading E-post stands in the file more than once; this one is called E-post (2) here." in page
    assert '<option value="E-post (2)">' in page and "second@a.example.se" in page
    browser.post(f"/imports/{job.id}/columns", data=columns(job, email="E-post (2)", invoice_email="E-post"))
    worker()
    browser.post(f"/imports/{job.id}/start")
    worker()
    assert (customer("501").email, customer("501").invoice_email) == ("second@a.example.se", "first@a.example.se")


def test_a_column_that_is_chosen_twice_is_refused_where_it_was_chosen(cast):
    job = upload(cast, table("Kundnr;Namn;E-post", "501;A;a@a.example.se"))
    answer = cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job, invoice_email="E-post"))
    assert answer.status_code == 422
    assert "The column E-post is chosen more than once" in answer.text
    assert "It is chosen for: E-mail, Invoice e-mail." in answer.text
    assert '<option selected value="E-post">' in answer.text, "what was chosen is kept"


def test_the_verb_refuses_a_column_that_is_chosen_twice(cast):
    job = upload(cast, table("Kundnr;Namn", "501;A"))
    with cast.app.test_request_context(), pytest.raises(Refused) as refused:
        job.choose(job.mapping | {"town": "Namn"}, by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["import.column_twice"]


def test_headings_that_are_not_known_are_listed_as_left_out(cast):
    job = upload(cast, table("Kundnr;Namn;Skonummer", "501;A;42", "502;B;43"))
    aside = cast.at("owner").get(f"/imports/{job.id}").text.partition("The file’s columns")[2]
    assert "Skonummer" in aside and "42, 43" in aside and aside.count("Not imported") == 1


def test_broken_letters_far_down_name_their_line_and_nothing_is_kept(cast):
    raw = b"Kundnr;Namn\n" + b"".join(f"{row};Åke\n".encode() for row in range(2, 5_000)) + b"5000;\xc5ke\n"
    answer = send(cast.at("owner"), raw)
    assert (answer.status_code, ImportJob.select().count()) == (422, 0)
    assert "Line 5000 has letters that cannot be read as utf-8" in answer.text


@pytest.mark.parametrize("name", list(RegisterName))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["sv", "nb", "uk", "en"])
def test_every_template_brings_itself_in(cast, name, kind, language):
    Customer.update(number="10001").where(Customer.number == "1042").execute()
    factories.facility(cast.lovskar, number="7")
    type(cast.owner).update(language=language).where(type(cast.owner).id == cast.owner.id).execute()
    raw = cast.at("owner").get(f"/imports/template/{name.value}.{kind}").get_data()
    job = bring(cast, raw, name)
    assert set(job.mapping) == {column.field for column in name.columns}
    assert (job.created + job.updated, job.rejected) == (1, 0), problems(job)


@real
def test_the_real_register_comes_in_through_the_browser(cast):
    browser = cast.at("owner")
    answer = send(browser, (REGISTERS / "customers-sv.csv").read_bytes(), "customers-sv.csv")
    job = ImportJob.get()
    browser.post(f"/imports/{job.id}/columns", data=columns(job))
    worker()
    job.reload()
    foreseen = counts(job)
    assert sum(foreseen) == job.row_count == 869
    assert answer.location == f"/imports/{job.id}"
    browser.post(f"/imports/{job.id}/start")
    worker()
    job.reload()
    assert (counts(job), job.is_done) == (foreseen, True)
    assert foreseen[0] > 860
