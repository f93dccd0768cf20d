"""Two people change the same record: different fields merge, the same field shows both values, and nothing is lost."""

import html
import re

import pytest

from models.base import Language
from models.contact import Contact
from models.customer import Customer
from models.facility import Facility
from models.rights import Role
from tests import factories
from tests.test_customer_card import form_of


def hidden(page: str) -> dict:
    """What the page to choose on would post by itself: the hidden fields and the ticked choices."""
    main = page.split("data-both")[1]
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    }
    return found | dict(re.findall(r'name="(keep-\w+)" value="(\w+)" checked', main))


def edit(browser, customer, **values):
    return browser.post(f"/customers/{customer.id}/edit", data=form_of(customer, **values))


@pytest.mark.requirement("S2.10")
def test_different_fields_merge_without_a_question(cast):
    stale = Customer.get_by_id(cast.lovskar.id)
    assert edit(cast.at("administrator"), stale, town="Pajala").status_code == 302
    assert edit(cast.at("dispatcher"), stale, payment_days=20).status_code == 302
    kept = Customer.get_by_id(cast.lovskar.id)
    assert (kept.town, kept.payment_days, kept.version) == ("Pajala", 20, 3)


@pytest.mark.requirement("S2.10")
def test_the_same_field_shows_both_values_and_saves_nothing_yet(cast):
    stale = Customer.get_by_id(cast.lovskar.id)
    edit(cast.at("administrator"), stale, town="Pajala", payment_days=10)
    answer = edit(cast.at("dispatcher"), stale, town="Gällivare", note="Mine")
    assert answer.status_code == 409
    assert "Adam Administrator saved this while you were writing" in answer.text
    table = answer.text.split('class="both"')[1]
    assert all(value in table for value in ("Kiruna", "Pajala", "Gällivare"))
    assert "Untouched" in table  # the payment days, which only the other one changed
    assert Customer.get_by_id(cast.lovskar.id).town == "Pajala"


@pytest.mark.parametrize(("choice", "town"), [("yours", "Gällivare"), ("theirs", "Pajala")])
def test_the_choice_is_saved_with_everything_else_that_was_typed(cast, choice, town):
    stale = Customer.get_by_id(cast.lovskar.id)
    edit(cast.at("administrator"), stale, town="Pajala", payment_days=10)
    page = edit(cast.at("dispatcher"), stale, town="Gällivare", note="Mine").text
    again = cast.at("dispatcher").post(f"/customers/{stale.id}/edit", data={**hidden(page), "keep-town": choice})
    assert again.status_code == 302
    kept = Customer.get_by_id(stale.id)
    assert (kept.town, kept.note, kept.payment_days) == (town, "Mine", 10)


def test_a_third_change_meanwhile_asks_again(cast):
    stale = Customer.get_by_id(cast.lovskar.id)
    edit(cast.at("administrator"), stale, town="Pajala")
    page = edit(cast.at("dispatcher"), stale, town="Gällivare").text
    edit(cast.at("owner"), Customer.get_by_id(stale.id), town="Vittangi")
    again = cast.at("dispatcher").post(f"/customers/{stale.id}/edit", data=hidden(page))
    assert again.status_code == 409
    assert "Vittangi" in again.text
    assert Customer.get_by_id(stale.id).town == "Vittangi"


def test_both_having_made_the_same_change_is_no_conflict(cast):
    stale = Customer.get_by_id(cast.lovskar.id)
    edit(cast.at("administrator"), stale, town="Pajala")
    assert edit(cast.at("dispatcher"), stale, town="Pajala", note="Mine").status_code == 302
    assert Customer.get_by_id(stale.id).note == "Mine"


def test_choices_and_related_records_are_shown_in_words(cast):
    one, two, before = (
        factories.user(Role.TECHNICIAN, name, stores=(cast.house.north,))
        for name in ("Petra Salin", "Mikko Aalto", "Jonna Vikström")
    )
    edit(cast.at("administrator"), cast.lovskar, our_reference=before.id)
    stale = Customer.get_by_id(cast.lovskar.id)
    edit(cast.at("administrator"), stale, our_reference=one.id, language="nb")
    page = edit(cast.at("dispatcher"), stale, our_reference=two.id, language="uk").text
    table = page.split('class="both"')[1].split("</table>")[0]
    assert all(
        word in table
        for word in (
            "Petra Salin",
            "Mikko Aalto",
            "Jonna Vikström",
            Language.NB.label,
            Language.UK.label,
            Language.SV.label,
        )
    )
    cast.at("dispatcher").post(f"/customers/{stale.id}/edit", data={**hidden(page), "keep-language": "theirs"})
    kept = Customer.get_by_id(stale.id)
    assert (kept.our_reference, kept.language) == (two, Language.NB)


def test_contacts_and_facilities_ask_the_same_way(cast):
    contact = factories.contact(cast.lovskar)
    facts = {
        "phone": contact.phone,
        "email": contact.email,
        "language": "",
        "send_protocol": "y",
        "wants_news": "y",
        "version": contact.version,
    }
    cast.at("administrator").post(f"/contacts/{contact.id}", data={**facts, "name": "Marit Ek"})
    answer = cast.at("dispatcher").post(f"/contacts/{contact.id}", data={**facts, "name": "Marit Al"})
    assert answer.status_code == 409
    assert Contact.get_by_id(contact.id).name == "Marit Ek"
    place = {"address": cast.shop.address, "town": cast.shop.town, "version": cast.shop.version}
    cast.at("administrator").post(f"/facilities/{cast.shop.id}/edit", data={**place, "name": "Ena"})
    assert (
        cast.at("dispatcher").post(f"/facilities/{cast.shop.id}/edit", data={**place, "name": "Andra"}).status_code
        == 409
    )
    assert Facility.get_by_id(cast.shop.id).name == "Ena"
