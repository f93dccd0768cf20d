"""Customers' users as the staff look after them: invited without a password, given facilities and rights,
switched off."""

import re

import pytest

from models.base import Language
from models.customer import Activity
from models.event import Event
from models.message import Message
from models.organisation import Organisation
from models.portal import AccountState, Narrowing, PortalAccount, PortalCustomer, PortalFacility
from models.rights import Right, Role
from models.session import Link, Session
from models.user import User, UserRight
from tests import factories
from tests.cast import work
from tests.factories import PASSWORD

PERSON = {
    "name": "Nora Ny",
    "login": "nora",
    "email": "nora@lovskar.example",
    "phone": "070-174 06 17",
    "language": "nb",
}
ALL_RIGHTS = [right.value for right in Right if right.for_portal]


def invite(cast, by: str = "dispatcher", **values):
    data = {**PERSON, "rights": ALL_RIGHTS, "scope": "all", **values}
    return cast.at(by).post(f"/portal-accounts/new/{cast.lovskar.id}", data=data)


def nora() -> PortalAccount:
    return PortalAccount.get(PortalAccount.user == User.get(User.login == "nora"))


@pytest.mark.requirement("S2.1")
@pytest.mark.requirement("S4.9")
def test_an_invited_account_has_no_password_and_a_single_use_link_is_mailed(cast):
    answer = invite(cast)
    account = nora()
    assert answer.location == f"/portal-accounts/{account.id}"
    assert (account.user.has_password, account.user.role, account.state) == (False, Role.PORTAL, AccountState.INVITED)
    assert (account.user.email, account.user.phone, account.user.language) == (
        PERSON["email"],
        PERSON["phone"],
        Language.NB,
    )
    work()
    letters = list(Message.select().where(Message.verb == "user.invited"))
    assert [(letter.address, letter.channel.value) for letter in letters] == [(PERSON["email"], "email")]
    assert Link.select().where(Link.user == account.user).count() == 1


@pytest.mark.requirement("S4.7")
def test_accounts_are_made_while_the_portal_is_still_closed(cast):
    Organisation.update(portal_open=False).execute()
    assert "The portal is closed" in cast.at("dispatcher").get(f"/portal-accounts/new/{cast.lovskar.id}").text
    assert invite(cast).status_code == 302
    assert "The portal is closed" in cast.at("dispatcher").get(f"/portal-accounts/{nora().id}").text


def test_no_page_of_an_account_holds_a_password(cast):
    invite(cast)
    for path in (f"/portal-accounts/new/{cast.lovskar.id}", f"/portal-accounts/{nora().id}", "/portal-accounts/"):
        text = cast.at("dispatcher").get(path).text
        assert 'type="password"' not in text
        assert cast.marit.password_hash not in text


def test_a_login_that_is_in_use_is_said_at_its_field(cast):
    answer = invite(cast, login=" MARIT ")
    assert answer.status_code == 422
    assert "The user name MARIT is in use" in answer.text
    assert 'value="Nora Ny"' in answer.text
    assert not User.select().where(User.name == "Nora Ny").exists()


def test_what_is_missing_is_said_and_nobody_is_invited(cast):
    answer = invite(cast, name="", email="nowhere")
    assert answer.status_code == 422
    assert "This is not an e-mail address." in answer.text
    assert not Event.select().where(Event.verb == "user.invited").exists()


@pytest.mark.requirement("S4.16")
def test_ticked_facilities_only_or_all_and_future_ones(cast):
    invite(cast, scope="ticked", facility=[cast.shop.id])
    link = nora().reach_of(cast.lovskar)
    assert (link.whole, link.chosen) == (False, [cast.shop])
    invite(cast, login="whole", scope="all", facility=[cast.shop.id])
    whole = User.get(User.login == "whole")
    assert PortalCustomer.get(PortalCustomer.user == whole).whole
    assert not PortalFacility.select().where(PortalFacility.user == whole).exists()


@pytest.mark.parametrize("facility", ["laundry", "nonsense"])
def test_another_customers_facility_cannot_be_ticked(cast, facility):
    value = cast.laundry.id if facility == "laundry" else "9" * 30
    answer = invite(cast, scope="ticked", facility=[cast.shop.id, value])
    assert (answer.status_code == 404) is (facility == "laundry")
    assert not PortalFacility.select().where(PortalFacility.facility == cast.laundry).exists()


@pytest.mark.requirement("S4.17")
@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["Store, Lövskärsvägen 4", "Warehouse, Kurravaara"]),
        ({"of_name": "KURRA"}, ["Warehouse, Kurravaara"]),
        ({"of_town": "pitea"}, ["Piteå depot"]),
        ({"of_number": "7-"}, ["Warehouse, Kurravaara"]),
        ({"of_category": "cold"}, ["Warehouse, Kurravaara"]),
        ({"of_activity": "inactive"}, ["Piteå depot"]),
        ({"of_activity": ""}, ["Piteå depot", "Store, Lövskärsvägen 4", "Warehouse, Kurravaara"]),
    ],
)
def test_five_filters_narrow_the_facilities_down(cast, filters, names):
    depot = factories.facility(cast.lovskar, "Piteå depot", town="Piteå")
    depot.inactivate(by=cast.owner)
    cast.warehouse.change({"number": "7-A", "category": "Cold store"}, by=cast.owner, seen=cast.warehouse.version)
    filters = {"of_activity": "" if "of_town" in filters else "active", **filters}
    answer = invite(cast, narrow="1", **filters)
    assert answer.status_code == 200
    assert (
        sorted(
            name
            for name in ("Piteå depot", "Store, Lövskärsvägen 4", "Warehouse, Kurravaara")
            if f"<span>{name}<small>" in answer.text
        )
        == names
    )


def test_filtering_keeps_what_was_typed_and_ticked_and_saves_nothing(cast):
    answer = invite(cast, scope="ticked", facility=[cast.shop.id], of_name="warehouse", narrow="1", form_key="k")
    assert answer.status_code == 200
    assert all(
        kept in answer.text
        for kept in (
            'value="Nora Ny"',
            f'<input type="hidden" name="facility" value="{cast.shop.id}">',
            "One more facility is ticked",
        )
    )
    assert not User.select().where(User.login == "nora").exists()


def test_a_customer_without_facilities_says_so(cast):
    bare = factories.customer(cast.house.north, "Bare AB", number="90")
    assert "This customer has no facilities yet." in cast.at("dispatcher").get(f"/portal-accounts/new/{bare.id}").text


@pytest.mark.requirement("S2.1")
def test_rights_and_switches_are_given_with_the_invitation(cast):
    invite(cast, rights=["portal.report", "portal.orders"], order_directly="y", hide_performed_action="y")
    account = nora()
    assert account.user.rights == {Right.PORTAL_REPORT, Right.PORTAL_ORDERS}
    switches = (
        account.order_directly,
        account.hide_performed_action,
        account.show_purchase_project,
        account.show_purchase_lines,
    )
    assert switches == (True, True, False, False)


@pytest.mark.requirement("S4.13")
def test_rights_and_switches_are_changed_and_logged(cast):
    account = PortalAccount.of(cast.marit)
    data = {
        "version": account.version,
        "rights": ["portal.report"],
        "show_purchase_lines": "y",
        "show_purchase_project": "y",
    }
    assert cast.at("dispatcher").post(f"/portal-accounts/{account.id}/settings", data=data).status_code == 302
    account = PortalAccount.of(User.get_by_id(cast.marit.id))
    assert (account.show_purchase_lines, account.show_purchase_project, account.order_directly) == (True, True, False)
    assert account.user.rights == {Right.PORTAL_REPORT}
    switched = Event.get((Event.verb == "user.changed") & (Event.noun == "portal_account"))
    assert (switched.actor, set(switched.changes)) == (
        cast.dispatcher,
        {"show_purchase_lines", "show_purchase_project"},
    )
    assert Event.get(Event.verb == "user.rights_changed").data["withdrawn"] == sorted(
        set(ALL_RIGHTS) - {"portal.report"}
    )
    cast.at("dispatcher").post(f"/portal-accounts/{account.id}/settings", data={**data, "version": account.version})
    assert Event.select().where(Event.verb == "user.rights_changed").count() == 1


def test_only_the_portals_rights_can_be_given(cast):
    account = PortalAccount.of(cast.marit)
    data = {"version": account.version, "rights": ["portal.report", "organisation.administer"]}
    assert cast.at("owner").post(f"/portal-accounts/{account.id}/settings", data=data).status_code == 422
    account.change({}, {Right.PORTAL_REPORT, Right.ADMINISTER}, by=cast.owner, seen=account.version)
    assert not UserRight.select().where(UserRight.right == Right.ADMINISTER).exists()


def test_two_people_at_the_same_switches_see_both_values(cast):
    account = PortalAccount.of(cast.marit)
    seen = account.version
    account.change(
        {"order_directly": True, "hide_performed_action": True}, Role.PORTAL.rights, by=cast.owner, seen=seen
    )
    account.change({"order_directly": False}, Role.PORTAL.rights, by=cast.owner, seen=account.version)
    answer = cast.at("dispatcher").post(
        f"/portal-accounts/{account.id}/settings", data={"version": seen, "rights": ALL_RIGHTS, "order_directly": "y"}
    )
    assert answer.status_code == 409
    assert f'href="/portal-accounts/{account.id}"' in answer.text


def test_the_person_is_corrected_and_two_versions_are_both_shown(cast):
    account = PortalAccount.of(cast.marit)
    seen = account.user.version
    changed = {
        "name": "Marit Olofsson",
        "email": "marit.olofsson@lovskar.example",
        "phone": "",
        "language": "sv",
        "version": seen,
    }
    assert cast.at("dispatcher").post(f"/portal-accounts/{account.id}/person", data=changed).status_code == 302
    assert User.get_by_id(cast.marit.id).email == "marit.olofsson@lovskar.example"
    again = cast.at("owner").post(
        f"/portal-accounts/{account.id}/person", data={**changed, "email": "other@lovskar.example"}
    )
    assert again.status_code == 409
    assert f'href="/portal-accounts/{account.id}"' in again.text
    assert (
        cast.at("owner").post(f"/portal-accounts/{account.id}/person", data={**changed, "email": ""}).status_code == 422
    )


@pytest.mark.requirement("S4.15")
def test_one_account_may_span_customers(cast):
    account = PortalAccount.of(cast.marit)
    step = cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers", data={"customer": "1033"})
    assert step.location == f"/portal-accounts/{account.id}/customers/{cast.hotel.id}"
    assert "Laundry" not in cast.at("marit").get("/portal/fault-reports/new").text
    assert "Laundry" in cast.at("dispatcher").get(step.location).text
    cast.at("dispatcher").post(step.location, data={"scope": "ticked", "facility": [cast.laundry.id]})
    shown = cast.at("marit").get("/portal/fault-reports/new").text
    assert all(name in shown for name in ("Laundry", "Warehouse, Kurravaara"))
    again = cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers", data={"customer": "1033"})
    assert again.location == step.location
    assert account.reach_of(cast.hotel).chosen == [cast.laundry]
    assert (
        cast.at("dispatcher")
        .post(f"/portal-accounts/{account.id}/customers", data={"customer": "none such"})
        .status_code
        == 422
    )


def test_the_facilities_page_shows_how_the_link_is_now(cast):
    account = PortalAccount.of(cast.marit)
    path = f"/portal-accounts/{account.id}/customers/{cast.lovskar.id}"
    assert re.search(r'checked[^>]*value="all"', cast.at("dispatcher").get(path).text)
    cast.at("dispatcher").post(path, data={"scope": "ticked", "facility": [cast.warehouse.id]})
    text = cast.at("dispatcher").get(path).text
    assert f'name="facility" value="{cast.warehouse.id}" checked' in text
    assert f'name="facility" value="{cast.shop.id}">' in text
    assert "Warehouse, Kurravaara" in cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text


def test_an_account_with_many_facilities_names_the_first_and_counts_the_rest(cast):
    many = tuple(factories.facility(cast.lovskar, f"Shop {number:02}") for number in range(10))
    user = factories.portal_user(cast.lovskar, "Many Shops", facilities=many)
    text = cast.at("dispatcher").get(f"/portal-accounts/{PortalAccount.of(user).id}").text
    assert ("Shop 07" in text, "Shop 08" in text, "and 2 more" in text) == (True, False, True)


def test_the_page_says_who_gets_the_invitation_again_and_only_until_a_password_is_chosen(cast):
    invite(cast)
    account = nora()
    text = cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text
    assert "This will notify" in text
    assert "Send the invitation again" in text
    cast.at("dispatcher").post(f"/portal-accounts/{account.id}/invitation")
    assert Event.select().where(Event.verb == "user.invited").count() == 2
    account.user.choose_password(PASSWORD)
    refused = cast.at("dispatcher").post(f"/portal-accounts/{account.id}/invitation")
    assert refused.status_code == 409
    assert "Nora Ny has chosen a password already" in refused.text
    assert nora().state is AccountState.ACTIVE


def test_removing_the_last_customer_switches_the_login_off_at_once(cast):
    account, inside = PortalAccount.of(cast.marit), cast.at("marit")
    path = f"/portal-accounts/{account.id}/customers/{cast.lovskar.id}/removal"
    assert "Switch the account off" in cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text
    assert cast.at("dispatcher").post(path).status_code == 302
    assert inside.get("/portal/home/").status_code == 302
    assert cast.stranger().post("/login/", data={"login": "marit", "password": PASSWORD}).status_code == 409
    assert PortalAccount.of(User.get_by_id(cast.marit.id)).state is AccountState.OFF
    again = cast.at("dispatcher").post(path)
    assert again.status_code == 409
    assert "Marit Olofsgård was switched off" in again.text
    refused = cast.at("dispatcher").post(f"/portal-accounts/{account.id}/invitation")
    assert "was switched off" in refused.text


def test_an_account_that_was_switched_off_is_restored_with_what_it_had(cast):
    account = PortalAccount.of(cast.marit)
    account.remove(cast.lovskar, by=cast.dispatcher)
    assert "Switch the account on again" in cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text
    cast.at("dispatcher").post(f"/portal-accounts/{account.id}/restoration")
    assert cast.at("marit").get("/portal/home/").status_code == 200
    refused = cast.at("dispatcher").post(f"/portal-accounts/{account.id}/restoration")
    assert refused.status_code == 409
    assert "Marit Olofsgård is not switched off" in refused.text


def test_of_several_customers_one_is_taken_away_and_the_login_stays(cast):
    account = PortalAccount.of(cast.marit)
    account.link(cast.hotel, [cast.laundry], by=cast.dispatcher)
    cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers/{cast.hotel.id}/removal")
    assert account.reach_of(cast.hotel) is None
    assert not PortalFacility.select().where(PortalFacility.user == cast.marit).exists()
    assert cast.at("marit").get("/portal/home/").status_code == 200


def test_a_customer_the_account_does_not_have_is_not_there(cast):
    account = PortalAccount.of(cast.marit)
    for path in ("", "/removal"):
        assert (
            cast.at("dispatcher")
            .post(f"/portal-accounts/{account.id}/customers/{cast.hotel.id}{path}", data={"scope": "all"})
            .status_code
            == 404
        )
    assert account.reach_of(cast.hotel) is None


@pytest.mark.parametrize(
    "path",
    ["", "/person", "/settings", "/customers", "/customers/1", "/invitation", "/customers/1/removal", "/restoration"],
)
def test_another_stores_staff_do_not_know_the_account(cast, path):
    account = PortalAccount.of(cast.marit)
    browser = cast.at("southerner")
    send = browser.get if not path else browser.post
    assert send(f"/portal-accounts/{account.id}{path}", data={"name": "x"}).status_code == 404
    assert account.name not in browser.get("/portal-accounts/").text
    assert browser.get(f"/portal-accounts/new/{cast.lovskar.id}").status_code == 404


def test_a_customer_of_another_store_is_neither_shown_nor_touched(cast):
    southern = factories.customer(cast.house.south, "Malmö Mat AB", number="500")
    account = PortalAccount.of(cast.marit)
    account.link(southern, None, by=cast.owner)
    assert "Malmö Mat AB" not in cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text
    assert (
        cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers/{southern.id}/removal").status_code == 404
    )
    cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers/{cast.lovskar.id}/removal")
    assert (account.reach_of(cast.lovskar), account.reach_of(southern).whole) == (None, True)
    assert User.get_by_id(cast.marit.id).is_active


WRITES = [
    (Right.CUSTOMER_EDIT_USER_RIGHTS, "/person"),
    (Right.CUSTOMER_EDIT_USER_RIGHTS, "/settings"),
    (Right.CUSTOMER_EDIT_USER_RIGHTS, "/customers"),
    (Right.CUSTOMER_CREATE_USERS, "/invitation"),
    (Right.CUSTOMER_CREATE_USERS, "/restoration"),
]


@pytest.mark.parametrize(("right", "path"), WRITES)
def test_without_the_right_nothing_is_changed_and_the_page_says_why(cast, right, path):
    UserRight.create(user=cast.dispatcher, right=right, granted=False)
    account = PortalAccount.of(cast.marit)
    before = Event.select().count()
    assert (
        cast.at("dispatcher").post(f"/portal-accounts/{account.id}{path}", data={"customer": "1033"}).status_code == 403
    )
    assert Event.select().count() == before
    assert cast.at("dispatcher").get(f"/portal-accounts/{account.id}").status_code == 200


def test_without_the_right_to_remove_nobody_is_removed(cast):
    UserRight.create(user=cast.dispatcher, right=Right.CUSTOMER_DELETE_USERS, granted=False)
    account = PortalAccount.of(cast.marit)
    assert (
        cast.at("dispatcher").post(f"/portal-accounts/{account.id}/customers/{cast.lovskar.id}/removal").status_code
        == 403
    )
    assert "Remove customers&#39; users" in cast.at("dispatcher").get(f"/portal-accounts/{account.id}").text
    assert User.get_by_id(cast.marit.id).is_active


@pytest.mark.parametrize("person", ["cashier", "technician", "finance"])
def test_others_of_the_staff_have_no_business_with_accounts(cast, person):
    assert invite(cast, by=person).status_code in (403, 404)
    assert cast.at(person).get("/portal-accounts/").status_code == 403
    assert not User.select().where(User.login == "nora").exists()


@pytest.mark.requirement("S4.8")
def test_accounts_are_found_by_name_login_and_e_mail(cast):
    browser = cast.at("dispatcher")
    everybody = browser.get("/portal-accounts/").text
    assert all(name in everybody for name in ("Marit Olofsgård", "Linnea Strandh"))
    for words in ("olofsgard", "marit@customer", "MARIT"):
        found = browser.get(f"/portal-accounts/?q={words}").text
        assert ("Marit Olofsgård" in found, "Linnea Strandh" in found) == (True, False)
    assert "No account has these words" in browser.get("/portal-accounts/?q=zzzzz").text


def test_a_house_without_accounts_says_where_to_begin(cast):
    PortalCustomer.delete().execute()
    assert "No portal accounts yet" in cast.at("dispatcher").get("/portal-accounts/").text


def test_the_customers_list_of_accounts_has_those_switched_off_last(cast):
    factories.portal_user(cast.lovskar, "Zara Sist")
    PortalAccount.of(cast.marit).remove(cast.lovskar, by=cast.owner)
    assert [account.name for account in PortalAccount.of_customer(cast.lovskar)] == ["Zara Sist", "Marit Olofsgård"]


def test_an_account_reaches_itself_and_no_other(cast):
    assert [account.user for account in PortalAccount.visible_to(cast.marit)] == [cast.marit]
    assert Narrowing(activity=Activity.INACTIVE).of(cast.lovskar, cast.dispatcher) == []
    assert Session.select().count() == 0
