"""Getting in: password, store number, one answer for everybody, and limits that hold across processes."""

import statistics
import time
from threading import Barrier, Thread

import pytest
import time_machine

from models.access_request import AccessRequest
from models.attempt import Attempt
from models.base import connection, now
from models.event import Event
from models.login import LoginRecord, Outcome
from models.organisation import Organisation, Store
from models.refusals import Refused
from models.session import Link, Purpose
from models.user import StoreAccess, User
from tests.factories import PASSWORD

WRONG = "The user name or the password is wrong"


def log_in(browser, login, password=PASSWORD, **more):
    return browser.post("/login/", data={"login": login, "password": password, **more})


def outcomes(login):
    return [line.outcome for line in LoginRecord.select().where(LoginRecord.login == login).order_by(LoginRecord.id)]


def test_the_right_password_opens_ones_own_first_page(cast):
    answer = log_in(cast.stranger(), "dispatcher")
    assert (answer.status_code, answer.location) == (302, "/today/")
    assert outcomes("dispatcher") == [Outcome.IN]


def test_the_user_name_is_known_in_any_case_and_with_spaces_around(cast):
    assert log_in(cast.stranger(), "  DisPatcher ").status_code == 302


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(cast):
    known = log_in(cast.stranger(), "dispatcher", "not this one")
    unknown = log_in(cast.stranger(), "nobody-here", "not this one")
    assert known.status_code == unknown.status_code == 422
    assert WRONG in known.text and WRONG in unknown.text
    strip = lambda answer, name: answer.text.replace(name, "").count("<")  # noqa: E731
    assert strip(known, "dispatcher") == strip(unknown, "nobody-here")
    assert outcomes("nobody-here") == [Outcome.WRONG]


def test_someone_who_has_no_password_yet_gets_that_answer_too(cast):
    User.update(password_hash="").where(User.login == "dispatcher").execute()
    answer = log_in(cast.stranger(), "dispatcher", "x")
    assert (answer.status_code, WRONG in answer.text) == (422, True)


def test_timing_does_not_tell_who_exists(cast, monkeypatch):
    """With hashing as slow as in earnest, both take as long; the medians differ by less than a tenth of a hash."""
    from argon2 import PasswordHasher

    from models import password

    earnest = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    monkeypatch.setattr(password, "_hasher", earnest)
    monkeypatch.setattr(password, "_DUMMY", earnest.hash("nobody's"))
    User.update(password_hash=earnest.hash(PASSWORD)).where(User.login == "dispatcher").execute()
    known, unknown = [], []
    for _ in range(9):
        for login, times in (("dispatcher", known), ("nobody-here", unknown)):
            Attempt.delete().execute()
            start = time.process_time()
            log_in(cast.stranger(), login, "not this one")
            times.append(time.process_time() - start)
    assert statistics.median(unknown) > statistics.median(known) * 0.7
    assert statistics.median(known) > statistics.median(unknown) * 0.7


def test_after_ten_wrong_passwords_the_right_one_does_not_help_for_an_hour(cast):
    browser = cast.stranger()
    for _ in range(10):
        assert log_in(browser, "dispatcher", "not this one").status_code == 422
    blocked = log_in(browser, "dispatcher")
    assert blocked.status_code == 422
    assert "Too many attempts" in blocked.text
    assert "Choose a new password" in blocked.text
    assert outcomes("dispatcher")[-1] is Outcome.BLOCKED
    with time_machine.travel(now().timestamp() + 61 * 60):
        assert log_in(browser, "dispatcher").status_code == 302


def test_the_hour_slides_so_that_nobody_gets_twice_as_many_around_the_full_hour(cast):
    with time_machine.travel("2026-11-23T11:59:30+00:00"):
        for _ in range(10):
            log_in(cast.stranger(), "dispatcher", "not this one")
    with time_machine.travel("2026-11-23T12:00:30+00:00"):
        assert "Too many attempts" in log_in(cast.stranger(), "dispatcher").text


def test_right_passwords_are_not_counted(cast):
    for _ in range(15):
        assert log_in(cast.stranger(), "dispatcher").status_code == 302


def test_the_limit_holds_whatever_address_a_client_claims(cast):
    for number in range(10):
        headers = {
            "X-Forwarded-For": f"10.0.0.{number}",
            "X-Real-IP": f"10.0.0.{number}",
            "Forwarded": f"for=10.0.0.{number}",
        }
        cast.stranger().post("/login/", data={"login": "dispatcher", "password": "wrong"}, headers=headers)
    assert "Too many attempts" in log_in(cast.stranger(), "dispatcher").text


def test_one_address_cannot_try_all_names(cast):
    for number in range(60):
        log_in(cast.stranger(), f"name{number}", "not this one")
    assert "Too many attempts" in log_in(cast.stranger(), "dispatcher").text
    assert outcomes("dispatcher") == [Outcome.BLOCKED]


def test_of_many_at_once_no_more_than_the_limit_get_through(cast):
    """Counted before it is looked: a race evaluates ten at most."""
    through, barrier = [], Barrier(8)

    def try_three():
        barrier.wait()
        with connection():
            for _ in range(3):
                try:
                    Attempt.allow("login:raced", 10)
                    through.append(1)
                except Refused:
                    pass

    threads = [Thread(target=try_three) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert 1 <= len(through) <= 10


def test_a_person_who_is_switched_off_learns_it_only_with_the_right_password(cast):
    cast.dispatcher.inactivate(by=cast.owner)
    assert WRONG in log_in(cast.stranger(), "dispatcher", "not this one").text
    answer = log_in(cast.stranger(), "dispatcher")
    assert (answer.status_code, "This account was switched off" in answer.text) == (409, True)
    assert outcomes("dispatcher") == [Outcome.WRONG, Outcome.INACTIVE]


# The store number


def store_cookie(browser):
    cookie = browser.get_cookie("store")
    return cookie.value if cookie else None


@pytest.mark.requirement("S0.20")
@pytest.mark.requirement("S0.22")
def test_the_store_number_is_kept_after_a_login_and_comes_back(cast):
    browser = cast.stranger()
    log_in(browser, "dispatcher", store="012")
    browser.post("/account/logout")
    page = browser.get("/login/").text
    assert 'value="012"' in page and "Norrvik Kyla Kiruna" in page


@pytest.mark.requirement("S0.21")
def test_without_a_kept_number_the_field_is_empty_and_nothing_is_wrong(cast):
    page = cast.stranger().get("/login/").text
    assert 'id="store" inputmode="numeric" name="store" type="text" value=""' in page
    assert "Not my store" not in page


@pytest.mark.requirement("S0.22")
@pytest.mark.parametrize(("password", "number"), [("wrong", "012"), (PASSWORD, "999"), (PASSWORD, "031")])
def test_a_login_that_fails_keeps_no_number(cast, password, number):
    browser = cast.stranger()
    log_in(browser, "dispatcher", password, store=number)
    assert store_cookie(browser) is None


@pytest.mark.requirement("S0.19")
def test_whom_to_call_is_the_stores_support_then_the_store_then_the_house(cast):
    browser, inside = cast.stranger(), cast.at("dispatcher")
    assert "Support: 0980-319 201" in browser.get("/login/").text
    log_in(browser, "dispatcher", store="012")
    browser.post("/account/logout")
    for field, phone in (("phone", "0980-111 11"), ("support_phone", "0980-222 22")):
        Store.update({field: phone}).where(Store.number == "012").execute()
        assert f"Support: {phone}" in browser.get("/login/").text
        assert f"Support: {phone}" in inside.get("/customers/").text
        assert f"Support: {phone}" not in cast.stranger().get("/login/").text
        assert f"Support: {phone}" not in cast.at("marit").get("/portal/home/").text


@pytest.mark.requirement("S0.23")
def test_another_number_is_written_over_the_kept_one(cast):
    browser = cast.stranger()
    log_in(browser, "olga", store="012")
    browser.post("/account/logout")
    log_in(browser, "olga", store="031")
    assert store_cookie(browser) == "031"


@pytest.mark.requirement("S0.23")
def test_not_my_store_empties_the_field(cast):
    browser = cast.stranger()
    log_in(browser, "dispatcher", store="012")
    browser.post("/account/logout")
    assert 'value="012"' not in browser.get("/login/?other=1").text


def test_an_unknown_number_is_named_and_can_be_corrected_in_place(cast):
    answer = log_in(cast.stranger(), "dispatcher", store="999")
    assert (answer.status_code, "There is no store with number 999" in answer.text) == (422, True)
    assert 'value="999"' in answer.text


@pytest.mark.requirement("S0.24")
def test_a_store_without_access_is_refused_and_can_be_asked_for(cast):
    browser = cast.stranger()
    answer = log_in(browser, "dispatcher", store="031")
    assert answer.status_code == 403
    assert "You have no access to store 031" in answer.text
    assert 'action="/login/access/031"' in answer.text
    assert outcomes("dispatcher") == [Outcome.STORE]
    asked = browser.post("/login/access/031", follow_redirects=True)
    assert "have your request for store 031" in asked.text
    assert [(request.user.login, request.store.number) for request in AccessRequest.open_ones()] == [
        ("dispatcher", "031")
    ]
    browser.post("/login/access/031")
    again = cast.stranger()
    log_in(again, "dispatcher", store="031")
    again.post("/login/access/031")
    assert AccessRequest.select().count() == 1
    assert [event.verb for event in Event.about(cast.dispatcher)] == ["store.access_asked"]


@pytest.mark.requirement("S0.24")
def test_nobody_asks_for_access_without_having_given_the_password(cast):
    cast.stranger().post("/login/access/031")
    browser = cast.stranger()
    log_in(browser, "dispatcher", "wrong", store="031")
    browser.post("/login/access/031")
    assert AccessRequest.select().count() == 0


@pytest.mark.requirement("S0.25")
def test_access_that_was_given_works_until_its_last_day(cast):
    StoreAccess.give(cast.dispatcher, cast.house.south, until=now().replace(year=now().year + 1), by=cast.owner)
    assert log_in(cast.stranger(), "dispatcher", store="031").status_code == 302
    StoreAccess.update(until=now()).where(StoreAccess.store == cast.house.south).execute()
    assert log_in(cast.stranger(), "dispatcher", store="031").status_code == 403


def test_without_a_number_one_works_where_one_worked_last(cast):
    browser = cast.stranger()
    log_in(browser, "olga", store="031")
    browser.post("/account/logout")
    browser.delete_cookie("store")
    log_in(browser, "olga")
    assert "You are in Norrvik Kyla Malmö" in browser.get("/today/").text


@pytest.mark.requirement("S4.7")
def test_while_the_portal_is_closed_its_users_are_told_so_and_staff_get_in(cast):
    Organisation.update(portal_open=False).execute()
    answer = log_in(cast.stranger(), cast.marit.login)
    assert (answer.status_code, "The customer portal is closed" in answer.text) == (403, True)
    assert "Open the portal settings" not in answer.text
    assert outcomes(cast.marit.login) == [Outcome.PORTAL_CLOSED]
    assert log_in(cast.stranger(), "dispatcher").status_code == 302


# The demo's people


def test_logins_are_shown_on_a_demo_installation_only(cast, monkeypatch):
    from tasks import demo

    known = {"login": "dispatcher", "password": PASSWORD, "role": "dispatcher", "store": "012", "customer": ""}
    monkeypatch.setattr(demo, "logins", lambda: [known])
    monkeypatch.setattr(demo, "is_demo", lambda: False)
    assert PASSWORD not in cast.stranger().get("/login/").text
    monkeypatch.setattr(demo, "is_demo", lambda: True)
    page = cast.stranger().get("/login/").text
    assert f'value="{PASSWORD}"' in page and "Dispatcher, 012" in page


def test_of_two_who_use_a_link_at_once_the_second_is_told_and_changes_nothing(cast, monkeypatch):
    """Both found it unused; the database lets one."""
    token = Link.issue(cast.dispatcher, Purpose.RESET)
    late = Link.find(token)
    first, second = "bil kaffe fjäll näver", "sol vinter tak lampa"
    assert cast.stranger().post(f"/login/link/{token}", data={"password": first, "repeat": first}).status_code == 302
    monkeypatch.setattr(Link, "find", lambda _token: late)
    answer = cast.stranger().post(f"/login/link/{token}", data={"password": second, "repeat": second})
    assert (answer.status_code, 'href="/help/link.expired"' in answer.text) == (409, True)
    monkeypatch.undo()
    assert log_in(cast.stranger(), "dispatcher", second).status_code == 422
    assert log_in(cast.stranger(), "dispatcher", first).status_code == 302
