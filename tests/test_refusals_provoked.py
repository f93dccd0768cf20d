"""Reasons that a verb gives, each provoked where it arises; the pages that show them have tests of their own."""

from collections.abc import Callable

import pytest
from flask_babel import force_locale

from models.base import db
from models.checklist import PointOutcome
from models.customer import Customer
from models.import_job import ImportJob, ImportStatus, RegisterName
from models.order import Order
from models.organisation import Organisation
from models.portal import PortalAccount, PortalCustomer, against_reporting
from models.protocol import Signature, Signer
from models.refusals import Refused, refuse
from models.rights import Role
from models.session import Session
from tasks.import_command import demand_columns
from tasks.imports import receive
from tests import factories


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()
    return {refusal.code for refusal in refused.value.refusals}


def said(cast, code: str, **params) -> str:
    """The reason's sentence, as a page in English shows it."""
    with cast.app.test_request_context(), force_locale("en"):
        return refuse(code, **params).say()


@pytest.fixture
def started(cast) -> Order:
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=factories.checklist())
    order.assign([cast.technician], by=cast.dispatcher)
    order.start(by=cast.technician)
    return order


def test_an_order_of_somebody_else_is_not_for_those_who_see_their_own_only(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert codes(lambda: order.start(by=cast.technician)) == {"right.not_assigned"}


def test_an_order_is_started_once_and_worked_on_while_it_is_going_on(cast, started):
    fresh = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert codes(lambda: fresh.perform(by=cast.dispatcher)) == {"order.not_started"}
    assert codes(lambda: started.start(by=cast.technician)) == {"order.started"}


def test_an_order_says_at_once_all_that_is_missing_before_it_is_finished(cast, started):
    wanted = {"order.points_missing", "order.no_action", "order.unsigned"}
    assert codes(lambda: started.perform(by=cast.technician)) == wanted


def test_a_customer_is_inactivated_and_reactivated_once(cast):
    assert codes(lambda: cast.lovskar.reactivate(by=cast.dispatcher)) == {"customer.already_active"}
    cast.lovskar.inactivate(by=cast.dispatcher)
    assert codes(lambda: cast.lovskar.inactivate(by=cast.dispatcher)) == {"customer.already_inactive"}


def test_a_customer_with_history_is_not_deleted(cast):
    factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert codes(lambda: cast.lovskar.remove(by=cast.owner)) == {"customer.in_use"}


def test_a_service_object_with_history_is_not_deleted(cast):
    unit = factories.service_object(cast.shop)
    factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop, service_object=unit)
    assert codes(lambda: unit.remove(by=cast.owner)) == {"service_object.in_use"}


def test_a_customer_number_keeps_its_rules(cast):
    Organisation.update(number_low=3, number_high=8, number_style="digits").execute()
    values = {"name": "New", "store": cast.house.north}
    assert codes(lambda: Customer.add({**values, "number": "A1"}, by=cast.dispatcher)) == {
        "customer.number_length",
        "customer.number_form",
    }
    change = {"number": "2042"}
    assert codes(lambda: cast.lovskar.change(change, by=cast.dispatcher, seen=1)) == {"customer.number_locked"}


def test_a_reference_number_is_the_customers_only_one(cast):
    factories.facility(cast.lovskar, "Cellar", number="7")
    values = {"name": "Attic", "number": "7"}
    assert codes(lambda: type(cast.shop).add(cast.lovskar, values, by=cast.dispatcher)) == {"facility.number_taken"}


def test_only_the_one_who_reported_withdraws(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    other = factories.portal_user(cast.lovskar, "Per Ylisaari")
    assert codes(lambda: report.cancel(by=other)) == {"fault_report.not_yours"}


def test_a_name_in_use_is_said_beside_its_field(cast):
    form = {"login": "technician", "name": "Second", "email": "second@norrvik.example", "role": "technician"}
    answer = cast.at("owner").post("/staff/invitation", data={**form, "language": "en"})
    assert answer.status_code == 422
    assert said(cast, "user.login_taken", login="technician") in answer.text


def test_rights_that_changed_meanwhile_are_not_overwritten(cast):
    stale = cast.technician.version
    cast.technician.grant(Role.DISPATCHER, {}, by=cast.owner)
    assert codes(lambda: cast.technician.grant(Role.CASHIER, {}, by=cast.owner, seen=stale)) == {"record.changed"}


def test_an_account_is_invited_until_it_has_a_password_and_is_on_or_off(cast):
    account = PortalAccount.of(cast.marit)
    assert codes(lambda: account.invite_again(by=cast.dispatcher)) == {"portal.joined"}
    assert codes(lambda: account.restore(by=cast.owner)) == {"portal.switched_on"}
    account.remove(cast.lovskar, by=cast.owner)
    account = PortalAccount.of(cast.marit)
    assert codes(lambda: account.invite_again(by=cast.owner)) >= {"portal.switched_off"}


def test_an_account_without_facilities_is_told_why_it_cannot_report(cast):
    PortalCustomer.update(whole=False).execute()
    assert [refusal.code for refusal in against_reporting(cast.marit)] == ["portal.no_facilities"]


def test_a_paper_that_is_not_made_yet_says_so(cast, started):
    points = {point.id: {"outcome": PointOutcome.NA, "value": None, "remark": ""} for point in started.points}
    started.work(points, "Cleaned", by=cast.technician)
    Signature.write(started, Signer.TECHNICIAN, "Elin Fors", "", by=cast.technician)
    protocol = started.perform(by=cast.technician)
    answer = cast.at("marit").get(f"/portal/protocols/{protocol.id}/pdf")
    assert answer.status_code == 409
    assert said(cast, "protocol.making") in answer.text


def test_an_import_needs_a_file_its_columns_and_its_turn(cast):
    answer = cast.at("dispatcher").post("/imports/", data={"register": "customers"})
    assert answer.status_code == 422
    assert said(cast, "import.no_file") in answer.text
    with cast.app.test_request_context():
        assert codes(lambda: demand_columns(RegisterName.CUSTOMERS, ["Shoe size"])) == {"import.no_column"}
        import_in_turn(cast)


def import_in_turn(cast) -> None:
    job = receive(
        RegisterName.CUSTOMERS, "new.csv", b"Kundnr;Namn\r\n77;Nya AB\r\n", store=cast.house.north, by=cast.dispatcher
    )
    assert codes(lambda: job.choose({}, by=cast.dispatcher)) == {"import.unmapped"}
    ImportJob.update(status=ImportStatus.RUNNING, dry=False).execute()
    job.reload()
    assert codes(lambda: job.choose({}, by=cast.dispatcher)) >= {"import.running", "import.begun"}


def test_nothing_of_this_is_left_behind_by_a_refusal(cast):
    before = Session.select().count(), Customer.select().count()
    with pytest.raises(Refused), db.atomic():
        Customer.add({"number": "1042", "name": "Twice", "store": cast.house.north}, by=cast.dispatcher)
    assert (Session.select().count(), Customer.select().count()) == before
