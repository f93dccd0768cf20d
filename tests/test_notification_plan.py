"""Who is told of what: the plan shown before is the ledger written after, and everybody left out is there with
the reason."""

from itertools import product

import pytest

from models.contact import Contact
from models.event import Event
from models.fault_report import FaultReport
from models.message import Message, MessageState
from models.notification import Planned, plan, plan_acceptance
from models.order import Order
from models.organisation import Organisation
from models.rights import Role
from models.user import User
from tests import factories
from tests.cast import work


def shown(planned: list[Planned]) -> set[tuple]:
    return {
        (message.to.key, message.channel, message.state, message.reason and message.reason.code, message.address)
        for message in planned
    }


def written(verb: str) -> set[tuple]:
    rows = Message.select().where(Message.verb == verb)
    return {(row.recipient, row.channel, before_sending(row), code(row), row.address) for row in rows}


def before_sending(row: Message) -> MessageState:
    """Without a mail server every letter is held at once; it was planned."""
    return MessageState.PLANNED if row.state is MessageState.HELD else row.state


def code(row: Message) -> str | None:
    return row.refusal.code if row.refusal and row.state is MessageState.SKIPPED else None


def settings(cast, mailed: bool, in_app: bool, active: bool, assigned: bool, copied: bool) -> None:
    """One corner of all that decides who is told."""
    User.update(by_email=mailed, in_app=in_app).where(User.id.in_([cast.technician.id, cast.marit.id])).execute()
    if not active:
        User.update(inactive_at=cast.house.organisation.created_at).where(User.id == cast.technician.id).execute()
    for person in (cast.technician, cast.marit):
        person.reload()
    if assigned:
        cast.lovskar.assign([cast.technician, cast.dispatcher], by=cast.owner)
    cast.lovskar.our_reference = cast.finance
    cast.lovskar.save()
    Organisation.update(
        fault_report_copy="copies@norrvik.example" if copied else "", copy_to_reference=copied
    ).execute()


CORNERS = list(product((True, False), repeat=5))


@pytest.mark.parametrize("corner", CORNERS[::3])
def test_a_new_report_tells_exactly_those_the_form_named(cast, corner):
    settings(cast, *corner)
    before = shown(
        plan(
            "fault_report.reported",
            FaultReport(customer=cast.lovskar, store=cast.lovskar.store_id, heading=""),
            by=cast.dispatcher,
        )
    )
    factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    work()
    assert written("fault_report.reported") == before


@pytest.mark.parametrize("corner", CORNERS[1::3])
def test_accepting_tells_exactly_those_the_page_named(cast, corner):
    settings(cast, *corner)
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    before = shown(plan_acceptance(report, by=cast.dispatcher))
    report.accept(by=cast.dispatcher)
    work()
    assert written("fault_report.accepted") | written("order.assigned") == before


@pytest.mark.parametrize("corner", CORNERS[2::6])
def test_rejecting_assigning_and_performing_tell_exactly_those_named(cast, corner):
    settings(cast, *corner)
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = factories.fault_report(cast.marit, cast.lovskar, cast.shop).accept(by=cast.dispatcher)
    for verb, about in (
        ("fault_report.rejected", report),
        ("order.performed", order),
        ("customer.unassigned", cast.lovskar),
    ):
        data = {"person_id": cast.technician.id, "why": "No"}
        before = shown(plan(verb, about, by=cast.dispatcher, data=data))
        factories.committed(
            lambda verb=verb, about=about, data=data: Event.record(
                verb, by=cast.dispatcher, about=about, person="Elin", **data
            )
        )
        work()
        assert written(verb) == before


def test_nobody_is_told_twice_by_the_same_way(cast):
    cast.lovskar.assign([cast.dispatcher], by=cast.owner)  # hears of reports both as responsible and as dispatcher
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    mine = [
        message.channel
        for message in Message.select().where(
            (Message.verb == "fault_report.reported") & (Message.user == cast.dispatcher)
        )
    ]
    assert sorted(mine) == ["app", "email"]


@pytest.mark.requirement("S1.43")
def test_nobody_is_told_of_what_they_did_themselves_and_the_ledger_says_so(cast):
    factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    work()
    own = Message.select().where((Message.verb == "fault_report.reported") & (Message.user == cast.dispatcher))
    assert {(message.state, message.refusal.code) for message in own} == {(MessageState.SKIPPED, "staff.own_action")}
    assert cast.at("dispatcher").get("/inbox/").text.count("reported a fault") == 0


@pytest.mark.requirement("S1.37", "S1.38")
def test_who_is_switched_off_is_not_told_and_who_is_restored_is(cast):
    cast.technician.inactivate(by=cast.owner)
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    assert {message.refusal.code for message in Message.select().where(Message.verb == "customer.assigned")} == {
        "staff.inactive"
    }
    User.get_by_id(cast.technician.id).restore(by=cast.owner)
    cast.lovskar.assign([], by=cast.dispatcher)
    work()
    told = Message.select().where((Message.verb == "customer.unassigned") & (Message.channel == "app"))
    assert [(message.user, message.state) for message in told] == [(cast.technician, MessageState.SENT)]


@pytest.mark.requirement("S1.39")
def test_the_person_chooses_the_ways_and_a_way_switched_off_is_said(cast):
    User.update(by_email=False, in_app=True).where(User.id == cast.technician.id).execute()
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    states = {
        message.channel: (message.state, message.refusal and message.refusal.code)
        for message in Message.select().where(Message.verb == "customer.assigned")
    }
    assert states == {"app": (MessageState.SENT, None), "email": (MessageState.SKIPPED, "staff.no_channel")}


def test_an_invitation_arrives_whatever_was_switched_off(cast):
    User.update(by_email=False).where(User.id == cast.technician.id).execute()
    (planned,) = plan("user.invited", User.get_by_id(cast.technician.id), by=cast.owner)
    assert planned.will_be_told


@pytest.mark.requirement("S1.40", "S1.41")
def test_only_the_ticked_roles_hear_of_a_report_and_the_others_read_why_not(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    rows = Message.select().where((Message.verb == "fault_report.reported") & (Message.channel == "app"))
    found = {message.user.name: (message.state, message.refusal and message.refusal.code) for message in rows}
    assert found["Sanna Lindmo"] == (MessageState.SENT, None)
    assert found["Olga Owner"] == (MessageState.SKIPPED, "staff.role_not_recipient")
    assert "Svea Syd" not in found and "Elin Fors" not in found


@pytest.mark.requirement("S1.42")
def test_the_roles_can_be_changed_later(cast):
    Organisation.update(told={"fault_report.reported": [Role.OWNER.value]}).execute()
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    told = Message.select().where((Message.verb == "fault_report.reported") & (Message.state == MessageState.SENT))
    assert [message.user.name for message in told] == ["Olga Owner"]


@pytest.mark.requirement("S2.36", "S2.38")
def test_the_assigned_person_is_told_once_and_the_customer_not_at_all(cast):
    factories.contact(cast.lovskar)
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    assert [(message.user, message.channel) for message in Message.select().order_by(Message.channel)] == [
        (cast.technician, "app"),
        (cast.technician, "email"),
    ]


@pytest.mark.requirement("S2.37")
@pytest.mark.parametrize("reporter", ["dispatcher", "marit"])
def test_later_reports_from_every_source_are_assigned_and_told_and_earlier_ones_stay(cast, reporter):
    earlier = factories.fault_report(getattr(cast, reporter), cast.lovskar, cast.shop)
    cast.lovskar.assign([cast.technician], by=cast.owner)
    later = factories.fault_report(getattr(cast, reporter), cast.lovskar, cast.shop)
    work()
    assert (earlier.assignees, later.assignees) == ([], [cast.technician])
    told = (
        Message.select()
        .join(Event)
        .where((Message.user == cast.technician) & (Event.noun == "fault_report") & (Event.record_id == later.id))
    )
    assert {message.verb for message in told} == {"fault_report.reported"}


@pytest.mark.requirement("S2.37")
def test_a_customer_that_is_named_later_brings_its_people_who_are_told_then(cast):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    report = factories.fault_report(cast.dispatcher, store=cast.house.south)
    report.change({"customer": cast.lovskar, "facility": cast.shop}, by=cast.owner, seen=report.version)
    work()
    report = FaultReport.get_by_id(report.id)
    assert (report.assignees, report.store) == ([cast.technician], cast.house.north)
    assert (
        Message.select().where((Message.verb == "fault_report.assigned") & (Message.user == cast.technician)).count()
        == 2
    )


@pytest.mark.requirement("S2.39", "S2.40")
def test_who_is_taken_off_a_customer_is_told_and_gets_no_later_work(cast):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    cast.lovskar.assign([], by=cast.owner)
    later = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    assert later.assignees == []
    assert (
        Message.select().where((Message.verb == "customer.unassigned") & (Message.user == cast.technician)).count() == 2
    )


@pytest.mark.requirement("S4.23", "S4.24")
def test_a_copy_goes_to_the_address_and_to_our_reference(cast):
    settings(cast, True, True, True, False, copied=True)
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    rows = Message.select().where(
        (Message.verb == "fault_report.reported")
        & (Message.channel == "email")
        & (Message.state != MessageState.SKIPPED)
    )
    assert {message.address for message in rows} >= {"copies@norrvik.example", "finance@norrvik.example"}


def test_a_customer_without_anybody_who_wants_protocols_is_itself_worth_saying(cast):
    Contact.delete().execute()
    (planned,) = plan("protocol.ready", Order(customer=cast.lovskar), by=None)
    assert (planned.state, planned.reason.code) == (MessageState.SKIPPED, "customer.nobody_to_tell")


def test_contacts_are_asked_before_they_are_written_to(cast):
    factories.contact(cast.lovskar, "Wants Papers")
    factories.contact(cast.lovskar, "No Address", email="")
    factories.contact(cast.lovskar, "No News", wants_news=False)
    factories.contact(cast.lovskar, "No Papers", send_protocol=False)
    found = {
        message.to.name: message.reason and message.reason.code
        for message in plan("protocol.ready", Order(customer=cast.lovskar), by=None)
    }
    assert found == {"Wants Papers": None, "No Address": "contact.no_email", "No News": "consent.notifications_off"}


def test_an_event_about_what_is_gone_tells_nobody(cast):
    contact = factories.contact(cast.lovskar)
    factories.committed(lambda: Event.record("contact.created", by=cast.owner, about=contact))
    report = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    Event.update(record_id=9_999).where(Event.record_id == report.id).execute()
    work()
    assert Message.select().count() == 0


def addresses(verb: str, about, by) -> list[tuple]:
    return [
        (message.to.name, message.address, message.to.language)
        for message in plan(verb, about, by=by)
        if message.channel == "email" and message.will_be_told
    ]


def test_who_called_hears_by_e_mail_in_the_customers_language(cast):
    report = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
    assert addresses("fault_report.accepted", report, cast.dispatcher) == [
        ("marit@lovskar.example", "marit@lovskar.example", "sv")
    ]
    nowhere = factories.fault_report(cast.dispatcher, store=cast.house.north)
    assert addresses("fault_report.rejected", nowhere, cast.dispatcher) == [
        ("marit@lovskar.example", "marit@lovskar.example", "en")
    ]


def test_who_left_no_address_and_orders_without_a_report_have_nobody_to_tell(cast):
    report = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop, contact_email="")
    assert plan("fault_report.accepted", report, by=cast.dispatcher) == []
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert "address" not in {message.to.key for message in plan("order.performed", order, by=cast.technician)}


def test_a_person_without_an_address_is_told_in_kundbok_only(cast):
    User.update(email="").where(User.id == cast.technician.id).execute()
    found = {
        message.channel: message.reason and message.reason.code
        for message in plan("order.assigned", cast.shop, by=cast.owner, data={"person_id": cast.technician.id})
    }
    assert found == {"app": None, "email": "staff.no_email"}
