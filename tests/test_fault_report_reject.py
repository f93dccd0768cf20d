"""Saying no to a report, with a reason; taking that back; and the other ends a report can come to."""

import pytest

from models.event import Event
from models.fault_report import FaultReport, ReportStatus
from models.message import Message
from models.refusals import Refused
from tests import factories
from tests.cast import work


@pytest.fixture
def report(cast) -> FaultReport:
    return factories.fault_report(cast.marit, cast.lovskar, cast.shop)


def reject(cast, report: FaultReport, reason: str, who: str = "dispatcher"):
    return cast.at(who).post(f"/fault-reports/{report.id}/rejection", data={"reason": reason})


def why_not(cast, report: FaultReport, verb: str) -> list[str]:
    return [refusal.code for refusal in FaultReport.get_by_id(report.id).why_not(verb, cast.dispatcher)]


@pytest.mark.requirement("S4.34")
def test_the_reporter_reads_the_reason(cast, report):
    answer = reject(cast, report, "The freezer belongs to another firm.")
    assert (answer.status_code, answer.location) == (302, "/fault-reports/waiting")
    assert FaultReport.get_by_id(report.id).rejection.reason == "The freezer belongs to another firm."
    work()
    told = Message.get((Message.verb == "fault_report.rejected") & (Message.name == "Marit Olofsgård"))
    assert told.event.data["why"] == "The freezer belongs to another firm."


def test_without_a_reason_nothing_is_rejected(cast, report):
    answer = reject(cast, report, "   ")
    assert answer.status_code == 422
    assert "Fill this in." in answer.text
    assert FaultReport.get_by_id(report.id).is_waiting


def test_the_form_says_who_will_get_the_reason(cast, report):
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}/rejection").text
    assert "<b>Marit Olofsgård</b>, In Kundbok, E-mail" in page


def test_a_second_rejection_names_the_first(cast, report):
    reject(cast, report, "Not ours.")
    again = reject(cast, report, "Still not ours.")
    assert again.status_code == 409
    assert "The report was rejected: Not ours." in again.text
    assert FaultReport.get_by_id(report.id).rejection.reason == "Not ours."


def test_a_rejected_report_is_reopened_and_waits_again(cast, report):
    reject(cast, report, "Not ours.")
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}").text
    assert 'id="reopen"' in page and "Rejected: Not ours." in page
    answer = cast.at("dispatcher").post(f"/fault-reports/{report.id}/reopening")
    assert answer.status_code == 302
    assert FaultReport.get_by_id(report.id).is_waiting
    assert cast.at("dispatcher").post(f"/fault-reports/{report.id}/reopening").status_code == 409
    assert why_not(cast, report, "reopen") == ["fault_report.waiting"]


def test_who_lacks_the_right_rejects_nothing(cast, report):
    assert reject(cast, report, "No", who="cashier").status_code == 403
    assert reject(cast, report, "No", who="southerner").status_code == 404
    assert FaultReport.get_by_id(report.id).is_waiting


def test_the_one_who_reported_it_takes_it_back(cast, report):
    report.cancel(by=cast.marit)
    assert FaultReport.get_by_id(report.id).status is ReportStatus.CANCELLED
    with pytest.raises(Refused) as refused:
        report.accept(by=cast.dispatcher)
    assert [refusal.code for refusal in refused.value.refusals] == ["fault_report.cancelled"]


def test_a_report_closed_elsewhere_says_so(cast, report):
    FaultReport.update(status=ReportStatus.CLOSED).where(FaultReport.id == report.id).execute()
    assert "There is nothing to decide any more." in cast.at("dispatcher").get(f"/fault-reports/{report.id}").text
    answer = cast.at("dispatcher").post(f"/fault-reports/{report.id}/acceptance")
    assert answer.status_code == 409
    assert "The report was closed in the system it came from" in answer.text
    assert why_not(cast, report, "accept") == ["fault_report.closed"]


@pytest.mark.parametrize("path", ["edit", "rejection", "assignment"])
def test_what_is_decided_cannot_be_decided_again_on_any_form(cast, report, path):
    report.accept(by=cast.dispatcher)
    answer = cast.at("dispatcher").get(f"/fault-reports/{report.id}/{path}")
    assert answer.status_code == 409
    assert "already" in answer.text


def test_every_step_is_on_the_log_once(cast, report):
    reject(cast, report, "Not ours.")
    cast.at("dispatcher").post(f"/fault-reports/{report.id}/reopening")
    report = FaultReport.get_by_id(report.id)
    report.accept(by=cast.dispatcher)
    verbs = [event.verb for event in Event.about(report).order_by(Event.id)]
    assert verbs == ["fault_report.reported", "fault_report.rejected", "fault_report.reopened", "fault_report.accepted"]
