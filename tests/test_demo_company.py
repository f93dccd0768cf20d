"""The demo: an invented company that looks alive, is the same every time and writes to nobody."""

from datetime import timedelta
from decimal import Decimal

import pytest
from stdnum import luhn
from stdnum.se import orgnr

from models.amounts import line_total
from models.article import Article, ArticleGroup
from models.base import connection, now
from models.checklist import OrderPoint
from models.contact import Contact
from models.customer import Customer
from models.discount_letter import DiscountLetter
from models.erasure import Erasure
from models.event import Event
from models.fault_report import FaultReport, ReportStatus
from models.file import File, FileKind
from models.login import LoginRecord
from models.message import Channel, Message, MessageState
from models.order import Order, OrderStatus
from models.order_line import OrderLine
from models.organisation import Organisation, Store
from models.portal import PortalAccount
from models.protocol import Protocol, ProtocolStatus
from models.quote import Quote, QuoteStatus
from models.retention import RULES, RetentionState
from models.rights import Role
from models.service_object import ObjectStatus, ServiceObject
from models.user import User
from tasks import demo, erasures, huey, vault
from tasks.demo import papers
from tests import factories
from tests.conftest import empty

GONE_WRONG = {"provider.rejected", "provider.unreachable", "contact.no_email", "staff.own_action"}


@pytest.fixture(scope="module")
def loaded(app):
    """One company for all who look and hardly touch; those below who need their own come last."""
    with app.app_context(), connection():
        empty()
        demo.load()
        yield


def test_it_has_two_stores_and_every_role(loaded):
    assert [store.number for store in Store.select().order_by(Store.number)] == ["101", "102"]
    assert {user.role for user in User.select()} == set(Role)
    assert 110 <= Customer.select().count() <= 140


def test_every_organisation_number_has_its_check_digit(loaded):
    numbers = [customer.org_number for customer in Customer.select() if customer.org_number]
    assert len(numbers) > 70
    assert all(luhn.is_valid(number.replace("-", "")) and orgnr.is_valid(number) for number in numbers)


def test_some_hundred_objects_stand_there_and_some_work_is_about_them(loaded):
    units = list(ServiceObject.select())
    assert 200 <= len(units) <= 600
    assert {unit.status for unit in units} == set(ObjectStatus)
    assert {unit.category for unit in units} >= {"Värmepumpar", "Pannor", "Ventilation", "Kyla"}
    assert all(part.parent.facility_id == part.facility_id for part in units if part.parent)
    for noun in (FaultReport, Order):
        named = list(noun.select().where(noun.service_object.is_null(False)))
        assert len(named) > 20
        assert all(record.service_object.facility_id == record.facility_id for record in named)


def test_addresses_lead_nowhere(loaded):
    addresses = [customer.email for customer in Customer.select()]
    addresses += [row.email for row in (*Contact.select(), *User.select()) if row.email]
    assert all(address.endswith(".example") for address in addresses)


def test_there_is_work_in_every_state(loaded):
    assert {report.status for report in FaultReport.select()} == set(ReportStatus) - {ReportStatus.CLOSED}
    assert {order.status for order in Order.select()} >= set(OrderStatus) - {OrderStatus.READY}
    assert Order.select().where((Order.status == OrderStatus.PLANNED) & (Order.planned_on >= now().date())).count() > 5
    assert {row.channel for row in Message.select()} == set(Channel)
    assert File.select().where(File.kind == FileKind.PHOTO).count() > 30
    assert OrderPoint.select().where(OrderPoint.remark != "").exists()


def test_there_are_articles_letters_lines_and_quotes_in_every_state(loaded):
    assert (Article.select().count(), ArticleGroup.select().count(), DiscountLetter.select().count()) == (60, 6, 2)
    assert Customer.select().where(Customer.discount_letter.is_null(False)).count() > 10
    assert OrderLine.select().where(OrderLine.automatic).exists()
    assert OrderLine.select().where(OrderLine.discount > Decimal(0)).exists()
    assert {quote.standing for quote in Quote.select()} == set(QuoteStatus)
    for quote in Quote.select():
        assert (quote.net, quote.gross) == (quote.totals.net, quote.totals.gross)
        assert all(line.total == line_total(line.quantity, line.price, line.discount) for line in quote.written_lines)


def test_it_spans_a_year_and_nothing_happens_before_its_cause_or_after_now(loaded):
    times = [event.at for event in Event.select().order_by(Event.id)]
    assert times == sorted(times)
    assert times[-1] <= now()
    assert times[-1] - times[0] > timedelta(days=350)
    for order in Order.select().where(Order.performed_at.is_null(False)):
        assert order.created_at <= order.started_at <= order.performed_at


def test_the_ledger_says_why_some_were_not_told_and_nothing_waits_to_be_sent(loaded):
    states = {MessageState.SENT, MessageState.HELD, MessageState.FAILED, MessageState.SKIPPED}
    assert {message.state for message in Message.select()} == states
    assert {message.reason.code for message in Message.select() if message.reason} >= GONE_WRONG
    assert Message.due() == []
    assert not Event.waiting().exists()


def test_the_log_of_logins_is_in_the_order_of_time(loaded):
    times = [line.at for line in LoginRecord.select().order_by(LoginRecord.id)]
    assert times == sorted(times) and len(times) > 20


def test_people_speak_different_languages_and_see_different_things(loaded):
    assert {user.language.value for user in User.select()} == {"sv", "nb", "uk", "en"}
    switches = {
        (row.order_directly, row.hide_performed_action, row.show_purchase_lines) for row in PortalAccount.select()
    }
    assert len(switches) == 4


def test_customers_and_reports_are_found_by_their_words(loaded):
    contact = Contact.select().where(Contact.email != "").first()
    found = Customer.select().where(Customer.matches(contact.email))
    assert contact.customer_id in [customer.id for customer in found]
    report = FaultReport.select().first()
    assert report.id in [found.id for found in FaultReport.select().where(FaultReport.matches(str(report.number)))]


def test_new_records_get_the_next_numbers_and_ids(loaded):
    highest = max(report.number for report in FaultReport.select())
    by = User.with_login("karin")
    report = factories.fault_report(by, Customer.select().where(Customer.inactive_at.is_null()).first())
    assert report.number == highest + 1
    assert Organisation.create(name="Another").id == 2


def test_everybody_can_log_in_as_listed(loaded, app):
    logins = demo.logins()
    portal = [login for login in logins if login["role"] == "portal"]
    assert len({login["customer"] for login in portal}) == len(portal) >= 2
    for login in (logins[0], logins[2], portal[0]):
        browser = app.test_client()
        answer = browser.post(
            "/login/", data={"login": login["login"], "password": login["password"], "store": login["store"][:3]}
        )
        assert answer.status_code == 302, login


def test_a_second_time_adds_nothing(loaded):
    before = {table: table.select().count() for table in (Customer, Event, Message, User)}
    demo.load()
    assert {table: table.select().count() for table in before} == before


def test_the_worker_makes_the_papers_and_tells_nobody_of_them_today(loaded):
    events, messages = Event.select().count(), Message.select().count()
    newest = Protocol.select().order_by(Protocol.id.desc()).first()
    assert papers.make_some()
    newest = Protocol.get_by_id(newest.id)
    assert newest.status is ProtocolStatus.READY
    assert vault().get(newest.pdf.key).startswith(b"%PDF")
    assert newest.pdf.uploaded_at == newest.signed_at
    assert papers.make_quotes()
    quote = next(quote for quote in Quote.select() if quote.pdf)
    assert vault().get(quote.pdf.key).startswith(b"%PDF") and quote.pdf.uploaded_at == quote.sent_at
    assert (Event.select().count(), Message.select().count()) == (events, messages)


def test_the_papers_are_rung_for_once_and_ring_on_until_all_are_made(loaded):
    Protocol.delete().where(Protocol.id.not_in([row.id for row in Protocol.select().limit(6)])).execute()
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert not papers.left_over().exists()
    assert not papers.left_quotes().exists()


def test_somebody_was_erased_and_the_letter_is_written_by_the_worker(loaded):
    erasures.resume_waiting()
    erasure = Erasure.get()
    assert vault().get(erasure.letter_key).startswith(b"%PDF")
    assert [row.law for row in erasure.kept] == ["se.books"]
    assert RetentionState.select().count() == len(RULES)
    assert Event.select().where(Event.verb == "customer.personal_number_seen").count() == 6


def test_it_is_the_same_company_every_time(loaded):
    columns = (Customer.number, Customer.name, Customer.phone, Customer.address)
    facts = list(Customer.select(*columns).order_by(Customer.id).tuples())
    empty()
    demo.load()
    assert list(Customer.select(*columns).order_by(Customer.id).tuples()) == facts


def test_a_company_of_ones_own_is_left_alone_and_is_no_demo(house):
    demo.load()
    assert Customer.select().count() == 0
    assert not demo.is_demo()
    assert demo.logins() == []
