"""Importing contacts: they find their customer, keep their ticks, and never merge two people."""

import pytest

from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.register import RegisterName
from models.user import UserRight
from tests import factories
from tests.registers import bring, counts, problems, table, upload
from tests.test_import_pages import columns

HEAD = "Kundnr;Kontaktperson;Befattning;Telefon;E-post;Språk;Skicka protokoll;Skicka order"


def contacts(cast, *rows: str, head: str = HEAD, by=None):
    return bring(cast, table(head, *rows), RegisterName.CONTACTS, by)


def only(name: str) -> Contact:
    return Contact.get(Contact.name == name)


@pytest.mark.requirement("S2.8")
def test_a_row_becomes_a_contact_by_which_its_customer_is_found(cast):
    job = contacts(cast, "1042;Berit Bokström;Ekonomi;070-174 06 18;berit@post.example.se;norska;ja;nej")
    made = only("Berit Bokström")
    assert counts(job) == (1, 0, 0, 0), problems(job)
    assert (made.customer, made.function, made.phone, made.email) == (
        cast.lovskar,
        "Ekonomi",
        "070-174 06 18",
        "berit@post.example.se",
    )
    assert (made.language, made.send_protocol, made.send_order, made.wants_news) == ("nb", True, False, True)
    assert made.news_changed_at is None
    for typed in ("bokstrom", "berit@post", "0701740618"):
        assert list(Customer.visible_to(cast.owner).where(Customer.matches(typed))) == [cast.lovskar], typed
    event = Event.get(Event.verb == "contact.imported")
    assert (event.what, event.customer_id, event.actor) == ("Berit Bokström", cast.lovskar.id, cast.owner)
    assert "imported the contact" in cast.at("owner").get(f"/customers/{cast.lovskar.id}").text


def test_an_imported_contact_leaves_its_customer_as_if_it_had_been_typed(cast):
    contacts(cast, "1042;Berit Bokström;;070-174 06 18;berit@post.example.se;;;")
    customer = Customer.get_by_id(cast.lovskar.id)
    kept, version = customer.search_text, customer.version
    customer.search_text = ""
    customer.save()
    assert (customer.search_text, customer.version) == (kept, version)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *((word, True) for word in ("ja", "Ja", "JA", "yes", "так", "Так", "1", "x", "true", "✓")),
        *((word, False) for word in ("nej", "nei", "no", "No", "ні", "Ні", "0", "false", "-")),
    ],
)
def test_ticks_are_known_in_four_languages(cast, word, meant):
    factories.contact(cast.lovskar, "Berit Bokström", send_protocol=not meant)
    contacts(cast, f"1042;Berit Bokström;;;;;{word};")
    assert only("Berit Bokström").send_protocol is meant


def test_a_word_that_is_neither_yes_nor_no_keeps_the_row_out(cast):
    job = contacts(cast, "1042;Berit Bokström;;;;;kanske;")
    assert problems(job) == [(2, "Skicka protokoll", "kanske", "This is neither yes nor no.")]


@pytest.mark.parametrize(
    "head",
    [
        "Kundnr;Kontaktperson;E-post;Skicka protokoll;Skicka order",
        "Kundenummer;Kontaktperson;E-postadresse;Send protokoll;Send ordre",
        "Номер клієнта;Контактна особа;Електронна пошта;Надсилати акти;Надсилати замовлення",
        "Customer number;Contact person;E-mail;Send protocols;Send orders",
    ],
)
def test_headings_are_known_in_four_languages(cast, head):
    assert counts(contacts(cast, "1042;Oksana;o@post.example.se;так;ні", head=head)) == (1, 0, 0, 0)
    assert (only("Oksana").send_protocol, only("Oksana").email) == (True, "o@post.example.se")


def test_the_same_name_at_the_same_customer_is_the_same_person(cast):
    contacts(cast, "1042;Berit Bokström;Ekonomi;;berit@post.example.se;;ja;")
    job = contacts(cast, "1042;berit  bokström;VD;;b@post.example.se;;;", "1042;BERIT BOKSTRÖM;;;;;;")
    assert problems(job) == [
        (3, "Kontaktperson", "BERIT BOKSTRÖM", "This stands on line 2 already, with other values.")
    ]
    made = Contact.get(Contact.email == "b@post.example.se")
    assert (counts(job), made.function, made.send_protocol) == ((0, 1, 0, 1), "VD", True)
    assert made.version == 2


def test_an_e_mail_alone_finds_its_contact_if_only_one_has_it(cast):
    contacts(cast, "1042;Anna;;;info@post.example.se;;;", "1042;Bo;;;bo@post.example.se;;;")
    assert counts(contacts(cast, "1042;;VD;;BO@post.example.se;;;")) == (0, 1, 0, 0)
    assert only("Bo").function == "VD"
    contacts(cast, "1042;Carl;;;info@post.example.se;;;")
    job = contacts(cast, "1042;;VD;;info@post.example.se;;;")
    assert problems(job)[0][3].startswith("Several contacts of the customer answer to this")


def test_two_people_who_share_an_e_mail_stay_two(cast):
    job = contacts(cast, "1042;Anna;;;info@post.example.se;;;", "1042;Bo;;;info@post.example.se;;;")
    assert counts(job) == (2, 0, 0, 0)
    assert counts(contacts(cast, "1042;Bo;VD;;info@post.example.se;;;")) == (0, 1, 0, 0)
    assert (only("Anna").function, only("Bo").function) == ("", "VD")


def test_two_of_one_name_are_told_apart_by_their_e_mail(cast):
    for email in ("one@post.example.se", "two@post.example.se"):
        factories.contact(cast.lovskar, "Anna", email=email)
    assert counts(contacts(cast, "1042;Anna;VD;;two@post.example.se;;;")) == (0, 1, 0, 0)
    assert Contact.get(Contact.email == "two@post.example.se").function == "VD"
    assert counts(contacts(cast, "1042;Anna;VD;;;;;")) == (0, 0, 0, 1)


def test_what_keeps_a_contact_out_is_said(cast):
    factories.customer(cast.house.south, "South AB", number="700")
    rows = ("9;Anna;;;;;;", "700;Anna;;;;;;", "1042;;VD;;;;;", "1042;;;;new@post.example.se;;;")
    job = contacts(cast, *rows, by=cast.dispatcher)
    assert [found[::3] for found in problems(job)] == [
        (2, "There is no customer with this number."),
        (3, "This customer belongs to a store you do not work in."),
        (4, "A contact needs a name or an e-mail."),
        (5, "This must be filled in."),
    ]


def test_since_when_somebody_wants_no_news_is_noted(cast):
    contact = factories.contact(cast.lovskar, "Anna")
    contacts(cast, "1042;Anna;nej", head="Kundnr;Kontaktperson;Notifikationer")
    first = Contact.get_by_id(contact.id).news_changed_at
    assert first is not None
    contacts(cast, "1042;Anna;nej;VD", head="Kundnr;Kontaktperson;Notifikationer;Befattning")
    assert Contact.get_by_id(contact.id).news_changed_at == first


def test_a_name_or_an_e_mail_must_be_among_the_columns(cast):
    job = upload(cast, table("Kundnr;Telefon", "1042;0701"), RegisterName.CONTACTS)
    answer = cast.at("owner").post(f"/imports/{job.id}/columns", data=columns(job))
    assert (answer.status_code, "No column is chosen for Name" in answer.text) == (422, True)


def test_who_may_not_change_customers_imports_no_contacts(cast):
    UserRight.create(user=cast.dispatcher, right="customer.edit", granted=False)
    job = upload(cast, table(HEAD, "1042;Anna;;;;;;"), RegisterName.CONTACTS, by=cast.dispatcher)
    assert [refusal.params["right"] for refusal in job._against_start(cast.dispatcher)] == ["customer.edit"]
