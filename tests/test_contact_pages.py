"""A customer's contacts: added, changed, removed, and found by."""

from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.rights import Right
from models.user import UserRight
from tests import factories


def form(**values) -> dict:
    return {
        "name": "Per Ylisaari",
        "phone": "0980-319 214",
        "email": "per@lovskar.example",
        "language": "",
        "send_protocol": "y",
        "version": "0",
        **values,
    }


def test_a_contact_is_added_and_the_customer_is_found_by_it(cast):
    answer = cast.at("dispatcher").post(f"/contacts/new/{cast.lovskar.id}", data=form())
    contact = Contact.get(Contact.name == "Per Ylisaari")
    assert answer.location == f"/customers/{cast.lovskar.id}"
    assert (contact.customer, contact.send_protocol, contact.send_order, contact.tongue) == (
        cast.lovskar,
        True,
        False,
        cast.lovskar.language,
    )
    assert [event.verb for event in Event.about(contact)] == ["contact.created"]
    assert Customer.visible_to(cast.owner).where(Customer.matches("ylisaari")).get() == cast.lovskar
    assert "added the contact <b>Per Ylisaari</b>" in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text


def test_a_changed_contact_is_on_the_customers_log_and_a_withdrawn_consent_has_its_date(cast):
    contact = factories.contact(cast.lovskar)
    data = form(name="Marit Ek", email="", language="uk", version=contact.version)
    assert cast.at("dispatcher").post(f"/contacts/{contact.id}", data=data).status_code == 302
    kept = Contact.get_by_id(contact.id)
    assert (kept.name, kept.email, kept.language.value, kept.wants_news) == ("Marit Ek", "", "uk", False)
    assert kept.news_changed_at is not None
    log = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}?show=changes").text
    assert "<del>marit@lovskar.example</del>" in log
    assert "<ins>Українська</ins>" in log
    assert Customer.visible_to(cast.owner).where(Customer.matches("marit ek")).count() == 1


def test_a_removed_contact_is_gone_and_the_log_remembers_it(cast):
    contact = factories.contact(cast.lovskar, "Per Ylisaari")
    cast.at("dispatcher").post(f"/contacts/{contact.id}/removal")
    assert Contact.get_or_none(Contact.id == contact.id) is None
    assert "removed the contact <b>Per Ylisaari</b>" in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert Customer.visible_to(cast.owner).where(Customer.matches("ylisaari")).count() == 0
    assert cast.at("dispatcher").post(f"/contacts/{contact.id}/removal").status_code == 404


def test_a_contact_needs_a_name_and_real_addresses(cast):
    answer = cast.at("dispatcher").post(f"/contacts/new/{cast.lovskar.id}", data=form(name="", email="per@", phone="x"))
    assert answer.status_code == 422
    assert all(
        words in answer.text
        for words in ("Fill this in.", "This is not an e-mail address.", "This is not a phone number.")
    )
    assert Contact.select().count() == 0
    contact = factories.contact(cast.lovskar)
    assert cast.at("dispatcher").post(f"/contacts/{contact.id}", data=form(name="")).status_code == 422


def test_contacts_are_as_far_away_as_their_customer(cast):
    contact = factories.contact(cast.lovskar)
    browser = cast.at("southerner")
    assert browser.get(f"/contacts/{contact.id}").status_code == 404
    assert browser.post(f"/contacts/{contact.id}", data=form()).status_code == 404
    assert browser.post(f"/contacts/{contact.id}/removal").status_code == 404
    assert browser.get(f"/contacts/new/{cast.lovskar.id}").status_code == 404
    assert browser.post(f"/contacts/new/{cast.lovskar.id}", data=form()).status_code == 404
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    assert cast.at("technician").post(f"/contacts/new/{cast.lovskar.id}", data=form()).status_code == 403
    assert list(Contact.select()) == [contact]


def test_who_may_edit_the_assigned_customers_changes_their_contacts_and_no_others(cast):
    UserRight.create(user=cast.technician, right=Right.CUSTOMER_EDIT_ASSIGNED, granted=True)
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    mine, other = factories.contact(cast.lovskar), factories.contact(cast.hotel, "Linnea Strandh")
    browser = cast.at("technician")
    assert f'href="/contacts/{mine.id}"' in browser.get(f"/customers/{cast.lovskar.id}").text
    assert browser.post(f"/contacts/{mine.id}", data=form(version=mine.version)).status_code == 302
    assert browser.post(f"/contacts/{other.id}", data=form(version=other.version)).status_code == 404
    cast.lovskar.assign([], by=cast.dispatcher)
    assert browser.post(f"/contacts/{mine.id}", data=form(name="Late", version=mine.version)).status_code == 404
    assert [contact.name for contact in Contact.select().order_by(Contact.id)] == ["Per Ylisaari", "Linnea Strandh"]
