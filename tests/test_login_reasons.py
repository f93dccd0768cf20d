"""Every refusal of somebody's identity, rights or settings stands with its own question of the help beside it."""

import io
import re

import pyotp
import pytest

from models.organisation import Organisation
from models.user import User
from tests.factories import PASSWORD

NEW = "bil kaffe fjäll näver"


def log_in(browser, login="dispatcher", password=PASSWORD, **more):
    return browser.post("/login/", data={"login": login, "password": password, **more})


def wrong_password(cast):
    return log_in(cast.stranger(), password="not this one")


def too_often(cast):
    for _ in range(10):
        wrong_password(cast)
    return log_in(cast.stranger())


def switched_off(cast):
    cast.dispatcher.inactivate(by=cast.owner)
    return log_in(cast.stranger())


def wrong_code(cast):
    cast.dispatcher.use_second_factor(pyotp.random_base32(), by=cast.dispatcher)
    browser = cast.stranger()
    log_in(browser)
    return browser.post("/login/code", data={"code": "000000"})


def portal_closed(cast):
    Organisation.update(portal_open=False).execute()
    return log_in(cast.stranger(), cast.marit.login)


def own_password(cast, present=PASSWORD, password=NEW):
    return cast.at("dispatcher").post(
        "/account/password", data={"present": present, "password": password, "repeat": password}
    )


def logo(cast):
    return cast.at("owner").post(
        "/settings/logo", data={"logo": (io.BytesIO(b"%PDF-1.7"), "a.png")}, content_type="multipart/form-data"
    )


def last_owner(cast):
    User.update(inactive_at=None).execute()
    return cast.at("owner").post(f"/staff/{cast.owner.id}/inactivation")


REFUSED = {
    "login.wrong": wrong_password,
    "quota.exceeded": too_often,
    "user.inactive": switched_off,
    "login.code_wrong": wrong_code,
    "login.too_late": lambda cast: cast.stranger().get("/login/code"),
    "link.expired": lambda cast: cast.stranger().get("/login/link/" + "x" * 43),
    "portal.closed": portal_closed,
    "store.unknown_number": lambda cast: log_in(cast.stranger(), store="999"),
    "store.no_access": lambda cast: log_in(cast.stranger(), store="031"),
    "password.wrong": lambda cast: own_password(cast, present="not this one"),
    "password.short": lambda cast: own_password(cast, password="short"),
    "password.guessable": lambda cast: own_password(cast, password="password123"),
    "user.joined": lambda cast: cast.at("owner").post(f"/staff/{cast.technician.id}/invitation"),
    "user.active": lambda cast: cast.at("owner").post(f"/staff/{cast.technician.id}/restoration"),
    "user.no_second_factor": lambda cast: cast.at("owner").post(f"/staff/{cast.technician.id}/second-factor/removal"),
    "user.last_owner": last_owner,
    "right.missing": lambda cast: cast.at("dispatcher").get("/settings/"),
    "right.own": lambda cast: cast.at("owner").get(f"/staff/{cast.owner.id}/rights"),
    "provider.not_configured": lambda cast: cast.at("owner").post("/settings/mail/test"),
    "logo.type": logo,
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_has_its_status_and_its_question(cast, code):
    answer = REFUSED[code](cast)
    assert answer.status_code in (403, 409, 422)
    assert f'href="/help/{code}"' in answer.text


@pytest.mark.parametrize(
    ("phone", "said"), [("0980-319 201", "Norrvik Kyla can help: 0980-319 201"), ("", "Norrvik Kyla can help")]
)
def test_a_stranger_is_told_whom_to_call_and_no_names(cast, phone, said):
    Organisation.update(phone=phone).execute()
    page = switched_off(cast).text
    assert re.findall(r"Norrvik Kyla can help[^<]*", page) == [said]
    assert cast.owner.name not in page
