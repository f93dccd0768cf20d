"""What a person is sent and what not: switches, consent to text messages with its history, and the ledger's reasons."""

import pytest
from flask_babel import force_locale

from models.base import db, now
from models.consent import ConsentSource
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.message import Message
from models.protocol import Protocol
from tests import factories
from tests.cast import work
from tests.pages import form, said
from tests.test_customer_card import form_of
from tests.test_refusals_provoked import codes


def sign(cast, at=None) -> Protocol:
    with db.atomic():
        return Protocol.sign(factories.order(cast.owner, cast.lovskar, at or cast.shop), by=cast.owner)


def ready(protocol: Protocol, by) -> None:
    factories.committed(lambda: Event.record("protocol.ready", by=by, about=protocol))
    work()


def ledger() -> dict[str, str | None]:
    rows = Message.select().where(Message.verb == "protocol.ready")
    return {row.name: row.refusal.code if row.refusal and row.state.value == "skipped" else None for row in rows}


def reasons(party) -> list[str]:
    return [refusal.code for refusal in party.against_sms()]


@pytest.mark.requirement("S0.14")
def test_a_text_message_needs_a_mobile_number_and_a_consent(cast):
    contact = factories.contact(cast.lovskar, phone="0980-319 214")
    assert reasons(contact) == ["contact.no_mobile", "consent.no_sms"]
    contact.mobile = "0980-319 215"
    assert reasons(contact) == ["contact.invalid_mobile", "consent.no_sms"]
    contact.mobile, contact.sms_consent_source = "070-174 06 16", ConsentSource.PHONE
    assert reasons(contact) == []
    contact.mobile, contact.phone = "", "070-174 06 16"
    assert reasons(contact) == []  # the phone is a mobile


@pytest.mark.requirement("S0.14")
def test_the_contacts_page_says_why_no_text_message_goes_and_leads_to_the_field(cast):
    contact = factories.contact(cast.lovskar, phone="")
    page = cast.at("dispatcher").get(f"/contacts/{contact.id}").text
    assert "Marit Olofsgård has no mobile number" in page
    assert f'href="/contacts/{contact.id}#mobile"' in page
    assert f'href="/contacts/{contact.id}#sms_consent_source"' in page


@pytest.mark.requirement("S0.14")
def test_ticking_text_messages_without_number_and_consent_is_refused_at_both_fields(cast):
    contact = factories.contact(cast.lovskar, phone="")
    browser, where = cast.at("dispatcher"), f"/contacts/{contact.id}"
    filled = form(browser.get(where).text)
    answer = browser.post(where, data=filled | {"sms_news": "y"})
    assert answer.status_code == 422
    assert "Mobile: Marit Olofsgård has no mobile number" in said(answer.text)
    assert "Consent to SMS: Marit Olofsgård has not consented to text messages" in said(answer.text)
    wrong = browser.post(where, data=filled | {"mobile": "0980-319 214"})
    assert "0980-319 214 is no valid mobile number" in wrong.text
    right = filled | {"sms_news": "y", "mobile": "070-174 06 16", "sms_consent_source": "in_person"}
    assert browser.post(where, data=right).status_code == 302
    assert Contact.get_by_id(contact.id).sms_news


def test_a_consent_has_its_date_its_source_and_who_noted_it_and_the_log_outlives_it(cast):
    contact = factories.contact(cast.lovskar)
    browser, where = cast.at("dispatcher"), f"/contacts/{contact.id}"
    browser.post(where, data=form(browser.get(where).text) | {"sms_consent_source": "phone"})
    kept = Contact.get_by_id(contact.id)
    assert (kept.sms_consent_source, kept.sms_consent_on, kept.sms_consent_by) == (
        ConsentSource.PHONE,
        now().date(),
        cast.dispatcher,
    )
    cast.at("owner").post(where, data=form(browser.get(where).text) | {"name": "Marit Ek"})
    assert Contact.get_by_id(contact.id).sms_consent_by == cast.dispatcher  # nobody else noted it
    browser.post(where, data=form(browser.get(where).text) | {"sms_consent_source": ""})
    gone = Contact.get_by_id(contact.id)
    assert (gone.sms_consent_source, gone.sms_consent_on, gone.sms_consent_by) == (None, None, None)
    changes = Event.about(contact).first().changes
    assert (changes["sms_consent_source"]["old"], changes["sms_consent_by"]["old_words"]) == ("phone", "Sanna Lindmo")
    assert "Given by phone" in browser.get(f"/customers/{cast.lovskar.id}?show=changes").text


def test_the_customer_itself_has_the_same_switches(cast):
    data = form_of(cast.lovskar, mobile="070-174 06 16", sms_order="y", sms_consent_source="writing", send_protocol="y")
    data |= {"sms_consent_on": "2026-02-03"}
    cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/edit", data=data)
    kept = Customer.get_by_id(cast.lovskar.id)
    assert (kept.sms_order, kept.send_protocol, str(kept.sms_consent_on)) == (True, True, "2026-02-03")
    assert kept.sms_consent_by == cast.dispatcher
    data = form_of(kept)
    del data["wants_news"]
    cast.at("dispatcher").post(f"/customers/{kept.id}/edit", data=data)
    kept = Customer.get_by_id(cast.lovskar.id)
    assert (kept.wants_news, kept.news_changed_at is not None) == (False, True)


def test_a_private_customer_without_contacts_gets_its_protocols_itself(cast):
    Customer.update(send_protocol=True).where(Customer.id == cast.lovskar.id).execute()
    ready(sign(cast), cast.owner)
    assert ledger() == {"Lövskär Livs AB": None}


def test_switched_off_means_not_written_to_and_the_ledger_leads_to_the_switch(cast):
    Customer.update(send_protocol=True, wants_news=False, news_changed_at=now()).where(
        Customer.id == cast.lovskar.id
    ).execute()
    factories.contact(cast.lovskar, "Off", wants_news=False, news_changed_at=now())
    factories.contact(cast.lovskar, "Without address", email="")
    factories.contact(cast.lovskar, "Reached")
    protocol = sign(cast)
    ready(protocol, cast.owner)
    assert ledger() == {
        "Lövskär Livs AB": "consent.notifications_off",
        "Off": "consent.notifications_off",
        "Without address": "contact.no_email",
        "Reached": None,
    }
    page = cast.at("owner").get("/messages/?status=skipped").text
    assert "does not want this news" in page
    message = Message.get(Message.name == "Lövskär Livs AB")
    shown = cast.at("owner").get(f"/messages/{message.id}").text
    assert f'href="/customers/{cast.lovskar.id}/edit#wants_news"' in shown


def test_a_contact_at_one_facility_gets_no_other_facilitys_protocols(cast):
    factories.contact(cast.lovskar, "Everywhere")
    factories.contact(cast.lovskar, "In the shop", facility=cast.shop)
    factories.contact(cast.lovskar, "In the warehouse", facility=cast.warehouse)
    ready(sign(cast), cast.owner)
    assert set(ledger()) == {"Everywhere", "In the shop"}


@pytest.mark.parametrize("mine", ["contact", "customer"])
def test_who_reported_by_mail_and_wants_no_letters_gets_none(cast, mine):
    contact = factories.contact(cast.lovskar)
    party = contact if mine == "contact" else cast.lovskar
    type(party).update(wants_news=False, news_changed_at=now()).where(type(party).id == party.id).execute()
    report = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop, contact_email=party.email)
    report.accept(by=cast.dispatcher)
    work()
    told = Message.get(Message.verb == "fault_report.accepted")
    assert told.refusal.code == "consent.notifications_off"


def test_a_contact_stands_at_its_own_customers_facility_only(cast):
    contact = factories.contact(cast.lovskar)
    change = {"facility": cast.laundry}
    assert codes(lambda: contact.change(change, by=cast.dispatcher, seen=1)) == {"contact.other_facility"}
    browser, where = cast.at("dispatcher"), f"/contacts/{contact.id}"
    filled = form(browser.get(where).text)
    assert browser.post(where, data=filled | {"facility": str(cast.laundry.id)}).status_code == 422
    browser.post(where, data=filled | {"facility": str(cast.shop.id)})
    assert Contact.get_by_id(contact.id).facility == cast.shop


def test_sources_are_said_in_the_readers_language(cast):
    with cast.app.test_request_context(), force_locale("sv"):
        assert [str(source.label) for source in ConsentSource][0] == "Gavs personligen"
