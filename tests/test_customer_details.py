"""What a customer is made of: its numbers, its pattern, categories and tags, and whose number may be read by whom."""

import html
from datetime import UTC, datetime

import pytest

from models.base import Country
from models.category import Category
from models.customer import Customer, CustomerKind
from models.event import Event
from models.listing import Request
from models.listings import customers
from models.organisation import NumberStyle, Organisation
from models.refusals import Refused
from models.rights import RISKY, Right
from models.saved_filter import ListChoice
from models.tag import Tag
from models.user import UserRight
from tests import factories
from tests.pages import form, said
from tests.test_customer_card import form as blank
from tests.test_customer_card import form_of
from tests.test_refusals_provoked import codes

PERSON = "811228-9874"


def give(person, right: Right) -> None:
    UserRight.create(user=person, right=right, granted=True)
    person.forget_rights()


def private(cast, **values) -> Customer:
    facts = {"kind": CustomerKind.PRIVATE, "personal_number": "19811228-9874", "email": "", **values}
    return factories.customer(cast.house.north, "Signe Ström", number="3001", **facts)


def add(cast, **values):
    return cast.at("dispatcher").post("/customers/new", data=blank(cast.house.north, **values))


@pytest.mark.requirement("S2.9")
def test_a_business_has_its_numbers_in_one_form(cast):
    add(cast, org_number="5560125790", vat_number="se 556012579001", peppol_id="0007:5560125790", personal_number="x")
    made = Customer.get(Customer.number == "2001")
    assert (made.org_number, made.vat_number, made.peppol_id) == ("556012-5790", "SE556012579001", "0007:5560125790")
    assert made.personal_number == ""


@pytest.mark.requirement("S2.9")
def test_a_private_customer_has_a_personal_number_and_none_of_a_business(cast):
    add(cast, kind="private", personal_number=PERSON, org_number="nonsense", vat_number="nonsense")
    made = Customer.get(Customer.number == "2001")
    assert (made.personal_number, made.org_number, made.vat_number) == ("19811228-9874", "", "")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"org_number": "556012-5791"}, "This is not an organisation number"),
        ({"org_number": "988077917"}, "This is not an organisation number"),
        ({"kind": "private", "personal_number": "811228-9875"}, "This is not a personal number"),
        ({"vat_number": "SE1"}, "This is not a VAT number"),
        ({"peppol_id": "0007:1"}, "A Peppol id is a scheme and a number"),
        ({"tags": "x" * 31}, "At most 12 tags"),
    ],
)
def test_a_wrong_number_is_said_at_its_field_and_nothing_is_saved(cast, values, sentence):
    answer = add(cast, **values)
    assert (answer.status_code, sentence in html.unescape(answer.text)) == (422, True)
    assert Customer.get_or_none(Customer.number == "2001") is None


def test_numbers_are_judged_by_the_country_of_the_invoice_address(cast):
    add(cast, org_number="988077917", vat_number="988077917MVA", country="NO")
    made = Customer.get(Customer.number == "2001")
    assert (made.country, made.org_number, made.vat_number) == (Country.NO, "988077917", "NO988077917MVA")


def test_what_an_import_brought_wrong_does_not_stop_another_change(cast):
    Customer.update(org_number="556012-5791").where(Customer.id == cast.lovskar.id).execute()
    answer = cast.at("dispatcher").post(
        f"/customers/{cast.lovskar.id}/edit", data=form_of(cast.lovskar, org_number="556012-5791", note="Calls early")
    )
    assert answer.status_code == 302
    assert Customer.get_by_id(cast.lovskar.id).note == "Calls early"


def test_three_addresses_are_kept_and_shown(cast):
    add(cast, address="Storgatan 1", visiting_address="Malmvägen 2", mail_address="Box 77", mail_town="Gällivare")
    made = Customer.get(Customer.number == "2001")
    page = cast.at("dispatcher").get(f"/customers/{made.id}").text
    assert all(street in page for street in ("Storgatan 1", "Malmvägen 2", "Box 77, Gällivare"))


# The personal number


def test_a_personal_number_is_hidden_everywhere_until_somebody_with_the_right_asks(cast):
    customer = private(cast)
    give(cast.dispatcher, Right.CUSTOMER_VIEW_PERSONAL_NUMBER)
    browser = cast.at("dispatcher")
    for address in (f"/customers/{customer.id}", f"/customers/{customer.id}/edit", "/customers/?q=signe"):
        page = browser.get(address).text
        assert "9874" not in page, address
    assert "••••••••-••74" in browser.get(f"/customers/{customer.id}").text
    shown = browser.post(f"/customers/{customer.id}/personal-number")
    assert "19811228-9874" in shown.text
    event = Event.about(customer).first()
    assert (event.verb, event.actor) == ("customer.personal_number_seen", cast.dispatcher)
    assert "9874" not in browser.get(f"/customers/{customer.id}").text


def test_without_the_right_nobody_sees_it_and_the_page_says_who_can(cast):
    customer = private(cast)
    assert Right.CUSTOMER_VIEW_PERSONAL_NUMBER in RISKY
    assert not cast.dispatcher.has(Right.CUSTOMER_VIEW_PERSONAL_NUMBER)
    answer = cast.at("dispatcher").post(f"/customers/{customer.id}/personal-number")
    assert (answer.status_code, "9874" in answer.text) == (403, False)
    assert Event.about(customer).count() == 0
    page = cast.at("dispatcher").get(f"/customers/{customer.id}").text
    assert "Show the personal number" in page
    assert "See customers&#39; whole personal numbers" in page
    with pytest.raises(Refused):
        customer.show_personal_number(by=cast.dispatcher)


def test_it_is_in_lists_and_exports_only_for_those_with_the_right(cast):
    private(cast)
    ListChoice.keep(cast.dispatcher, "customers", ["number", "personal_number"], False)
    ListChoice.keep(cast.owner, "customers", ["number", "personal_number"], False)
    for address in ("/customers/?all=1", "/customers/export/csv", "/customers/?sort=personal_number"):
        assert "19811228-9874" not in cast.at("dispatcher").get(address).text, address
    assert "19811228-9874" in cast.at("owner").get("/customers/export/csv").text


def test_nobody_is_found_by_it(cast):
    private(cast)
    found = Customer.visible_to(cast.owner).where(Customer.matches("19811228-9874") | Customer.matches("8112289874"))
    assert list(found) == []


def test_left_as_it_stands_it_stays_and_its_change_is_logged_without_the_number(cast):
    customer = private(cast)
    browser, where = cast.at("dispatcher"), f"/customers/{customer.id}/edit"
    filled = form(browser.get(where).text, "customer-form")
    assert filled["personal_number"] == "••••••••-••74"
    browser.post(where, data=filled | {"note": "Has a dog"})
    assert Customer.get_by_id(customer.id).personal_number == "19811228-9874"
    browser.post(where, data=form(browser.get(where).text, "customer-form") | {"personal_number": "670919-9530"})
    assert Customer.get_by_id(customer.id).personal_number == "19670919-9530"
    changes = Event.about(customer).first().changes
    assert changes["personal_number"] == {"old": "••••••••-••74", "new": "••••••••-••30"}


def test_two_who_change_it_at_once_see_both_hidden_and_nothing_is_lost(cast):
    customer = private(cast)
    browser, where = cast.at("dispatcher"), f"/customers/{customer.id}/edit"
    opened = form(browser.get(where).text, "customer-form")
    cast.at("owner").post(where, data=opened | {"personal_number": "670919-9530", "form_key": "another"})
    answer = browser.post(where, data=opened | {"personal_number": "701063-2391"})
    assert answer.status_code == 409
    assert ("••30" in answer.text, "19670919-9530" in answer.text) == (True, False)
    assert Customer.get_by_id(customer.id).personal_number == "19670919-9530"


def test_the_page_with_the_number_loaded_again_is_the_card_without_it(cast):
    customer = private(cast)
    browser, where = cast.at("owner"), f"/customers/{customer.id}/personal-number"
    first, second = (browser.post(where, data={"form_key": "once"}) for _ in range(2))
    assert ("19811228-9874" in first.text, second.location, browser.get(where).location) == (
        True,
        where,
        f"/customers/{customer.id}",
    )
    assert Event.about(customer).count() == 1


# The number's pattern


@pytest.mark.requirement("S2.6")
@pytest.mark.requirement("S2.27")
def test_a_pattern_decides_what_numbers_look_like_and_which_comes_next(cast):
    Organisation.update(number_style=NumberStyle.PATTERN, number_pattern="AA-9999").execute()
    values = {"name": "New", "store": cast.house.north}
    assert codes(lambda: Customer.add({**values, "number": "A-12"}, by=cast.dispatcher)) == {"customer.number_pattern"}
    assert "A customer number looks like AB-1234" in add(cast, number="2001").text
    assert Customer.suggested_number() == ""
    Customer.add({**values, "number": "KI-0099"}, by=cast.dispatcher)
    assert Customer.suggested_number() == "KI-0100"
    Customer.update(number="KI-9999").where(Customer.number == "KI-0099").execute()
    assert Customer.suggested_number() == ""
    assert Customer.get_by_id(cast.lovskar.id).number == "1042"  # who has a number keeps it


def test_digits_alone_begin_with_one_and_a_pattern_without_counting_suggests_nothing(cast):
    Organisation.update(number_style=NumberStyle.PATTERN, number_pattern="99-9999").execute()
    assert Customer.suggested_number() == "10-0001"
    Organisation.update(number_pattern="999-A").execute()
    assert Customer.suggested_number() == ""


@pytest.mark.requirement("S2.27")
def test_the_settings_want_a_pattern_that_means_something(cast):
    browser, where = cast.at("owner"), "/settings/customer-numbers"
    filled = form(browser.get(where).text)
    for pattern in ("", "KUND", "A9"):
        answer = browser.post(
            where, data=filled | {"number_style": "pattern", "number_pattern": pattern, "number_low": 4}
        )
        assert answer.status_code == 422, pattern
    browser.post(where, data=filled | {"number_style": "pattern", "number_pattern": "K-9999"})
    assert Organisation.current().number_pattern == "K-9999"


@pytest.mark.requirement("S2.7")
def test_only_administrators_change_a_number_and_the_log_has_both(cast):
    where = f"/customers/{cast.lovskar.id}/edit"
    answer = cast.at("dispatcher").post(where, data=form_of(cast.lovskar, number="1043"))
    assert (answer.status_code, Customer.get_by_id(cast.lovskar.id).number) == (403, "1042")
    cast.at("administrator").post(where, data=form_of(cast.lovskar, number="1043"))
    assert Event.about(cast.lovskar).first().changes["number"] == {"old": "1042", "new": "1043"}


@pytest.mark.requirement("S2.43")
def test_the_first_person_assigned_is_our_reference_where_that_is_ticked(cast):
    Customer.update(our_reference=cast.finance).where(Customer.id == cast.lovskar.id).execute()
    cast.lovskar.assign([cast.technician, cast.dispatcher], by=cast.owner)
    assert cast.lovskar.document_reference == cast.finance
    browser, where = cast.at("owner"), "/settings/customer-numbers"
    browser.post(where, data=form(browser.get(where).text) | {"assigned_as_reference": "y"})
    assert cast.lovskar.document_reference == cast.technician
    cast.lovskar.assign([], by=cast.owner)
    assert cast.lovskar.document_reference == cast.finance


# Categories and tags


def test_categories_are_kept_by_the_administrator_and_their_customers_follow(cast):
    browser = cast.at("owner")
    browser.post("/settings/categories/", data={"name": "Housing"})
    assert "There is a category of this name" in browser.post("/settings/categories/", data={"name": "Housing"}).text
    housing = Category.get()
    add(cast, category="Housing")
    made = Customer.get(Customer.number == "2001")
    assert made.category == "Housing"
    assert "1 customer" in browser.get("/settings/categories/").text
    browser.post(f"/settings/categories/{housing.id}", data={"name": "Homes", "version": housing.version})
    assert Customer.get_by_id(made.id).category == "Homes"
    assert list(Customer.select().where(Customer.matches("homes"))) == [made]
    assert codes(lambda: Category.get().remove(by=cast.owner)) == {"category.in_use"}
    assert browser.post(f"/settings/categories/{housing.id}/removal").status_code == 409
    Customer.update(category="").execute()
    browser.post(f"/settings/categories/{housing.id}/removal")
    assert Category.select().count() == 0
    assert [event.verb for event in Event.select().where(Event.noun == "category")] == [
        "category.changed",
        "category.changed",
        "category.removed",
    ]


def test_a_category_needs_a_name_of_its_own_and_a_right(cast):
    browser = cast.at("owner")
    for name in ("Shops", "Hotels"):
        browser.post("/settings/categories/", data={"name": name})
    shops = Category.get(Category.name == "Shops")
    where = f"/settings/categories/{shops.id}"
    assert browser.post(where, data={"name": "Hotels", "version": 1}).status_code == 422
    assert browser.post(where, data={"name": "", "version": 1}).status_code == 422
    assert browser.post("/settings/categories/", data={"name": ""}).status_code == 422
    browser.post(where, data={"name": "Corner shops", "version": 1})
    assert cast.at("administrator").post(where, data={"name": "Kiosks", "version": 1}).status_code == 409
    assert cast.at("dispatcher").post("/settings/categories/", data={"name": "Mine"}).status_code == 403
    with pytest.raises(Refused):
        Category.add("Mine", by=cast.dispatcher)
    assert add(cast, category="Nobody's").status_code == 422


def test_a_category_that_is_gone_stays_with_the_customer_that_has_it(cast):
    Customer.update(category="Old").where(Customer.id == cast.lovskar.id).execute()
    browser, where = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit"
    filled = form(browser.get(where).text, "customer-form")
    assert filled["category"] == "Old"
    assert browser.post(where, data=filled | {"note": "x"}).status_code == 302
    assert Customer.get_by_id(cast.lovskar.id).category == "Old"


def test_tags_are_spelled_as_they_were_first_and_suggested_while_typing(cast):
    add(cast, tags="VIP, hiss;  VIP , jour")
    add(cast, number="2002", name="Another", tags="vip")
    assert [row.tags for row in Customer.select().where(Customer.number.in_(["2001", "2002"]))] == [
        "VIP, hiss, jour",
        "VIP",
    ]
    browser = cast.at("dispatcher")
    assert '<option value="jour, VIP">' in browser.get("/customers/help/tags?tags=jour, v").text
    assert "VIP" not in cast.at("southerner").get("/customers/help/tags?tags=v").text
    assert "<option" not in browser.get("/customers/help/tags?tags=VIP, vi").text
    assert Tag.select().count() == 3


@pytest.mark.requirement("S2.12")
@pytest.mark.requirement("S2.15")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"tag": "vip"}, {"A"}),
        ({"tag": "VI"}, set()),
        ({"category": "Housing"}, {"B"}),
        ({"category": "None such"}, {"A", "B"}),
        ({"has_mail": "1"}, {"B"}),
        ({"has_mail": "0"}, {"A"}),
        ({"language": "nb"}, {"A"}),
        ({"added_from": "2026-03-02"}, {"B"}),
        ({"added_to": "2026-03-01"}, {"A"}),
        ({"added_from": "never"}, set()),
    ],
)
def test_the_list_is_filtered_by_what_a_customer_is(cast, filters, found):
    Category.create(name="Housing")
    early, late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC), datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # midnight between
    facts = ({"tags": "VIP, hiss", "email": "", "language": "nb"}, {"category": "Housing"})
    for name, moment, more in zip("AB", (early, late), facts, strict=True):
        Tag.note([more.get("tags", "")])
        factories.customer(cast.house.north, name, created_at=moment, **more)
    rows = customers().page(cast.owner, Request(filters=filters)).rows
    assert {row.shown.name for row in rows} & {"A", "B"} == found


@pytest.mark.requirement("S2.11")
@pytest.mark.parametrize(
    "typed", ["livs", "1042", "olofsgård", "marit@", "0701740616", "070-174 06 16", "kiruna", "hiss"]
)
def test_a_customer_is_found_by_everything_about_it(cast, typed):
    Customer.update(tags="hiss").where(Customer.id == cast.lovskar.id).execute()
    factories.contact(cast.lovskar)
    Customer.get_by_id(cast.lovskar.id).save()
    assert cast.lovskar in list(Customer.visible_to(cast.dispatcher).where(Customer.matches(typed)))


def test_the_suggestions_follow_the_organisation_number(cast):
    answer = cast.at("dispatcher").post(
        "/customers/help/doubles", data=blank(cast.house.north, org_number="5560125790")
    )
    assert 'value="SE556012579001"' in answer.text
    assert 'value="0007:5560125790"' in answer.text
    assert "By the organisation number it would be" not in said(cast.at("dispatcher").get("/customers/new").text)
