"""Rights: nobody hands out what they lack or changes their own, exceptions outlive roles, and every change is
on the log."""

from threading import Barrier, Thread

import pytest
from markupsafe import escape

from models.base import connection
from models.event import Event
from models.refusals import Refused
from models.rights import RISKY, Grounds, Right, Role, holds, including_narrower, staff
from models.user import StoreAccess, User, UserRight


def fresh(user: User) -> User:
    return User.get_by_id(user.id)


def codes(call) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [refusal.code for refusal in refused.value.refusals]


@pytest.fixture
def deputy(cast) -> User:
    """A dispatcher who may also change rights and staff, but is no administrator."""
    for right in (Right.RIGHT_GRANT, Right.USER_EDIT, Right.STORE_GRANT):
        UserRight.create(user=cast.dispatcher, right=right, granted=True)
    return fresh(cast.dispatcher)


def post(browser, person, **fields):
    return browser.post(
        f"/staff/{person.id}/rights", data={"role": person.role.value, "version": fresh(person).version, **fields}
    )


def test_a_right_given_and_one_withdrawn_apply_and_are_logged(cast):
    answer = post(cast.at("owner"), cast.technician, **{"message.view": "give", "order.upload": "withdraw"})
    assert answer.location == f"/staff/{cast.technician.id}"
    person = fresh(cast.technician)
    assert person.has(Right.MESSAGE_VIEW) and not person.has(Right.ORDER_UPLOAD)
    event = Event.about(person).first()
    assert (event.verb, event.data["given"], event.data["withdrawn"]) == (
        "user.rights_changed",
        ["message.view"],
        ["order.upload"],
    )
    assert {row.right: row.granted for row in UserRight.select()} == {
        Right.MESSAGE_VIEW: True,
        Right.ORDER_UPLOAD: False,
    }


def test_exceptions_stay_when_the_role_changes_and_the_roles_rights_follow(cast):
    cast.technician.grant(Role.TECHNICIAN, {Right.MESSAGE_VIEW: True}, by=cast.owner)
    person = fresh(cast.technician)
    person.grant(Role.CASHIER, person.exceptions, by=cast.owner)
    person = fresh(person)
    assert person.rights == Role.CASHIER.rights | {Right.MESSAGE_VIEW}
    assert Event.about(person).first().changes["role"] == {"old": "technician", "new": "cashier"}


def test_an_exception_that_says_what_the_role_says_is_not_kept(cast):
    cast.technician.grant(Role.TECHNICIAN, {Right.ORDER_UPLOAD: True, Right.MESSAGE_VIEW: False}, by=cast.owner)
    assert UserRight.select().count() == 0


@pytest.mark.requirement("S1.28")
def test_whoever_may_change_rights_can_be_named_and_does_it(cast):
    refused = cast.at("finance").get("/imports/")
    assert (refused.status_code, "Olga Owner (Owner)" in refused.text) == (403, True)


def test_nobody_gives_a_right_they_lack(cast, deputy):
    assert codes(lambda: cast.technician.grant(Role.TECHNICIAN, {Right.ADMINISTER: True}, by=deputy)) == [
        "right.cannot_grant"
    ]
    assert "right.cannot_grant" in codes(lambda: cast.technician.grant(Role.OWNER, {}, by=deputy))
    assert fresh(cast.technician).rights == Role.TECHNICIAN.rights


def test_through_the_form_too(cast, deputy):
    browser = cast.at(deputy)
    answer = post(browser, cast.technician, **{"organisation.administer": "give", "sure": "1"})
    assert answer.status_code in (302, 403)
    assert not fresh(cast.technician).has(Right.ADMINISTER)
    answer = browser.post(
        f"/staff/{cast.technician.id}/rights", data={"role": "owner", "version": cast.technician.version, "sure": "1"}
    )
    assert (answer.status_code, fresh(cast.technician).role) == (403, Role.TECHNICIAN)


def test_whoever_may_do_it_to_all_may_give_it_for_the_assigned(cast, deputy):
    cast.cashier.grant(Role.CASHIER, {Right.ORDER_VIEW_ASSIGNED: True}, by=deputy)
    assert fresh(cast.cashier).has(Right.ORDER_VIEW_ASSIGNED)
    assert Right.ORDER_VIEW_ASSIGNED in including_narrower({Right.ORDER_VIEW})
    assert Right.ORDER_VIEW not in including_narrower({Right.ORDER_VIEW_ASSIGNED})


@pytest.mark.parametrize("who", ["owner", "administrator"])
def test_nobody_changes_their_own_rights(cast, who):
    person = getattr(cast, who)
    assert codes(lambda: person.grant(person.role, {Right.LOG_VIEW: False}, by=person)) == ["right.own"]
    answer = post(cast.at(who), person, **{"log.view": "withdraw"})
    assert (answer.status_code, "Nobody changes their own rights" in answer.text) == (403, True)
    assert cast.at(who).get(f"/staff/{person.id}/rights").status_code == 403


def test_nobody_touches_an_account_that_may_do_more(cast, deputy):
    assert codes(lambda: cast.owner.grant(Role.TECHNICIAN, {}, by=deputy)) == ["right.higher"]
    facts = {"name": "x", "login": "olga", "email": "thief@x.example"}
    assert codes(lambda: cast.owner.change(facts, by=deputy, seen=1)) == ["right.higher"]
    assert "right.higher" in codes(lambda: cast.administrator.inactivate(by=deputy))
    browser = cast.at(deputy)
    answer = browser.post(
        f"/staff/{cast.owner.id}/edit",
        data={"name": "x", "login": "olga", "email": "thief@x.example", "language": "en"},
    )
    assert (answer.status_code, fresh(cast.owner).email) == (403, "olga@norrvik.example")
    assert browser.get(f"/staff/{cast.owner.id}/edit").status_code == 403


def test_nor_one_that_reaches_stores_they_do_not(cast, deputy):
    """Its e-mail would be a way into the other store."""
    assert codes(lambda: cast.southerner.change({"email": "thief@x.example"}, by=deputy, seen=1)) == ["right.higher"]
    StoreAccess.create(user=deputy, store=cast.house.south)
    deputy.forget_rights()
    fresh(cast.southerner).change({"email": "new@x.example"}, by=deputy, seen=1)
    assert fresh(cast.southerner).email == "new@x.example"


@pytest.mark.parametrize("who", ["dispatcher", "technician", "finance"])
def test_without_the_right_there_is_no_form_and_no_change(cast, who):
    person = cast.nobody
    assert cast.at(who).get(f"/staff/{person.id}/rights").status_code in (403, 404)
    assert post(cast.at(who), person, **{"log.view": "give"}).status_code in (403, 404)
    assert UserRight.select().count() == 0


def test_a_staff_member_is_not_made_a_customers_user_nor_the_reverse(cast):
    assert "right.staff_only" in codes(lambda: cast.technician.grant(Role.PORTAL, {}, by=cast.owner))
    assert codes(lambda: cast.marit.grant(Role.TECHNICIAN, {}, by=cast.owner)) == [
        "right.higher"
    ]  # nobody of the staff has portal rights
    assert cast.at("owner").get(f"/staff/{cast.marit.id}").status_code == 404


def test_rights_changed_meanwhile_are_not_overwritten_blindly(cast):
    seen = cast.technician.version
    fresh(cast.technician).grant(Role.TECHNICIAN, {Right.MESSAGE_VIEW: True}, by=cast.administrator)
    answer = cast.at("owner").post(f"/staff/{cast.technician.id}/rights", data={"role": "cashier", "version": seen})
    assert (answer.status_code, "Adam Administrator changed this meanwhile" in answer.text) == (409, True)
    assert fresh(cast.technician).role is Role.TECHNICIAN


@pytest.mark.requirement("S1.30")
def test_there_is_always_an_owner(cast):
    second = User.found("second", "Second Owner", Role.OWNER)
    second.grant(Role.ADMINISTRATOR, {}, by=cast.owner)
    assert "user.last_owner" in codes(lambda: cast.owner.grant(Role.ADMINISTRATOR, {}, by=fresh(second)))
    assert "user.last_owner" in codes(lambda: cast.owner.inactivate(by=cast.owner))
    assert User.select().where(User.role == Role.OWNER).count() == 1


def test_two_owners_who_step_each_other_down_at_once_leave_one(cast):
    second = User.found("second", "Second Owner", Role.OWNER)
    barrier, refused = Barrier(2), []

    def step_down(victim, by):
        with connection():
            victim, by = fresh(victim), fresh(by)
            barrier.wait()
            try:
                victim.grant(Role.TECHNICIAN, {}, by=by)
            except Refused as error:
                refused.append(error.refusals[0].code)

    threads = [Thread(target=step_down, args=pair) for pair in ((cast.owner, second), (second, cast.owner))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert refused == ["user.last_owner"]
    assert User.active_staff().where(User.role == Role.OWNER).count() == 1


@pytest.mark.requirement("S1.47")
def test_a_risky_right_is_named_once_more_before_it_is_given(cast):
    browser = cast.at("owner")
    asked = post(browser, cast.technician, **{"register.export": "give"})
    assert (asked.status_code, "This gives risky rights" in asked.text, "Export lists" in asked.text) == (
        422,
        True,
        True,
    )
    assert not fresh(cast.technician).has(Right.REGISTER_EXPORT)
    assert post(browser, cast.technician, **{"register.export": "give", "sure": "1"}).status_code == 302
    assert fresh(cast.technician).has(Right.REGISTER_EXPORT)
    assert Event.about(cast.technician).first().data["risky"] == ["register.export"]


def test_a_risky_role_is_asked_about_too(cast):
    asked = cast.at("owner").post(f"/staff/{cast.technician.id}/rights", data={"role": "administrator", "version": 1})
    assert (asked.status_code, fresh(cast.technician).role) == (422, Role.TECHNICIAN)
    assert asked.text.count("<li>") >= len(RISKY)


@pytest.mark.requirement("S1.47")
def test_the_matrix_says_what_each_role_may_and_who_has_the_risky_rights(cast):
    cast.technician.grant(Role.TECHNICIAN, {Right.CUSTOMER_DELETE: True}, by=cast.owner)
    page = cast.at("dispatcher").get("/staff/rights").text
    with cast.app.test_request_context():
        assert [right.value for right in Right.of_staff() if str(escape(right.label)) not in page] == []
    deleting = page.partition("<b>Delete customers</b>")[2].partition("</li>")[0]
    assert "Elin Fors" in deleting and "Olga Owner" in deleting and "Frida Faktura" not in deleting


def test_the_persons_page_says_why_they_may_or_may_not(cast):
    cast.technician.grant(Role.TECHNICIAN, {Right.MESSAGE_VIEW: True, Right.ORDER_UPLOAD: False}, by=cast.owner)
    person = fresh(cast.technician)
    reasons = [
        person.why(right)
        for right in (Right.MESSAGE_VIEW, Right.ORDER_UPLOAD, Right.ORDER_VIEW_ASSIGNED, Right.LOG_VIEW)
    ]
    assert reasons == [Grounds.GIVEN, Grounds.WITHDRAWN, Grounds.ROLE, Grounds.NONE]
    page = cast.at("owner").get(f"/staff/{person.id}").text
    said = page.partition("See the list of all messages")[2].partition("</li>")[0]
    assert "Given to this person" in said
    said = page.partition("Upload files to orders")[2].partition("</li>")[0]
    assert "Withdrawn from this person" in said


def test_everybody_sees_what_they_may_do_themselves(cast):
    answer = cast.at("technician").get(f"/staff/{cast.technician.id}")
    assert (answer.status_code, "Perform and sign only the orders assigned to oneself" in answer.text) == (200, True)
    assert "Switch off" not in answer.text


def test_an_exception_the_editor_could_not_give_stays_as_it_is(cast, deputy):
    """The form draws it dead; saving the form must not take it away or give it back."""
    cast.technician.grant(Role.TECHNICIAN, {Right.CUSTOMER_UPLOAD: False}, by=cast.owner)
    UserRight.create(user=deputy, right=Right.CUSTOMER_UPLOAD, granted=False)
    assert post(cast.at(deputy), cast.technician, **{"message.view": "give"}).status_code == 302
    assert fresh(cast.technician).exceptions == {Right.CUSTOMER_UPLOAD: False, Right.MESSAGE_VIEW: True}


def test_nonsense_in_the_form_changes_nothing(cast):
    post(cast.at("owner"), cast.technician, role="king", **{"message.view": "perhaps", "no.right": "give"})
    assert (fresh(cast.technician).role, UserRight.select().count()) == (Role.TECHNICIAN, 0)


def test_rules_are_joined_turned_round_and_say_what_is_missing(cast):
    may_import, outside = holds(Right.REGISTER_IMPORT), ~staff
    assert [
        rule.allows(cast.dispatcher) for rule in (may_import, outside, may_import & outside, may_import | outside)
    ] == [
        True,
        False,
        False,
        True,
    ]
    assert [rule.allows(cast.marit) for rule in (may_import, outside, may_import & outside, may_import | outside)] == [
        False,
        True,
        False,
        True,
    ]
    assert [refusal.code for refusal in outside.missing(cast.dispatcher)] == ["right.staff_only"]
    assert outside.missing(cast.marit) == []
