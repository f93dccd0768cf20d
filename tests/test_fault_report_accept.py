"""Accepting a fault report: one order, whoever else clicks at the same moment, and every reason at once where
it cannot be."""

from itertools import product
from threading import Barrier, Thread

import peewee
import pytest

from models.base import connection, now
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, ReportStatus
from models.message import Message
from models.order import Order
from models.refusals import Refused
from tests import factories
from tests.cast import work


def codes(refusals) -> set[str]:
    return {refusal.code for refusal in refusals}


@pytest.fixture
def report(cast) -> FaultReport:
    return factories.fault_report(cast.marit, cast.lovskar, cast.shop)


def accept(cast, report: FaultReport, who: str = "dispatcher", **form):
    return cast.at(who).post(f"/fault-reports/{report.id}/acceptance", data=form)


@pytest.mark.requirement("S4.33")
def test_it_becomes_an_order_with_text_contact_and_people(cast, report):
    report.assign([cast.technician], by=cast.dispatcher)
    answer = accept(cast, report)
    order = Order.get()
    assert (answer.status_code, answer.location) == (302, f"/orders/{order.id}")
    assert (
        order.heading,
        order.description,
        order.contact_name,
        order.contact_phone,
        order.facility,
        order.report,
    ) == (report.heading, report.description, report.contact_name, report.contact_phone, cast.shop, report)
    assert order.assignees == [cast.technician]
    assert FaultReport.get_by_id(report.id).status is ReportStatus.ACCEPTED


def test_the_reporter_and_the_technician_are_told_and_nobody_else(cast, report):
    report.assign([cast.technician], by=cast.dispatcher)
    work()
    before = {message.id for message in Message.select()}
    accept(cast, report)
    work()
    told = {(message.name, message.verb) for message in Message.select() if message.id not in before}
    assert told == {("Marit Olofsgård", "fault_report.accepted"), ("Elin Fors", "order.assigned")}


def test_accepting_twice_is_refused_with_the_order_it_became(cast, report):
    accept(cast, report)
    again = accept(cast, report)
    order = Order.get()
    assert again.status_code == 409
    assert f"The report is order {order.number} already" in again.text
    assert f'href="/orders/{order.id}"' in again.text
    assert Order.select().count() == 1


def test_the_same_form_posted_twice_leads_to_the_same_order(cast, report):
    first, second = (accept(cast, report, form_key="one-click") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert Order.select().count() == 1


class Rush:
    """Two dispatchers who both saw the report waiting, and then both act."""

    def __init__(self, monkeypatch, report: FaultReport, people: list):
        self.report_id, self.people, self.outcomes = report.id, people, []
        both_looked, look = Barrier(2), FaultReport.demand

        def demand(record, verb, by):
            look(record, verb, by)
            both_looked.wait(10)

        monkeypatch.setattr(FaultReport, "demand", demand)

    def run(self) -> list:
        threads = [Thread(target=self.act, args=(person,)) for person in self.people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return self.outcomes

    def act(self, person) -> None:
        try:
            with connection():
                self.outcomes.append(FaultReport.get_by_id(self.report_id).accept(by=person))
        except (Refused, peewee.IntegrityError) as error:
            self.outcomes.append(error)


def test_of_two_dispatchers_at_once_one_makes_the_order_and_the_other_is_told_which(cast, report, monkeypatch):
    outcomes = Rush(monkeypatch, report, [cast.dispatcher, cast.administrator]).run()
    (order,) = Order.select()
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert order in outcomes
    assert refused.status == 409
    assert [(refusal.code, refusal.params["order"]) for refusal in refused.refusals] == [
        ("fault_report.converted", order.number)
    ]
    assert Event.select().where(Event.verb == "fault_report.accepted").count() == 1


def test_the_rush_would_show_a_status_that_is_written_without_looking(cast, report, monkeypatch):
    """The control: without compare-and-set the loser runs into the database's last line of defence."""

    def careless(record, verb, **also):
        FaultReport.update(status=record.STEPS[verb].to).where(FaultReport.id == record.id).execute()

    monkeypatch.setattr(FaultReport, "_move", careless)
    outcomes = Rush(monkeypatch, report, [cast.dispatcher, cast.administrator]).run()
    assert any(isinstance(outcome, peewee.IntegrityError) for outcome in outcomes)
    assert not any(isinstance(outcome, Refused) for outcome in outcomes)


@pytest.mark.parametrize(("right", "customer", "active", "facility"), list(product((True, False), repeat=4)))
def test_every_reason_stands_there_at_once(cast, right, customer, active, facility):
    report = factories.fault_report(
        cast.dispatcher,
        cast.lovskar if customer else None,
        cast.shop if customer and facility else None,
        store=cast.house.north,
    )
    if not active:
        Customer.update(inactive_at=now()).where(Customer.id == cast.lovskar.id).execute()
    expected = set() if right else {"right.missing"}
    expected |= set() if customer else {"fault_report.no_customer"}
    expected |= {"customer.inactive"} if customer and not active else set()
    expected |= {"fault_report.no_facility"} if customer and not facility else set()
    by = cast.dispatcher if right else cast.cashier
    fresh = FaultReport.get_by_id(report.id)
    assert codes(fresh.why_not("accept", by)) == expected
    if expected:
        with pytest.raises(Refused) as refused:
            fresh.accept(by=by)
        assert codes(refused.value.refusals) == expected
        assert Order.select().count() == 0


def test_an_inactive_facility_takes_no_order(cast, report):
    Facility.update(inactive_at=now()).where(Facility.id == cast.shop.id).execute()
    answer = accept(cast, report)
    assert answer.status_code == 409
    assert "The facility Store, Lövskärsvägen 4 is inactive" in answer.text
    assert codes(FaultReport.get_by_id(report.id).why_not("accept", cast.dispatcher)) == {"facility.inactive"}


def test_the_button_is_dead_and_says_why_with_the_remedy_beside_it(cast):
    report = factories.fault_report(cast.marit, cast.lovskar)
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}").text
    assert 'aria-disabled="true"' in page
    assert "The facility is not chosen" in page
    assert "Facilities of Lövskär Livs AB: 2. An order needs one." in page
    assert f'href="/fault-reports/{report.id}/edit#facility"' in page


def test_who_may_not_accept_is_told_who_can(cast, report):
    page = cast.at("cashier").get(f"/fault-reports/{report.id}").text
    assert "You lack the right: Accept fault reports and make orders of them" in page
    answer = accept(cast, report, "cashier")
    assert answer.status_code == 403
    assert Order.select().count() == 0


@pytest.mark.parametrize("who", ["southerner", "linnea"])
def test_a_report_of_another_store_or_in_the_portal_does_not_exist_here(cast, report, who):
    assert accept(cast, report, who).status_code == 404
    assert Order.select().count() == 0
    assert FaultReport.get_by_id(report.id).is_waiting


def test_the_page_says_beforehand_who_will_be_told(cast, report):
    report.assign([cast.technician], by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/fault-reports/{report.id}").text
    assert "<b>Marit Olofsgård</b>, In Kundbok, E-mail" in page
    assert "<b>Elin Fors</b>, In Kundbok, E-mail" in page
