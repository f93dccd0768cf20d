"""Logging in disconnected: the session leaves all devices alone, says so everywhere, and one click connects it."""

import re

import pyotp
import pytest
from markupsafe import escape

from models.refusals import Refused
from models.session import Session
from tests import factories
from tests.factories import PASSWORD

BANNER = 'id="disconnected"'
SAID = "You are logged in disconnected, so printers, card terminals and cash drawers are off"
CODE = "device.disconnected"


def log_in(cast, who: str = "dispatcher", **more):
    browser = cast.stranger()
    answer = browser.post("/login/", data={"login": who, "password": PASSWORD, "disconnected": "y"} | more)
    assert answer.status_code == 302
    return browser


def latest() -> Session:
    return Session.select().order_by(Session.id.desc()).get()


@pytest.mark.requirement("S0.4")
def test_the_tick_at_the_login_makes_a_disconnected_session_and_no_tick_a_connected_one(cast):
    assert "Log in disconnected" in cast.stranger().get("/login/").text
    log_in(cast)
    assert latest().disconnected
    cast.at("technician")
    assert not latest().disconnected


@pytest.mark.requirement("S0.4")
def test_every_staff_page_says_so_until_it_is_connected_by_one_click(cast):
    browser = log_in(cast)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.assign([cast.dispatcher], by=cast.dispatcher)
    pages = ["/today/", "/customers/", "/customers/new", f"/orders/{order.id}/work", "/account/profile", "/help/"]
    assert [page for page in pages if browser.get(page).text.count(BANNER) != 1] == []
    answer = browser.post("/devices/connection", headers={"Referer": "http://localhost/customers/new"})
    assert (answer.status_code, answer.location) == (302, "/customers/new")
    assert not latest().disconnected
    assert "Connected: printers" in browser.get("/today/").text
    assert [page for page in pages if BANNER in browser.get(page).text] == []


def test_connecting_twice_is_as_good_as_once(cast):
    browser = log_in(cast)
    for _ in range(2):
        assert browser.post("/devices/connection").status_code == 302
    assert not latest().disconnected


def test_a_script_gets_the_note_alone_so_that_the_page_stays(cast):
    browser = log_in(cast)
    answer = browser.post("/devices/connection", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text and BANNER not in answer.text
    assert "Connected: printers" in answer.text


@pytest.mark.requirement("S0.4", "S0.7")
def test_the_page_of_devices_says_whether_this_session_is_connected_and_explains_the_dead_button(cast):
    browser = log_in(cast)
    page = browser.get("/devices/").text
    assert "Disconnected</span>" in page and "No devices yet" in page
    dead = re.search(r'<span class="act">.*?Print a test page.*?</section>', page, re.DOTALL)[0]
    assert 'aria-disabled="true"' in dead and SAID in dead
    assert f'href="/help/{CODE}"' in dead and 'action="/devices/connection"' in dead
    connected = cast.at("dispatcher").get("/devices/").text
    assert "Connected</span>" in connected and 'href="/devices/test-page"' in connected and SAID not in connected


@pytest.mark.requirement("S0.4")
def test_printing_is_refused_with_the_same_reason_and_works_once_connected(cast):
    browser = log_in(cast)
    refused = browser.get("/devices/test-page")
    assert (refused.status_code, SAID in refused.text) == (409, True)
    assert f'href="/help/{CODE}"' in refused.text and "Connect now" in refused.text
    browser.post("/devices/connection")
    printed = browser.get("/devices/test-page")
    assert (printed.status_code, "ІЇЄҐ" in printed.text, "data-print" in printed.text) == (200, True, True)


def test_every_later_device_asks_the_same_of_the_session(cast):
    log_in(cast)
    session = latest()
    assert [refusal.code for refusal in session.why_not("use_devices", cast.dispatcher)] == [CODE]
    with pytest.raises(Refused):
        session.demand("use_devices", cast.dispatcher)
    session.connect(by=cast.dispatcher)
    assert session.why_not("use_devices", cast.dispatcher) == []
    assert [refusal.code for refusal in session.why_not("connect", cast.owner)] == ["right.own"]


def test_a_customers_user_has_no_devices_to_be_disconnected_from(cast):
    browser = log_in(cast, cast.marit.login)
    assert not latest().disconnected
    assert BANNER not in browser.get("/portal/home/").text
    assert browser.get("/devices/").status_code == 404
    assert browser.post("/devices/connection").status_code == 404


def test_the_tick_is_kept_through_the_second_factor_and_after_a_wrong_password(cast):
    answer = cast.stranger().post("/login/", data={"login": "dispatcher", "password": "no", "disconnected": "y"})
    assert re.search(r'<input [^>]*checked[^>]*name="disconnected"', answer.text)
    secret = pyotp.random_base32()
    cast.dispatcher.use_second_factor(secret, by=cast.dispatcher)
    browser = log_in(cast)
    browser.post("/login/code", data={"code": pyotp.TOTP(secret).now()})
    assert latest().disconnected and BANNER in browser.get("/today/").text


def test_a_new_password_keeps_the_session_as_it_was(cast):
    browser = log_in(cast)
    new = "bil kaffe fjäll näver"
    browser.post("/account/password", data={"present": PASSWORD, "password": new, "repeat": new})
    assert latest().disconnected and BANNER in browser.get("/today/").text


@pytest.mark.parametrize("language", ["sv", "nb", "uk", "en"])
def test_the_reason_has_its_page_of_help(cast, language):
    browser = cast.stranger()
    browser.post("/account/language", data={"language": language})
    page = browser.get(f"/help/{CODE}").text
    assert f'<html lang="{language}"' in page
    words = {"sv": "Anslut nu", "nb": "Koble til nå", "uk": "Підключити зараз", "en": "Connect now"}
    assert str(escape(words[language])) in page
