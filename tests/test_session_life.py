"""How long a login lasts, and everything that ends it."""

from datetime import timedelta

import pytest
import time_machine

from blueprints.devices import device_name
from models.attempt import Attempt
from models.base import now
from models.organisation import Organisation
from models.refusals import Refused
from models.rights import Right
from models.session import Session, Submission
from models.user import StoreAccess, User, UserRight
from tasks import recurring, retention
from tests.factories import PASSWORD

NEW = "bil kaffe fjäll näver"


def inside(browser, page="/today/") -> bool:
    return browser.get(page).status_code == 200


def copied(cast, browser):
    """Another browser with the same cookie."""
    other = cast.stranger()
    other.set_cookie("kundbok", browser.get_cookie("kundbok").value)
    return other


def test_a_cookie_copied_before_the_logout_is_dead_after_it(cast):
    browser = cast.at("dispatcher")
    thief = copied(cast, browser)
    assert inside(thief)
    browser.post("/account/logout")
    assert not inside(thief)


def test_a_cookie_made_up_from_a_user_number_opens_nothing(cast, app):
    with cast.stranger() as browser:
        with browser.session_transaction() as session:
            session["_user_id"] = str(cast.owner.id)
        assert not inside(browser)


def test_a_session_gets_a_new_cookie_at_the_login(cast):
    browser = cast.stranger()
    with browser.session_transaction() as session:
        session["planted"] = "before"
    browser.post("/login/", data={"login": "dispatcher", "password": PASSWORD})
    with browser.session_transaction() as session:
        assert "planted" not in session


def test_the_token_is_kept_as_a_hash_only(cast):
    browser = cast.at("dispatcher")
    with browser.session_transaction() as session:
        token = session["_user_id"]
    assert [row.token for row in Session.select()] != [token]
    assert Session.of(token, Organisation.current()).user.login == "dispatcher"


def test_staff_are_logged_out_when_idle_too_long(cast):
    browser = cast.at("dispatcher")
    with time_machine.travel(now().timestamp() + 599 * 60):
        assert inside(browser)
    with time_machine.travel(now().timestamp() + (599 + 601) * 60):
        assert not inside(browser)
    assert Session.get().end_reason == "idle"


@pytest.mark.requirement("S4.20")
def test_a_customers_user_is_logged_out_after_the_minutes_of_the_setting(cast):
    Organisation.update(portal_idle_minutes=5).execute()
    browser = cast.at("marit")
    with time_machine.travel(now().timestamp() + 4 * 60):
        assert inside(browser, "/portal/home/")
    with time_machine.travel(now().timestamp() + 10 * 60):
        assert not inside(browser, "/portal/home/")


def test_nobody_stays_in_longer_than_two_weeks(cast):
    browser = cast.at("dispatcher")
    start = now().timestamp()
    for hours in range(9, 14 * 24, 9):
        with time_machine.travel(start + hours * 3600):
            assert inside(browser), hours
    with time_machine.travel(start + 14 * 24 * 3600 + 60):
        assert not inside(browser)
    assert Session.get().end_reason == "too_long"


def test_the_last_sign_of_life_is_written_once_a_minute_at_most(cast):
    browser = cast.at("dispatcher")
    first = Session.get().seen_at
    inside(browser)
    assert Session.get().seen_at == first
    with time_machine.travel(now().timestamp() + 61):
        inside(browser)
    assert Session.get().seen_at > first


def test_being_switched_off_ends_everything_at_the_next_click(cast):
    browser = cast.at("dispatcher")
    cast.at("owner").post(f"/staff/{cast.dispatcher.id}/inactivation")
    assert not inside(browser)


@pytest.mark.requirement("S4.7")
def test_closing_the_portal_ends_its_sessions_and_nobody_elses(cast):
    customer, staff = cast.at("marit"), cast.at("dispatcher")
    Organisation.update(portal_open=False).execute()
    assert not inside(customer, "/portal/home/")
    assert inside(staff)


def test_a_new_password_ends_every_other_session_and_keeps_this_one(cast):
    here, elsewhere = cast.at("dispatcher"), cast.stranger()
    elsewhere.post("/login/", data={"login": "dispatcher", "password": PASSWORD})
    assert inside(elsewhere)
    thief = copied(cast, here)
    answer = here.post("/account/password", data={"present": PASSWORD, "password": NEW, "repeat": NEW})
    assert answer.status_code == 302
    assert (inside(here), inside(elsewhere), inside(thief)) == (True, False, False)


def test_a_right_withdrawn_is_gone_at_the_next_click(cast):
    browser = cast.at("dispatcher")
    assert browser.get("/customers/").status_code == 200
    for right in (Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED):
        UserRight.create(user=cast.dispatcher, right=right, granted=False)
    assert browser.get("/customers/").status_code == 403


def test_a_store_withdrawn_is_left_at_the_next_click(cast):
    StoreAccess.give(cast.dispatcher, cast.house.south, until=None, by=cast.owner)
    browser = cast.at("dispatcher")
    browser.post("/account/store", data={"store": cast.house.south.id})
    assert "You are in Norrvik Kyla Malmö" in browser.get("/today/").text
    StoreAccess.withdraw(cast.dispatcher, cast.house.south, by=cast.owner)
    assert "You are in Norrvik Kyla Kiruna" in browser.get("/today/").text
    StoreAccess.withdraw(cast.dispatcher, cast.house.north, by=cast.owner)
    assert "You are in" not in browser.get("/today/").text
    assert "Lövskär" not in browser.get("/customers/").text


def test_nobody_switches_to_a_store_they_do_not_work_in(cast):
    browser = cast.at("dispatcher")
    browser.post("/account/store", data={"store": cast.house.south.id})
    assert "You are in Norrvik Kyla Kiruna" in browser.get("/today/").text
    with pytest.raises(Refused):
        Session.get(Session.user == cast.dispatcher).enter(cast.house.south)


# One's own devices


def test_other_devices_are_listed_and_can_be_logged_out(cast):
    here, elsewhere = cast.at("dispatcher"), cast.stranger()
    elsewhere.post(
        "/login/",
        data={"login": "dispatcher", "password": PASSWORD},
        headers={"User-Agent": "Firefox on a borrowed laptop"},
    )
    assert "Firefox" in here.get("/account/sessions").text
    other = Session.get(Session.device == "Firefox on a borrowed laptop")
    here.post(f"/account/sessions/{other.id}/end")
    assert (inside(here), inside(elsewhere)) == (True, False)


def test_all_other_devices_at_once(cast):
    here = cast.at("dispatcher")
    for _ in range(2):
        cast.stranger().post("/login/", data={"login": "dispatcher", "password": PASSWORD})
    assert "2 other devices are logged out" in here.post("/account/sessions/others/end", follow_redirects=True).text
    assert Session.select().where(Session.ended_at.is_null()).count() == 1
    assert inside(here)


def test_the_sessions_of_others_are_not_ones_own(cast):
    cast.at("dispatcher")
    theirs = Session.get(Session.user == cast.dispatcher)
    assert cast.at("owner").post(f"/account/sessions/{theirs.id}/end").status_code == 404
    assert Session.get_by_id(theirs.id).ended_at is None


def test_sessions_that_timed_out_are_not_listed(cast):
    browser = cast.at("dispatcher")
    Session.update(seen_at=now().replace(year=2025)).where(Session.user == cast.dispatcher).execute()
    assert Session.alive(cast.dispatcher, Organisation.current()) == []
    assert not inside(browser)


def test_old_sessions_are_forgotten(cast):
    cast.at("dispatcher")
    Session.update(started_at=now().replace(year=now().year - 2)).execute()
    retention.run_all()
    assert Session.select().count() == 0
    assert User.with_login("dispatcher").last_login_at


def test_every_night_what_says_nothing_any_more_is_forgotten_and_the_rest_stays(cast):
    for age in (timedelta(hours=1), timedelta(days=3), timedelta(days=8)):
        key = f"{age.days} days ago"
        Attempt.create(key=key, minute=now() - age, count=1)
        Submission.create(key=key, at=now() - age)
    Session.start(cast.dispatcher, store=None, device="", address="")
    for _ in range(2):
        recurring.tidy.call_local()
        assert [row.key for row in Attempt.select()] == ["0 days ago"]
        assert [row.key for row in Submission.select().order_by(Submission.id)] == ["0 days ago", "3 days ago"]
        assert Session.select().count() == 1


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "Firefox on Android"),
        ("curl/8.1", "curl/8.1"),
        ("", "An unknown device"),
    ],
)
def test_a_device_is_called_by_a_name_people_know(app, said, name):
    with app.test_request_context():
        assert device_name(said) == name
