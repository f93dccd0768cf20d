"""The register of contacts: found, filtered, sorted and exported, as far as the reader sees their customers."""

import html
import re

import pytest

from models.contact import Contact
from models.customer import Customer
from models.rights import Right
from models.saved_filter import ListChoice
from tests import factories
from tests.test_customer_card import form_of


def names(answer) -> list[str]:
    return [
        html.unescape(name) for name in re.findall(r'<a class="ccard".*?<b class="grow">(.*?)</b>', answer.text, re.S)
    ]


@pytest.fixture
def people(cast) -> None:
    factories.contact(
        cast.lovskar, "Örjan Åström", phone="0980-319 214", email="orjan@lovskar.example", function="Chef"
    )
    factories.contact(cast.lovskar, "Marit Olofsgård", facility=cast.shop)
    factories.contact(cast.hotel, "Åsa Berg", send_protocol=False, phone="", mobile="070-174 06 22")
    factories.contact(factories.customer(cast.house.south, "Malmö Bad AB"), "Stina Syd")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Marit Olofsgård", "Åsa Berg", "Örjan Åström"]),
        ("q=orjan", ["Örjan Åström"]),
        ("q=0701740622", ["Åsa Berg"]),
        ("q=midnattssolen", ["Åsa Berg"]),
        ("q=1042&sort=function", ["Marit Olofsgård", "Örjan Åström"]),
        ("q=stina", []),
        ("function=chef", ["Örjan Åström"]),
        ("send_protocol=1&sort=name&direction=desc", ["Örjan Åström", "Marit Olofsgård"]),
        ("consent=1", []),
    ],
)
def test_contacts_are_found_filtered_and_sorted(cast, people, query, found):
    type(cast.lovskar).update(language="sv").execute()
    for contact in Contact.select():
        contact.save()
    assert names(cast.at("dispatcher").get(f"/contacts/?{query}")) == found


def test_a_row_leads_to_the_customer_and_the_export_is_what_is_seen(cast, people):
    ListChoice.keep(cast.dispatcher, "contacts", ["name", "customer", "facility"], False)
    page = cast.at("dispatcher").get("/contacts/?q=marit").text
    assert f'href="/customers/{cast.lovskar.id}"' in page
    assert f'href="/facilities/{cast.shop.id}"' in page
    exported = cast.at("dispatcher").get("/contacts/export/csv?q=marit").data.decode("utf-8-sig")
    assert ("Marit Olofsgård" in exported, "Örjan" in exported) == (True, False)
    assert cast.at("cashier").get("/contacts/export/csv").status_code == 403


@pytest.mark.requirement("S2.30")
def test_only_contacts_of_customers_one_sees_are_there(cast, people):
    assert names(cast.at("southerner").get("/contacts/")) == ["Stina Syd"]
    assert not cast.technician.has(Right.CUSTOMER_VIEW)
    assert names(cast.at("technician").get("/contacts/")) == []
    cast.hotel.assign([cast.technician], by=cast.owner)
    shown = cast.at("technician").get("/contacts/")
    assert names(shown) == ["Åsa Berg"]
    assert "/contacts/3" not in shown.text.replace("/contacts/filters", "")  # may look, not change
    assert cast.at("marit").get("/contacts/").status_code == 404


def test_contacts_of_inactive_customers_are_left_out_until_asked_for(cast, people):
    cast.hotel.inactivate(by=cast.owner)
    assert "Åsa Berg" not in names(cast.at("dispatcher").get("/contacts/"))
    assert "Åsa Berg" in names(cast.at("dispatcher").get("/contacts/?status=all"))


def test_a_contact_is_found_by_its_customers_new_name(cast, people):
    cast.at("dispatcher").post(f"/customers/{cast.hotel.id}/edit", data=form_of(cast.hotel, name="Polarhotellet AB"))
    assert Customer.get_by_id(cast.hotel.id).name == "Polarhotellet AB"
    assert names(cast.at("dispatcher").get("/contacts/?q=polarhotellet")) == ["Åsa Berg"]


def test_an_empty_register_says_what_will_be_there(cast):
    assert "No contacts yet" in cast.at("dispatcher").get("/contacts/").text
