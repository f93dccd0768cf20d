"""The code after the password: asked of those who have it, good once, and only for a few minutes."""

import pyotp
import pytest
import time_machine

from models.base import now
from models.event import Event
from models.login import LoginRecord, Outcome
from models.session import Session
from models.user import User
from tests.factories import PASSWORD

SECRET = pyotp.random_base32()


@pytest.fixture
def guarded(cast) -> User:
    cast.dispatcher.use_second_factor(SECRET, by=cast.dispatcher)
    return cast.dispatcher


def half_way(cast, **more):
    browser = cast.stranger()
    answer = browser.post("/login/", data={"login": "dispatcher", "password": PASSWORD, **more})
    assert answer.location == "/login/code"
    return browser


def code(at=None) -> str:
    return pyotp.TOTP(SECRET).at(at or now())


def test_the_password_alone_opens_nothing(cast, guarded):
    browser = half_way(cast)
    assert browser.get("/customers/").location.startswith("/login/")
    assert Session.select().count() == 0
    assert "six digits" in browser.get("/login/code").text


def test_with_the_code_one_is_in_on_the_page_asked_for_and_in_the_store_named(cast, guarded):
    browser = half_way(cast, store="012", next="/orders/")
    answer = browser.post("/login/code", data={"code": code()})
    assert answer.location == "/orders/"
    assert browser.get_cookie("store").value == "012"


def test_a_code_is_good_once(cast, guarded):
    said = code()
    assert half_way(cast).post("/login/code", data={"code": said}).status_code == 302
    again = half_way(cast).post("/login/code", data={"code": said})
    assert (again.status_code, "wrong or was used already" in again.text) == (422, True)


def test_an_earlier_code_does_not_work_after_a_later_one(cast, guarded):
    moment = now()
    half_way(cast).post("/login/code", data={"code": code(moment)})
    earlier = pyotp.TOTP(SECRET).at(moment, counter_offset=-1)
    assert half_way(cast).post("/login/code", data={"code": earlier}).status_code == 422


def test_a_clock_that_is_half_a_minute_off_is_forgiven(cast, guarded):
    late = pyotp.TOTP(SECRET).at(now(), counter_offset=-1)
    assert half_way(cast).post("/login/code", data={"code": f"{late[:3]} {late[3:]}"}).status_code == 302


@pytest.mark.parametrize("typed", ["000000", "", "abc", "1" * 200])
def test_a_wrong_code_is_refused_and_noted(cast, guarded, typed):
    answer = half_way(cast).post("/login/code", data={"code": typed})
    assert answer.status_code == 422
    if typed:
        assert LoginRecord.select().where(LoginRecord.outcome == Outcome.CODE).count() == 1


def test_ten_wrong_codes_are_enough_for_an_hour(cast, guarded):
    for _ in range(10):
        half_way(cast).post("/login/code", data={"code": "000000"})
    answer = half_way(cast).post("/login/code", data={"code": code()})
    assert (answer.status_code, "Too many attempts" in answer.text) == (422, True)


def test_the_code_must_come_within_minutes_of_the_password(cast, guarded):
    browser = half_way(cast)
    with time_machine.travel(now().timestamp() + 301):
        answer = browser.post("/login/code", data={"code": code()})
    assert (answer.status_code, "given too long ago" in answer.text) == (409, True)


def test_without_the_password_there_is_no_code_to_give(cast, guarded):
    assert cast.stranger().get("/login/code").status_code == 409
    assert cast.stranger().post("/login/code", data={"code": code()}).status_code == 409


def test_whoever_is_switched_off_in_between_does_not_get_in(cast, guarded):
    browser = half_way(cast)
    cast.dispatcher.inactivate(by=cast.owner)
    assert browser.post("/login/code", data={"code": code()}).status_code == 409


# Switching it on and off


def secret_on(page: str) -> str:
    return page.partition('<code class="num">')[2].partition("<")[0]


def test_the_factor_is_on_only_after_a_first_right_code(cast):
    browser = cast.at("dispatcher")
    page = browser.get("/account/second-factor").text
    assert "<svg" in page and "style=" not in page
    wrong = browser.post("/account/second-factor", data={"code": "000000"})
    assert (wrong.status_code, User.with_login("dispatcher").has_second_factor) == (422, False)
    secret = secret_on(browser.get("/account/second-factor").text)
    assert browser.post("/account/second-factor", data={"code": pyotp.TOTP(secret).now()}).status_code == 302
    kept = User.with_login("dispatcher")
    assert (kept.totp_secret, kept.has_second_factor) == (secret, True)
    assert Event.about(kept).first().verb == "user.second_factor_on"
    assert secret not in str([event.data for event in Event.select()])


def test_the_code_that_switched_it_on_does_not_log_in(cast):
    browser = cast.at("dispatcher")
    secret = secret_on(browser.get("/account/second-factor").text)
    said = pyotp.TOTP(secret).now()
    browser.post("/account/second-factor", data={"code": said})
    assert half_way(cast).post("/login/code", data={"code": said}).status_code == 422


def test_switching_it_off_takes_the_password(cast, guarded):
    browser = half_way(cast)
    browser.post("/login/code", data={"code": code()})
    wrong = browser.post("/account/second-factor/removal", data={"present": "not this one"})
    assert (wrong.status_code, "The present password is wrong" in wrong.text) == (422, True)
    assert User.with_login("dispatcher").has_second_factor
    assert browser.post("/account/second-factor/removal", data={"present": PASSWORD}).status_code == 302
    assert not User.with_login("dispatcher").has_second_factor


def test_for_a_lost_phone_someone_with_the_right_switches_it_off(cast, guarded):
    cast.at("owner").post(f"/staff/{guarded.id}/second-factor/removal")
    assert not User.with_login("dispatcher").has_second_factor
    event = Event.about(guarded).first()
    assert (event.verb, event.actor_name) == ("user.second_factor_off", "Olga Owner")
    again = cast.at("owner").post(f"/staff/{guarded.id}/second-factor/removal")
    assert (again.status_code, "has no second factor" in again.text) == (409, True)


def test_the_owners_factor_is_not_theirs_to_switch_off(cast):
    cast.owner.use_second_factor(SECRET, by=cast.owner)
    answer = cast.at("finance").post(f"/staff/{cast.owner.id}/second-factor/removal")
    assert answer.status_code == 404
    assert User.get_by_id(cast.owner.id).has_second_factor


def test_a_page_left_open_on_another_device_does_not_replace_the_secret_that_is_on(cast):
    here, there = cast.at("dispatcher"), cast.stranger()
    there.post("/login/", data={"login": "dispatcher", "password": PASSWORD})
    planted = secret_on(there.get("/account/second-factor").text)
    here.post(
        "/account/second-factor", data={"code": pyotp.TOTP(secret_on(here.get("/account/second-factor").text)).now()}
    )
    kept = User.with_login("dispatcher").totp_secret
    answer = there.post("/account/second-factor", data={"code": pyotp.TOTP(planted).now()})
    assert (answer.status_code, User.with_login("dispatcher").totp_secret) == (422, kept)
