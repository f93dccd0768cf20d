"""What every answer carries, and what no answer gives away."""

import pytest

from tests.world import reset_link


def test_every_page_forbids_foreign_scripts_frames_and_guesses(cast):
    for answer in (
        cast.stranger().get("/login/"),
        cast.at("owner").get("/customers/"),
        cast.at("marit").get("/portal/home/"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_page_whose_address_is_a_secret_tells_it_to_nobody(cast):
    url = f"/login/link/{reset_link(cast.technician)}"
    answer = cast.stranger().get(url)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    expired = cast.stranger().get("/login/link/" + "x" * 43)
    assert (expired.status_code, expired.headers["Referrer-Policy"]) == (409, "no-referrer")


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(cast):
    answer = cast.stranger().post("/login/", data={"login": "dispatcher", "password": "correct horse battery"})
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("kundbok="))
    assert "HttpOnly" in session and "SameSite=Lax" in session


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_after_the_login_nobody_is_led_away_from_here(cast, target):
    form = {"login": "dispatcher", "password": "correct horse battery", "next": target}
    assert cast.stranger().post("/login/", data=form).location == "/today/"


def test_after_the_login_the_page_asked_for_comes(cast):
    form = {"login": "dispatcher", "password": "correct horse battery", "next": "/customers/?q=l%C3%B6v"}
    assert cast.stranger().post("/login/", data=form).location == "/customers/?q=l%C3%B6v"


def test_a_page_of_the_other_side_is_not_the_page_after_the_login(cast):
    staff = {"login": "dispatcher", "password": "correct horse battery", "next": "/portal/orders/"}
    customer = {"login": cast.marit.login, "password": "correct horse battery", "next": "/customers/"}
    assert cast.stranger().post("/login/", data=staff).location == "/today/"
    assert cast.stranger().post("/login/", data=customer).location == "/portal/home/"


@pytest.mark.parametrize("body", ["\0", "a\0b"])
def test_a_null_byte_is_refused_at_the_edge(cast, body):
    assert cast.stranger().post("/login/", data={"login": body, "password": "x"}).status_code in (400, 404)
    assert cast.at("owner").get("/customers/?q=%00").status_code in (400, 404)


def test_the_bare_address_leads_everybody_to_their_own_first_page(cast):
    assert cast.stranger().get("/").location == "/login/"
    assert cast.at("technician").get("/").location == "/today/"
    assert cast.at("marit").get("/").location == "/portal/home/"


def test_over_https_browsers_are_told_to_stay_there(cast, monkeypatch):
    for https, header in ((False, None), (True, "max-age=31536000")):
        monkeypatch.setitem(cast.app.config, "SESSION_COOKIE_SECURE", https)
        assert cast.stranger().get("/login/").headers.get("Strict-Transport-Security") == header
