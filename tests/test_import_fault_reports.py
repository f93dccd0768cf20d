"""Importing fault reports from another system: known by the reference they have there."""

from datetime import UTC, datetime

import pytest

from models.event import Event
from models.fault_report import FaultReport, ReportStatus, Source
from models.message import Message
from models.register import RegisterName
from tests import factories
from tests.cast import work
from tests.registers import bring, counts, problems, table

HEAD = "reference,title,description,status,address,place,postcode,reported_at,latitude,longitude"
OPEN = '77,Ice on the unit,"First line\nSecond line",in progress,Kajen  3,Kiruna,98131,2026-03-01T08:30:00Z,67.8,20.2'
CLOSED = "78,Door,,completed,,,,2026-03-02 09:00,,"


def bring_reports(cast, *rows: str, head: str = HEAD, by=None):
    return bring(cast, table(head, *rows), RegisterName.FAULT_REPORTS, by)


def report(reference: str) -> FaultReport:
    return FaultReport.get(FaultReport.reference == reference)


def test_a_row_becomes_a_report_that_waits_or_is_closed(cast):
    assert counts(bring_reports(cast, OPEN, CLOSED)) == (2, 0, 0, 0)
    made, closed = report("77"), report("78")
    assert (made.heading, made.description, made.place) == (
        "Ice on the unit",
        "First line\nSecond line",
        "Kajen 3, 98131 Kiruna",
    )
    assert (made.status, made.source, made.store, made.customer, made.reporter) == (
        ReportStatus.WAITING,
        Source.IMPORT,
        cast.house.north,
        None,
        None,
    )
    assert made.reported_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert (closed.status, closed.reported_at) == (
        ReportStatus.CLOSED,
        datetime(2026, 3, 2, 9, tzinfo=UTC),
    )
    assert list(FaultReport.select().where(FaultReport.matches("ice kajen 77"))) == [made]


def test_numbers_go_on_without_a_gap_between_imports_and_typing(cast):
    first = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    bring_reports(cast, OPEN, "bad,,,,,,,,,", CLOSED)
    last = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    assert [report("77").number, report("78").number, last.number] == [
        first.number + 1,
        first.number + 2,
        first.number + 3,
    ]


def test_nobody_is_told(cast):
    bring_reports(cast, OPEN)
    work()
    assert Message.select().count() == 0
    assert Event.select().where(Event.verb == "fault_report.imported").count() == 1


def test_the_same_row_in_the_file_and_the_same_file_again_are_skipped(cast):
    assert counts(bring_reports(cast, OPEN, CLOSED, OPEN)) == (2, 0, 1, 0)
    assert counts(bring_reports(cast, OPEN, CLOSED, OPEN)) == (0, 0, 3, 0)


def test_a_long_title_leads_the_description(cast):
    title = "The door of cold room two " * 6
    bring_reports(cast, f"77,{title},More,,,,,,,")
    made = report("77")
    assert (made.heading + " " + made.description).replace("\n", " ") == f"{title.strip()} More"
    assert len(made.heading) <= 120
    assert counts(bring_reports(cast, f"77,{title},More,,,,,,,")) == (0, 0, 1, 0)


def test_a_waiting_report_is_closed_when_it_is_over_there(cast):
    bring_reports(cast, OPEN)
    job = bring_reports(cast, OPEN.replace("in progress", "avslutad"))
    assert counts(job) == (0, 1, 0, 0)
    assert report("77").status is ReportStatus.CLOSED
    changes = Event.get(Event.verb == "fault_report.changed").changes
    assert changes == {"status": {"old": "waiting", "new": "closed"}}


def test_a_report_that_moved_on_here_is_left_alone(cast):
    bring_reports(cast, OPEN)
    report("77").reject("Not ours.", by=cast.owner)
    assert counts(bring_reports(cast, OPEN)) == (0, 0, 1, 0)
    job = bring_reports(cast, OPEN.replace("Ice", "Snow"))
    assert problems(job) == [(2, "reference", "77", "The report does not wait any more, so it is not changed.")]
    assert report("77").heading == "Ice on the unit"


def test_a_customers_number_links_the_report(cast):
    head = "Referens;Rubrik;Kundnr;Kontaktperson;Telefon;E-post"
    rows = ("1;Cold;1042;Marit;070-174 06 16;marit@lovskar.example", "2;Warm;9999;;;", "3;None;;;;")
    job = bring_reports(cast, *rows, head=head)
    made = report("1")
    assert (made.customer, made.store, made.contact_name, made.contact_phone) == (
        cast.lovskar,
        cast.lovskar.store,
        "Marit",
        "070-174 06 16",
    )
    assert list(FaultReport.select().where(FaultReport.matches("lovskar cold"))) == [made]
    assert problems(job) == [(3, "Kundnr", "9999", "There is no customer with this number.")]
    again = bring_reports(cast, rows[0].replace("Cold", "Colder"), head=head)
    assert counts(again) == (0, 1, 0, 0)
    assert "lovskar" in report("1").search_text


def test_reports_and_customers_of_other_stores_are_out_of_reach(cast):
    bring(cast, table(HEAD, OPEN), RegisterName.FAULT_REPORTS, cast.owner)
    FaultReport.update(store=cast.house.south).execute()
    factories.customer(cast.house.south, "South AB", number="700")
    job = bring_reports(cast, "77,Mine,,,,,,,,", by=cast.dispatcher)
    other = bring_reports(cast, "79;A;700", head="Referens;Rubrik;Kundnr", by=cast.dispatcher)
    said = "This customer belongs to a store you do not work in."
    assert [found[3] for found in problems(job) + problems(other)] == [said, said]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2.10.2018", datetime(2018, 10, 2, tzinfo=UTC)),
        ("02.10.2018 15:02", datetime(2018, 10, 2, 15, 2, tzinfo=UTC)),
        ("2018-10-02T15:02:01+02:00", datetime(2018, 10, 2, 13, 2, 1, tzinfo=UTC)),
        ("2018-10-02", datetime(2018, 10, 2, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_people_write_them(cast, typed, moment):
    bring_reports(cast, f"77;A;{typed}", head="Referens;Rubrik;Datum")
    assert report("77").reported_at == moment


@pytest.mark.parametrize("typed", ["yesterday", "31.02.2026", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_refused(cast, typed):
    job = bring_reports(cast, f"77;A;{typed}", head="Referens;Rubrik;Datum")
    assert problems(job) == [(2, "Datum", typed, "This is not a date and time.")]
