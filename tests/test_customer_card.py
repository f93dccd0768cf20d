"""Customers in the register: added, changed, inactivated, deleted, and what their card shows."""

import io
import re
from datetime import date, timedelta

import pytest

from models.base import Language, now
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.file import File
from models.message import Message
from models.order import Order
from models.organisation import NumberStyle, Organisation
from models.protocol import Protocol
from models.refusals import Refused
from models.rights import Right, Role
from models.user import UserRight
from tests import factories
from tests.cast import work
from tests.counting import queries


def form(store, **values) -> dict:
    facts = {
        "number": "2001",
        "name": "Kurravaara Bygdegård",
        "kind": "business",
        "language": "sv",
        "payment_days": "30",
        "store": str(store.id),
        "wants_news": "y",
    }
    return {**facts, "version": "0", **{name: str(value) for name, value in values.items()}}


def form_of(customer: Customer, **values) -> dict:
    facts = {
        "number": customer.number,
        "name": customer.name,
        "town": customer.town,
        "email": customer.email,
        "phone": customer.phone,
    }
    return form(
        customer.store, **{**facts, "invoice_email": customer.invoice_email, "version": customer.version, **values}
    )


@pytest.mark.requirement("S2.3")
def test_a_customer_is_added_with_number_and_name_and_nobody_is_written_to(cast):
    answer = cast.at("dispatcher").post(
        "/customers/new", data=form(cast.house.north, town="Kurravaara", invoice_email="Kassor@Kurravaara.example")
    )
    customer = Customer.get(Customer.number == "2001")
    assert answer.location == f"/customers/{customer.id}"
    assert (customer.name, customer.town, customer.language, customer.store) == (
        "Kurravaara Bygdegård",
        "Kurravaara",
        Language.SV,
        cast.house.north,
    )
    assert [event.verb for event in Event.about(customer)] == ["customer.created"]
    work()
    assert Message.select().count() == 0


def test_the_same_form_posted_twice_adds_one_customer(cast):
    data = form(cast.house.north, form_key="a" * 22)
    first, second = (cast.at("dispatcher").post("/customers/new", data=data) for _ in range(2))
    assert first.location == second.location
    assert Customer.select().where(Customer.number == "2001").count() == 1


@pytest.mark.requirement("S2.3")
def test_a_number_in_use_is_refused_and_leads_to_who_has_it(cast):
    answer = cast.at("dispatcher").post("/customers/new", data=form(cast.house.north, number="1042"))
    assert answer.status_code == 422
    assert "The customer number 1042 is in use" in answer.text
    assert f'href="/customers/{cast.lovskar.id}"' in answer.text
    assert 'value="Kurravaara Bygdegård"' in answer.text


def test_of_two_who_take_a_number_at_once_the_database_lets_one(cast, monkeypatch):
    """The look before the write sees nothing yet; the second write finds the number taken and says by whom."""
    looks = iter([[], None])
    real = Customer.number_refusals
    monkeypatch.setattr(Customer, "number_refusals", lambda number: real(number) if next(looks, None) is None else [])
    with pytest.raises(Refused) as refused:
        Customer.add({"number": "1042", "name": "Dubbel", "store": cast.house.north}, by=cast.dispatcher)
    assert [refusal.code for refusal in refused.value.refusals] == ["customer.number_taken"]


@pytest.mark.requirement("S2.27")
@pytest.mark.requirement("S2.6")
def test_numbers_follow_the_houses_rules_and_all_that_is_wrong_is_said_at_once(cast):
    Organisation.update(number_low=3, number_high=8, number_style=NumberStyle.DIGITS).execute()
    answer = cast.at("dispatcher").post("/customers/new", data=form(cast.house.north, number="A1"))
    assert answer.status_code == 422
    assert "A customer number has 3 to 8 characters" in answer.text
    assert "A customer number has digits only" in answer.text
    assert cast.at("dispatcher").post("/customers/new", data=form(cast.house.north, number="123")).status_code == 302
    kept = factories.customer(cast.house.north, number="AB")  # from before the rule
    assert cast.at("owner").post(f"/customers/{kept.id}/edit", data=form_of(kept, town="Pajala")).status_code == 302


@pytest.mark.requirement("S2.6")
def test_the_next_number_is_suggested(cast):
    assert 'value="1043"' in cast.at("dispatcher").get("/customers/new").text
    Organisation.update(number_suggest=False).execute()
    assert 'value="1043"' not in cast.at("dispatcher").get("/customers/new").text


def test_a_form_with_mistakes_comes_back_with_what_was_typed(cast):
    answer = cast.at("dispatcher").post(
        "/customers/new", data=form(cast.house.north, name=" ", email="nobody", phone="x1", payment_days="-3")
    )
    assert answer.status_code == 422
    assert all(
        words in answer.text
        for words in ("This is not an e-mail address.", "This is not a phone number.", 'value="nobody"', 'value="2001"')
    )
    assert Customer.get_or_none(Customer.number == "2001") is None


@pytest.mark.requirement("S2.7")
def test_only_an_administrator_changes_the_number_and_the_change_is_on_the_log(cast):
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/edit").text
    assert "readonly" in page
    assert "Only an administrator changes a customer number" in page
    answer = cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar, number="9"))
    assert answer.status_code == 403
    assert "Olga Owner" in answer.text
    assert Customer.get_by_id(cast.lovskar.id).number == "1042"
    assert "readonly" not in cast.at("administrator").get(f"/customers/{cast.lovskar.id}/edit").text
    cast.at("administrator").post(f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar, number="9042"))
    log = Event.about(cast.lovskar).first()
    assert (log.verb, log.actor_name, log.changes["number"]) == (
        "customer.changed",
        "Adam Administrator",
        {"old": "1042", "new": "9042"},
    )


@pytest.mark.requirement("S2.20")
@pytest.mark.requirement("S2.26")
def test_a_change_is_on_the_log_with_who_when_field_old_and_new(cast):
    before = now()
    answer = cast.at("dispatcher").post(
        f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar, payment_days=20)
    )
    assert answer.location == f"/customers/{cast.lovskar.id}"
    log = Event.about(cast.lovskar).first()
    assert log.actor_name == "Sanna Lindmo"
    assert log.changes == {"payment_days": {"old": 30, "new": 20}}
    assert before <= log.at <= now()
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}?show=changes").text
    assert "Payment terms, days <del>30</del>" in page
    assert "<ins>20</ins>" in page


def test_nothing_changed_leaves_no_trace(cast):
    cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar))
    assert Customer.get_by_id(cast.lovskar.id).version == 1
    assert Event.about(cast.lovskar).count() == 0


def test_a_reference_who_left_stays_on_the_form_and_does_not_stop_it(cast):
    leaver = factories.user(Role.TECHNICIAN, "Lena Lämnat", stores=(cast.house.north,))
    Customer.update(our_reference=leaver).where(Customer.id == cast.lovskar.id).execute()
    leaver.inactivate(by=cast.owner)
    assert "Lena Lämnat" in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/edit").text
    answer = cast.at("dispatcher").post(
        f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar, our_reference=leaver.id, town="Pajala")
    )
    assert answer.status_code == 302
    assert Customer.get_by_id(cast.lovskar.id).our_reference == leaver


@pytest.mark.requirement("S2.21")
def test_an_inactive_customer_is_chosen_for_nothing_new_and_the_server_refuses_it_too(cast):
    cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/inactivation")
    assert cast.at("dispatcher").get("/customers/suggest?q=lovskar").text.strip() == ""
    with pytest.raises(Refused) as refused:
        factories.order(cast.dispatcher, Customer.get_by_id(cast.lovskar.id), cast.shop)
    assert [refusal.code for refusal in refused.value.refusals] == ["customer.inactive"]
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert page.count('aria-disabled="true"') == 2  # new report, new order: dead, with the reason
    assert "The customer Lövskär Livs AB is inactive" in page


@pytest.mark.requirement("S2.22")
def test_what_was_done_stays_and_the_customer_can_come_back(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    browser = cast.at("dispatcher")
    browser.post(f"/customers/{cast.lovskar.id}/inactivation")
    again = browser.post(f"/customers/{cast.lovskar.id}/inactivation")
    assert again.status_code == 409
    assert "inactive already" in again.text
    assert order.title in browser.get(f"/customers/{cast.lovskar.id}").text
    assert "Lövskär Livs AB" in browser.get("/customers/?status=inactive").text
    browser.post(f"/customers/{cast.lovskar.id}/reactivation")
    assert Customer.get_by_id(cast.lovskar.id).is_active
    assert [event.verb for event in Event.about(cast.lovskar)] == ["customer.reactivated", "customer.inactivated"]


def test_of_two_who_inactivate_at_once_one_is_on_the_log(cast):
    late = Customer.get_by_id(cast.lovskar.id)
    cast.lovskar.inactivate(by=cast.owner)
    late.inactivate(by=cast.dispatcher)
    assert (late.inactive_by, late.version) == (cast.owner, cast.lovskar.version)
    assert [event.actor for event in Event.about(late)] == [cast.owner]


def test_several_are_inactivated_at_once_and_the_inactive_stay_as_they_are(cast):
    cast.hotel.inactivate(by=cast.owner)
    cast.at("dispatcher").post("/customers/inactivation", data={"id": [cast.hotel.id, cast.lovskar.id]})
    assert [event.verb for event in Event.about(cast.hotel)] == ["customer.inactivated"]
    assert not Customer.get_by_id(cast.lovskar.id).is_active


def test_a_customer_with_history_is_not_deleted_and_the_way_out_is_named(cast):
    factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    answer = cast.at("owner").post(f"/customers/{cast.lovskar.id}/deletion")
    assert answer.status_code == 409
    assert "Fault reports: 0, orders: 1" in answer.text
    assert f'href="/customers/{cast.lovskar.id}#activity"' in answer.text


def test_a_deleted_customer_leaves_nothing_to_whoever_gets_its_id(cast):
    browser = cast.at("owner")
    browser.post("/customers/new", data=form(cast.house.north))
    gone = Customer.get(Customer.number == "2001")
    factories.contact(gone)
    browser.post(f"/customers/{gone.id}/files", data={"files": (io.BytesIO(b"plain text"), "note.txt")})
    assert browser.post(f"/customers/{gone.id}/deletion").location == "/customers/?all=1"
    assert Customer.get_or_none(Customer.id == gone.id) is None
    assert Event.about(gone).count() == 0
    assert Event.select().where(Event.verb == "customer.deleted").get().what == "2001 Kurravaara Bygdegård"
    assert File.of(gone) == []


@pytest.mark.requirement("S2.2")
@pytest.mark.requirement("S2.17")
def test_the_card_shows_what_belongs_to_the_customer_one_section_per_kind(cast):
    factories.contact(cast.lovskar, "Per Ylisaari", function="Caretaker")
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = report.accept(by=cast.dispatcher)
    protocol = factories.committed(lambda: Protocol.sign(order, by=cast.technician))
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    for heading in ("Contacts", "Facilities", "Open orders", "Fault reports", "Protocols", "Portal users"):
        assert f"<h2>{heading}</h2>" in page
    for address in (
        f"/facilities/{cast.shop.id}",
        f"/orders/{order.id}",
        f"/fault-reports/{report.id}",
        f"/protocols/{protocol.id}",
    ):
        assert f'href="{address}"' in page
    assert "Caretaker" in page
    assert "Marit Olofsgård" in page


@pytest.mark.requirement("S2.19")
def test_of_twelve_orders_ten_are_shown_and_the_rest_is_one_step_away(cast):
    for turn in range(12):
        order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading=f"Visit {turn}")
        Order.update(created_at=now() - timedelta(days=turn)).where(Order.id == order.id).execute()
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert page.split("<h2>Open orders</h2>")[1].split("</section>")[0].count("<li>") == 10
    assert f'href="/orders/?customer={cast.lovskar.id}">Show all 12' in page
    everything = cast.at("dispatcher").get(f"/orders/?customer={cast.lovskar.id}&sort=number").text
    assert everything.count('<a class="ccard"') == 12
    assert "1042 Lövskär Livs AB" in everything  # the chip says whose


@pytest.mark.requirement("S2.18", "S2.19")
def test_a_short_list_sorts_the_whole_set_both_ways_and_the_other_lists_keep_their_order(cast):
    for turn in range(12):
        factories.order(
            cast.dispatcher, cast.lovskar, cast.shop, heading=f"Visit {turn}", planned_on=date(2027, 1, 28 - turn)
        )
    factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Visit undated")
    for number in ("3", "1", "2"):
        factories.facility(cast.lovskar, f"Yard {number}", number=number)

    def visits(asked: str) -> tuple[str, list[str]]:
        page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}?{asked}").text
        return page, re.findall(r"Visit (\w+)</a>", page.split("<h2>Open orders</h2>")[1].split("</section>")[0])

    assert visits("open_orders=planned_on")[1] == [str(turn) for turn in range(11, 1, -1)]
    page, last = visits("open_orders=-planned_on&facilities=-number&_scheme=javascript&endpoint=x")
    assert last == [str(turn) for turn in range(10)]  # the one without a date stands last this way, too
    assert re.findall(r"Yard (\d)</a>", page) == ["3", "2", "1"]
    address = f"/customers/{cast.lovskar.id}?facilities=-number&amp;open_orders="
    assert f'href="{address}planned_on"' in page
    assert f'href="{address}number"' in page
    assert "javascript" not in page.split("<h2>Open orders</h2>")[1].split("</section>")[0]
    assert f'href="/orders/?customer={cast.lovskar.id}&amp;sort=planned_on&amp;direction=desc">Show all 13' in page
    assert visits("open_orders=heading;--")[1] == visits("")[1]


def test_a_remark_stays_inside_the_house_and_cannot_carry_markup(cast):
    browser = cast.at("dispatcher")
    browser.post(f"/customers/{cast.lovskar.id}/comments", data={"text": "Ring <b>före</b> 8"})
    browser.post(f"/customers/{cast.lovskar.id}/comments", data={"text": "   "})
    event = Event.about(cast.lovskar).get()
    assert (event.verb, event.internal, event.data["text"]) == ("comment.written", True, "Ring <b>före</b> 8")
    assert "Ring &lt;b&gt;före&lt;/b&gt; 8" in browser.get(f"/customers/{cast.lovskar.id}").text


@pytest.mark.requirement("S2.31")
def test_files_are_uploaded_with_their_own_right_and_what_is_none_is_refused(cast):
    browser = cast.at("dispatcher")
    answer = browser.post(
        f"/customers/{cast.lovskar.id}/files", data={"files": (io.BytesIO(b"name;number\n"), "avtal.csv")}
    )
    assert answer.status_code == 302
    assert [file.name for file in File.of(cast.lovskar)] == ["avtal.csv"]
    assert "avtal.csv" in browser.get(f"/customers/{cast.lovskar.id}?show=files").text
    refused = browser.post(
        f"/customers/{cast.lovskar.id}/files",
        data={"files": (io.BytesIO(b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff"), "game.exe")},
    )
    assert refused.status_code == 422
    assert [file.name for file in File.of(cast.lovskar)] == ["avtal.csv"]
    UserRight.create(user=cast.dispatcher, right=Right.CUSTOMER_UPLOAD, granted=False)
    assert (
        browser.post(f"/customers/{cast.lovskar.id}/files", data={"files": (io.BytesIO(b"x"), "y.txt")}).status_code
        == 403
    )
    assert "Upload files" not in browser.get(f"/customers/{cast.lovskar.id}").text


@pytest.mark.requirement("S2.5")
def test_suggestions_carry_the_number_beside_the_name_the_typed_number_first(cast):
    factories.customer(cast.house.north, "Butik 1042", number="77")
    options = cast.at("dispatcher").get("/customers/suggest?q=1042").text
    assert options.index('value="1042 Lövskär Livs AB"') < options.index('value="77 Butik 1042"')
    assert cast.at("dispatcher").get("/customers/suggest?customer=midnatt").text.count("<option") == 1
    assert cast.at("dispatcher").get("/customers/suggest").text.strip() == ""


def test_the_card_costs_the_same_queries_with_little_and_with_much_history(cast):
    def happen(count: int) -> None:
        for _ in range(count):
            report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
            order = report.accept(by=cast.dispatcher)
            factories.committed(lambda order=order: Protocol.sign(order, by=cast.dispatcher))
            cast.lovskar.comment("A word", by=cast.dispatcher)
        from tasks import notifications

        notifications.run_until_done()

    factories.contact(cast.lovskar)
    happen(11)
    browser = cast.at("dispatcher")
    browser.get(f"/customers/{cast.lovskar.id}")
    with queries() as few:
        browser.get(f"/customers/{cast.lovskar.id}")
    happen(10)
    with queries() as many:
        browser.get(f"/customers/{cast.lovskar.id}")
    assert len(many) == len(few)
    assert len(few) < 70


def test_the_card_says_what_is_stuck_and_leads_to_the_remedy(cast):
    browser, mine = cast.at("dispatcher"), f"customer={cast.hotel.id}"
    factories.contact(cast.hotel, "Linnea Strandh", email="linnea@hotell.example")
    assert "What is stuck" not in browser.get(f"/customers/{cast.hotel.id}").text
    Contact.delete().where(Contact.customer == cast.hotel).execute()
    factories.order(cast.dispatcher, cast.hotel, cast.laundry, planned_on=date(2020, 1, 7))
    factories.fault_report(cast.linnea, cast.hotel, cast.laundry)
    page = browser.get(f"/customers/{cast.hotel.id}").text
    panel = page.partition("What is stuck")[2].partition("</section>")[0]
    assert re.sub(r"<[^>]+>", "", panel).split("\n")[1].strip() == (
        "1 order is late See the orders1 fault report has no order yet See the reports"
        "Nobody gets the protocols by e-mail Add a contact"
    )
    assert f"/orders/?late=1&amp;{mine}" in panel and f"/contacts/new/{cast.hotel.id}" in panel


@pytest.mark.requirement("S2.21")
def test_before_inactivating_the_card_says_what_hangs_on_the_customer(cast):
    factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    cast.lovskar.assign([cast.technician], by=cast.owner)
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    panel = page.partition('id="activity"')[2].partition("</section>")[0]
    for said in (
        "1 open order stays open.",
        "1 fault report stays waiting.",
        "1 portal user cannot report any more.",
        "1 person gets no new work of it.",
    ):
        assert said in panel
