"""Declining a request for a store: the asker is told why in their language, once, and may ask again."""

import pytest

from models.access_request import AccessRequest
from models.base import Language
from models.event import Event
from models.message import Channel, Message, MessageState
from models.refusals import Refused
from models.rights import Right
from models.user import StoreAccess, User, UserRight
from tasks import letters
from tests.cast import work

WHY = "You work in Kiruna until spring. Ask again in April."


@pytest.fixture
def asked(cast) -> AccessRequest:
    User.update(language=Language.SV).where(User.id == cast.technician.id).execute()
    AccessRequest.ask(cast.technician, cast.house.south)
    work()
    return AccessRequest.get()


def address(asked: AccessRequest) -> str:
    return f"/inbox/access/{asked.id}/refusal"


def codes(call) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [refusal.code for refusal in refused.value.refusals]


@pytest.mark.requirement("S0.24")
def test_a_no_carries_its_reason_to_the_asker_in_their_language(cast, asked):
    browser = cast.at("administrator")
    assert f'href="{address(asked)}"' in browser.get("/inbox/").text
    assert "<b>Elin Fors</b>, In Kundbok, E-mail" in browser.get(address(asked)).text
    answer = browser.post(address(asked), data={"why": WHY})
    assert (answer.status_code, answer.location) == (302, "/inbox/")
    assert (
        AccessRequest.select().count(),
        StoreAccess.select().where(StoreAccess.user == cast.technician).count(),
    ) == (
        0,
        1,
    )
    work()
    assert (
        f"avböjde en begäran från <b>Elin Fors</b> om tillgång till 031 Norrvik Kyla Malmö: {WHY}"
        in cast.at("technician").get("/inbox/").text
    )
    letter = letters.write(Message.get((Message.verb == "store.access_declined") & (Message.channel == Channel.EMAIL)))
    assert (letter.language, WHY in letter.text, WHY in letter.html) == ("sv", True, True)


def test_it_is_on_the_log_under_the_name_of_who_declined(cast, asked):
    asked.decline(WHY, by=cast.owner)
    event = Event.about(cast.technician).first()
    assert (event.verb, event.actor, event.data) == (
        "store.access_declined",
        cast.owner,
        {"store": "031 Norrvik Kyla Malmö", "why": WHY},
    )


def test_only_the_asker_is_told(cast, asked):
    asked.decline(WHY, by=cast.owner)
    work()
    told = Message.select().where(Message.verb == "store.access_declined")
    assert {(message.user, message.channel) for message in told} == {
        (cast.technician, Channel.APP),
        (cast.technician, Channel.EMAIL),
    }
    assert all(message.state is not MessageState.SKIPPED for message in told)


def test_without_a_reason_nothing_is_declined(cast, asked):
    answer = cast.at("owner").post(address(asked), data={"why": "  "})
    assert (answer.status_code, AccessRequest.select().count()) == (422, 1)
    assert "Fill this in." in answer.text


def test_of_two_answers_the_first_counts(cast, asked):
    late = AccessRequest.get_by_id(asked.id)
    StoreAccess.give(cast.technician, cast.house.south, until=None, by=cast.owner)
    assert late.decline(WHY, by=cast.administrator) is False
    assert Event.select().where(Event.verb == "store.access_declined").count() == 0
    assert cast.at("owner").get(address(asked)).status_code == 404
    assert cast.at("owner").post(address(asked), data={"why": WHY}).status_code == 404


def test_who_was_declined_may_ask_again(cast, asked):
    asked.decline(WHY, by=cast.owner)
    AccessRequest.ask(cast.technician, cast.house.south)
    assert AccessRequest.select().count() == 1


def test_who_could_not_give_the_access_cannot_decline_it(cast, asked):
    assert cast.at("dispatcher").post(address(asked), data={"why": WHY}).status_code == 403
    UserRight.create(user=cast.dispatcher, right=Right.STORE_GRANT, granted=True)
    deputy = User.get_by_id(cast.dispatcher.id)  # works in the north only
    assert codes(lambda: asked.decline(WHY, by=deputy)) == ["store.no_access"]
    assert cast.at(deputy).get(address(asked)).status_code == 403
    assert AccessRequest.select().count() == 1
