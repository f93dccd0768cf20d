"""Which passwords will do, and the ways to choose one: a single-use link, or the present password."""

import re
from threading import Barrier, Thread

import pytest
import time_machine

from models.base import connection, now
from models.event import Event
from models.message import Message
from models.password import weaknesses
from models.refusals import Refused
from models.session import Link, Purpose
from models.user import User
from tests.factories import PASSWORD

NEW = "bil kaffe fjäll näver"


@pytest.mark.parametrize("password", ["", "short", "ninechars", "åtta tecken"[:9]])
def test_fewer_than_ten_characters_are_too_few(password):
    assert [refusal.code for refusal in weaknesses(password)] == ["password.short"]


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "Password2026!",
        "losenord1234",
        "Lösenord!!!!!",
        "passord12345",
        "qwertyuiop",
        "1234567890",
        "9876543210",
        "abcdefghij",
        "aaaaaaaaaaaa",
        "ababababab",
        "пароль123456",
        "йцукенгшщз1",
        "kundbok12345",
        "sommar2026!!",
        "sanna.lindmo",
        "SannaLindmo1",
        "lindmo.sanna@x.example",
    ],
)
def test_what_is_tried_first_will_not_do(password):
    refusals = weaknesses(password, "sanna.lindmo", "Sanna Lindmo", "lindmo.sanna@norrvik.example")
    assert [refusal.code for refusal in refusals] == ["password.guessable"]


@pytest.mark.parametrize(
    "password",
    [NEW, "correct horse battery", "7 gröna elefanter", "X9#fq2!kLm", "sannas hund heter Bosse", "дві кішки і чай"],
)
def test_a_few_unrelated_words_will_do(password):
    assert weaknesses(password, "sanna.lindmo", "Sanna Lindmo", "sanna@norrvik.example") == []


# By link


def url(user: User, purpose: Purpose = Purpose.RESET) -> str:
    return f"/login/link/{Link.issue(user, purpose)}"


def choose(browser, where, password=NEW, repeat=None):
    return browser.post(where, data={"password": password, "repeat": password if repeat is None else repeat})


def can_log_in(cast, password=NEW, login="dispatcher") -> bool:
    return cast.stranger().post("/login/", data={"login": login, "password": password}).status_code == 302


def test_a_link_lets_its_person_choose_a_password_and_ends_their_sessions(cast):
    browser = cast.at("dispatcher")
    answer = choose(cast.stranger(), url(cast.dispatcher))
    assert answer.location == "/login/"
    assert can_log_in(cast)
    assert not can_log_in(cast, PASSWORD)
    assert browser.get("/today/").status_code == 302
    assert Event.about(cast.dispatcher).where(Event.verb == "user.password_changed").count() == 1


def test_opening_the_link_uses_nothing_up(cast):
    where = url(cast.dispatcher)
    for _ in range(3):
        page = cast.stranger().get(where)
        assert (page.status_code, "dispatcher" in page.text) == (200, True)
    assert choose(cast.stranger(), where).status_code == 302


def test_a_link_works_once(cast):
    where = url(cast.dispatcher)
    choose(cast.stranger(), where)
    again = choose(cast.stranger(), where, "another good password")
    assert (again.status_code, "This link no longer works" in again.text) == (409, True)
    assert 'href="/login/forgot"' in again.text
    assert can_log_in(cast)


def test_of_two_who_use_a_link_at_once_one_chooses_the_password(cast):
    token, results, barrier = Link.issue(cast.dispatcher, Purpose.RESET), [], Barrier(2)

    def use(password):
        with connection():
            found = Link.find(token)
            barrier.wait()
            try:
                found.use(password)
                results.append(password)
            except Refused as error:
                results.append(error.refusals[0].code)

    threads = [Thread(target=use, args=(f"{word} fågel i taket",)) for word in ("röd", "grön")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert results.count("link.expired") == 1
    chosen = next(result for result in results if result != "link.expired")
    assert User.with_login("dispatcher").verify_password(chosen)


def test_a_link_works_for_half_an_hour(cast):
    where = url(cast.dispatcher)
    with time_machine.travel(now().timestamp() + 29 * 60):
        assert cast.stranger().get(where).status_code == 200
    with time_machine.travel(now().timestamp() + 31 * 60):
        assert cast.stranger().get(where).status_code == 409
        assert choose(cast.stranger(), where).status_code == 409
    assert can_log_in(cast, PASSWORD)


def test_a_new_link_ends_the_one_before(cast):
    first, second = url(cast.dispatcher), url(cast.dispatcher)
    assert cast.stranger().get(first).status_code == 409
    assert cast.stranger().get(second).status_code == 200


def test_a_link_of_somebody_who_is_switched_off_is_dead(cast):
    where = url(cast.dispatcher)
    cast.dispatcher.inactivate(by=cast.owner)
    assert choose(cast.stranger(), where).status_code == 409


@pytest.mark.parametrize(
    ("password", "repeat", "said"),
    [("kort", "kort", "at least 10"), ("password123", "password123", "first that are tried"), (NEW, "other", "differ")],
)
def test_a_password_that_will_not_do_leaves_the_link_usable(cast, password, repeat, said):
    where = url(cast.dispatcher)
    answer = choose(cast.stranger(), where, password, repeat)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert password not in answer.text or password == "kort"
    assert choose(cast.stranger(), where).status_code == 302


def test_only_the_links_hash_is_kept(cast):
    token = Link.issue(cast.dispatcher, Purpose.RESET)
    assert token not in [row.token for row in Link.select()]


def test_whoever_locked_themselves_out_gets_in_again_by_the_link(cast):
    for _ in range(11):
        cast.stranger().post("/login/", data={"login": "dispatcher", "password": "wrong"})
    choose(cast.stranger(), url(cast.dispatcher))
    assert can_log_in(cast)


# Forgotten


def forgot(browser, login):
    return browser.post("/login/forgot", data={"login": login}, follow_redirects=True)


def asked() -> list[str]:
    return [event.what for event in Event.select().where(Event.verb == "user.password_forgotten")]


def test_the_answer_is_the_same_whoever_it_is(cast):
    answers = [
        re.sub(r'value="[^"]+"', "", forgot(cast.stranger(), login).text)
        for login in ("dispatcher", "nobody-here", "x@y.example")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert "an e-mail with a link is on its way" in answers[0]
    assert asked() == ["Sanna Lindmo"]


@pytest.mark.parametrize(
    "typed", ["dispatcher", "DISPATCHER ", "dispatcher@norrvik.example", "Dispatcher@Norrvik.example"]
)
def test_by_user_name_or_e_mail(cast, typed):
    forgot(cast.stranger(), typed)
    assert asked() == ["Sanna Lindmo"]


def test_an_address_that_several_share_names_nobody(cast):
    User.update(email="office@norrvik.example").where(User.login.in_(["dispatcher", "technician"])).execute()
    forgot(cast.stranger(), "office@norrvik.example")
    assert asked() == []


def test_who_is_switched_off_gets_no_link(cast):
    cast.dispatcher.inactivate(by=cast.owner)
    forgot(cast.stranger(), "dispatcher")
    assert asked() == []


def test_nobodys_mailbox_is_flooded(cast):
    for _ in range(8):
        assert "on its way" in forgot(cast.stranger(), "dispatcher").text
    assert len(asked()) == 5


def test_one_address_does_not_ask_for_everybody(cast):
    for number in range(30):
        forgot(cast.stranger(), f"name{number}")
    answer = forgot(cast.stranger(), "dispatcher")
    assert (answer.status_code, "Too many attempts" in answer.text) == (422, True)
    assert asked() == []


# Changing one's own


def change(browser, present=PASSWORD, password=NEW):
    return browser.post("/account/password", data={"present": present, "password": password, "repeat": password})


def test_changing_ones_own_takes_the_present_one(cast):
    browser = cast.at("dispatcher")
    wrong = change(browser, "not this one")
    assert (wrong.status_code, "The present password is wrong" in wrong.text) == (422, True)
    assert can_log_in(cast, PASSWORD)
    assert change(browser).location == "/account/profile"
    assert can_log_in(cast)


def test_whoever_finds_an_open_computer_cannot_try_passwords_for_long(cast):
    browser = cast.at("dispatcher")
    for number in range(10):
        browser.post(
            "/account/password", data={"present": "wrong", "password": NEW, "repeat": NEW, "form_key": f"key{number}"}
        )
    answer = browser.post(
        "/account/password", data={"present": PASSWORD, "password": NEW, "repeat": NEW, "form_key": "key"}
    )
    assert (answer.status_code, "Too many attempts" in answer.text) == (422, True)


@pytest.mark.parametrize("weak", ["kort", "dispatcher1"])
def test_ones_own_new_one_must_do_too(cast, weak):
    assert change(cast.at("dispatcher"), password=weak).status_code == 422
    assert can_log_in(cast, PASSWORD)


def test_no_password_stands_in_any_event_or_message(cast):
    change(cast.at("dispatcher"))
    assert NEW not in str([(event.data, event.changes, event.what) for event in Event.select()])
    assert NEW not in str([message.reason for message in Message.select()])
