"""Inviting a colleague: who may, with which role and stores, what the letter does, and what if it is lost."""

import pytest

from models.event import Event
from models.message import Message
from models.refusals import Refused
from models.rights import Right, Role
from models.session import Link
from models.user import StoreAccess, User, UserRight
from tests import factories
from tests.cast import work


def fields(**changes):
    facts = {
        "name": "Tuva Tekniker",
        "login": "Tuva",
        "email": "tuva@norrvik.example",
        "phone": "",
        "language": "sv",
        "group": "",
    }
    return {**facts, "role": "technician", "stores": [], **changes}


def invite(browser, **changes):
    return browser.post("/staff/invitation", data=fields(**changes))


def test_the_person_is_there_without_a_password_and_gets_a_letter(cast):
    group = factories.user_group("Technicians").id
    answer = invite(cast.at("owner"), stores=[cast.house.north.id], group=group)
    tuva = User.with_login("tuva")
    assert answer.location == f"/staff/{tuva.id}"
    assert (tuva.name, tuva.role, tuva.group.name, tuva.has_password) == (
        "Tuva Tekniker",
        Role.TECHNICIAN,
        "Technicians",
        False,
    )
    assert [access.store.number for access in StoreAccess.of(tuva)] == ["012"]
    event = Event.about(tuva).get()
    assert (event.verb, event.actor_name) == ("user.invited", "Olga Owner")
    work()
    message = Message.get(Message.verb == "user.invited")
    assert (message.address, message.language.value) == ("tuva@norrvik.example", "sv")
    assert Link.select().where(Link.user == tuva).count() <= 1


def test_pressing_twice_invites_once(cast):
    browser = cast.at("owner")
    for _ in range(2):
        answer = browser.post("/staff/invitation", data=fields(form_key="same"))
        assert answer.status_code == 302
    assert Event.select().where(Event.verb == "user.invited").count() == 1


def test_a_user_name_in_use_is_refused_at_its_field(cast):
    said = "DISPATCHER"
    answer = invite(cast.at("owner"), login=said)
    assert (answer.status_code, f"The user name {said} is in use" in answer.text) == (422, True)
    assert 'value="Tuva Tekniker"' in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"login": ""},
        {"email": ""},
        {"email": "no address"},
        {"role": ""},
        {"role": "portal"},
        {"role": "king"},
        {"stores": ["999"]},
    ],
)
def test_an_invitation_that_is_not_right_makes_nobody(cast, changes):
    before = User.select().count()
    assert invite(cast.at("owner"), **changes).status_code == 422
    assert User.select().count() == before


@pytest.mark.parametrize("who", ["dispatcher", "technician", "finance", "cashier"])
def test_only_those_with_the_right_invite(cast, who):
    assert cast.at(who).get("/staff/invitation").status_code == 403
    answer = invite(cast.at(who))
    assert (answer.status_code, "Invite staff" in answer.text) == (403, True)
    assert User.with_login("tuva") is None


def test_nobody_invites_to_a_role_with_rights_they_lack(cast):
    UserRight.create(user=cast.dispatcher, right=Right.USER_INVITE, granted=True)
    for role in ("owner", "administrator"):
        answer = invite(cast.at("dispatcher"), role=role)
        assert (answer.status_code, "You cannot give a right you lack yourself" in answer.text) == (403, True)
    assert User.with_login("tuva") is None
    assert invite(cast.at("dispatcher"), role="technician").status_code == 302


def test_nobody_invites_into_a_store_they_do_not_work_in(cast):
    UserRight.create(user=cast.dispatcher, right=Right.USER_INVITE, granted=True)
    assert invite(cast.at("dispatcher"), stores=[cast.house.south.id]).status_code == 422
    with pytest.raises(Refused) as refused:
        User.invite({"login": "x", "name": "X", "role": Role.TECHNICIAN}, stores=[cast.house.south], by=cast.dispatcher)
    assert [refusal.code for refusal in refused.value.refusals] == ["store.no_access"]


def test_a_customers_user_is_not_made_here(cast):
    with pytest.raises(Refused) as refused:
        User.invite({"login": "x", "name": "X", "role": Role.PORTAL}, stores=[], by=cast.owner)
    assert "right.staff_only" in [refusal.code for refusal in refused.value.refusals]


def test_a_lost_letter_is_sent_again_until_a_password_is_chosen(cast):
    new = factories.user(Role.TECHNICIAN, "Ny Person", login="ny")
    User.update(password_hash="").where(User.id == new.id).execute()
    assert "Send the invitation again" in cast.at("owner").get(f"/staff/{new.id}").text
    cast.at("owner").post(f"/staff/{new.id}/invitation")
    assert [event.verb for event in Event.about(new)] == ["user.invited"]
    again = cast.at("owner").post(f"/staff/{cast.technician.id}/invitation")
    assert (again.status_code, "has chosen a password already" in again.text) == (409, True)


def test_the_first_password_is_a_joining(cast):
    new = factories.user(Role.TECHNICIAN, "Ny Person", login="ny")
    User.update(password_hash="").where(User.id == new.id).execute()
    User.get_by_id(new.id).choose_password("bil kaffe fjäll näver")
    assert [event.verb for event in Event.about(new)] == ["user.joined"]
