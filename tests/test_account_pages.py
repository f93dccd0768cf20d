"""The pages of one's own account and of the doors as they open, and what an incomplete form gets."""

import pytest

from blueprints import welcome
from models.organisation import Organisation
from models.user import Theme, User
from tests.factories import PASSWORD

OPEN = {
    "/account/profile": "Your login",
    "/account/password": "Present password",
    "/account/second-factor": "authenticator app",
    "/account/sessions": "This device",
    "/staff/invitation": "Invite a colleague",
    "/settings/stores/new": "What people type when they log in.",
    "/welcome/steps": "Bring your customers",
}


@pytest.mark.parametrize("path", OPEN)
def test_a_page_of_ones_own_opens(cast, path):
    assert OPEN[path] in cast.at("owner").get(path).text


@pytest.mark.parametrize("path", ["/login/", "/login/forgot", "/login/link/x"])
def test_no_door_is_remembered_by_a_browser(cast, path):
    assert cast.stranger().get(path).headers["Cache-Control"] == "no-store"


def test_whoever_is_inside_is_not_asked_to_log_in_again(cast):
    assert cast.at("dispatcher").get("/login/").location == "/today/"
    assert cast.at("marit").get("/login/").location == "/portal/home/"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/login/", {"login": "", "password": ""}),
        ("/login/", {"login": "dispatcher", "password": "x" * 1001}),
        ("/login/forgot", {"login": ""}),
    ],
)
def test_an_incomplete_form_at_the_door_says_what_is_missing(cast, path, form):
    answer = cast.stranger().post(path, data=form)
    assert (answer.status_code, 'class="err"' in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/account/password", "/account/second-factor", "/account/second-factor/removal"])
def test_an_empty_form_of_the_account_changes_nothing(cast, path):
    answer = cast.at("dispatcher").post(path, data={})
    assert answer.status_code == 422
    person = User.with_login("dispatcher")
    assert (person.has_second_factor, person.verify_password(PASSWORD)) == (False, True)


def test_two_devices_that_change_one_profile_see_both_values(cast):
    facts = {"name": "Sanna Lindmo", "email": "a@norrvik.example", "language": "en", "theme": "", "version": 1}
    cast.at("dispatcher").post("/account/profile", data=facts)
    answer = cast.at("dispatcher").post("/account/profile", data=facts | {"email": "b@norrvik.example"})
    assert (answer.status_code, "a@norrvik.example" in answer.text, "b@norrvik.example" in answer.text) == (
        409,
        True,
        True,
    )


def test_the_language_chosen_at_the_door_stays_at_the_door_after_a_logout(cast):
    browser = cast.stranger()
    browser.post("/account/language", data={"language": "sv"})
    browser.post("/login/", data={"login": "dispatcher", "password": PASSWORD})
    assert '<html lang="en"' in browser.get("/today/").text
    with browser.session_transaction() as session:
        assert session["language"] == "sv"


def test_details_that_are_not_right_are_kept_on_the_screen(cast):
    where = f"/staff/{cast.technician.id}/edit"
    assert 'value="Elin Fors"' in cast.at("owner").get(where).text
    answer = cast.at("owner").post(where, data={"name": "", "login": "elin", "email": "no address", "language": "en"})
    assert (answer.status_code, 'value="no address"' in answer.text) == (422, True)


def test_the_form_of_rights_shows_what_the_person_has(cast):
    page = cast.at("owner").get(f"/staff/{cast.technician.id}/rights").text
    assert '<option value="technician" selected>' in page
    assert page.count('<option value="" selected>') > 40


def test_a_first_run_that_lost_the_race_finds_the_page_gone(cast, monkeypatch):
    monkeypatch.setattr(welcome, "only_once", lambda: None)
    facts = {
        "name": "Late AB",
        "country": "SE",
        "store_number": "1",
        "store_name": "Late",
        "owner_name": "Late",
        "login": "late",
    }
    answer = cast.stranger().post(
        "/welcome/own", data=facts | {"email": "late@x.example", "password": "häst batteri klammer"}
    )
    assert answer.status_code == 404
    assert (Organisation.select().count(), User.with_login("late")) == (1, None)


def test_the_form_of_the_first_run_proposes_what_is_usual(database, app):
    page = app.test_client().get("/welcome/own").text
    assert 'value="SE"' in page and "As usual in the country" in page.replace(
        "Som vanligt i landet", "As usual in the country"
    )


def test_a_stranger_chooses_a_language_and_leaves_by_the_door_as_often_as_they_like(cast):
    browser = cast.stranger()
    for _ in range(2):
        answer = browser.post(
            "/account/language", data={"language": "nb"}, headers={"Referer": "http://localhost/help/"}
        )
        assert (answer.status_code, answer.location) == (302, "/help/")
        assert '<html lang="nb"' in browser.get("/login/").text
    answer = browser.post("/account/theme", data={"theme": "dark"})
    assert (answer.status_code, User.select().where(User.theme == Theme.DARK).count()) == (302, 0)
    for _ in range(2):
        assert browser.post("/account/logout").location == "/login/"
    assert '<html lang="en"' in browser.get("/login/").text
