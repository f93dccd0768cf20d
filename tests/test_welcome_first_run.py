"""The first run: once, by whoever comes first, and then never again."""

from threading import Barrier, Thread

import pytest

from models.base import Country, Language, Taken, connection
from models.event import Event
from models.founding import found
from models.organisation import Organisation, Store
from models.rights import Role
from models.user import User
from tests import factories

FIELDS = {
    "name": "Norrvik Kyla AB",
    "org_number": "559000-0042",
    "country": "SE",
    "language": "",
    "time_zone": "",
    "store_number": "012",
    "store_name": "Kiruna",
    "owner_name": "Olga Owner",
    "login": "Olga",
    "email": "olga@norrvik.example",
    "password": "häst batteri klammer",
}


@pytest.fixture
def browser(database, app):
    return app.test_client()


def set_up(browser, **changes):
    return browser.post("/welcome/own", data=FIELDS | changes)


def test_an_empty_installation_leads_everybody_to_the_welcome(browser):
    for path in ("/", "/customers/", "/login/", "/portal/home/", "/settings/"):
        answer = browser.get(path, follow_redirects=True)
        assert "Welcome to Kundbok" in answer.text, path


def test_the_owner_is_inside_at_once_with_everything_in_place(browser):
    answer = set_up(browser)
    assert answer.location == "/welcome/steps"
    page = browser.get("/welcome/steps").text
    assert "Olga" in page and "1 of 4" in page.replace("1 av 4", "1 of 4")
    house, store, owner = Organisation.get(), Store.get(), User.get()
    assert (house.name, house.language, house.time_zone, house.currency) == (
        "Norrvik Kyla AB",
        Language.SV,
        "Europe/Stockholm",
        "SEK",
    )
    assert (store.number, store.name) == ("012", "Kiruna")
    assert (owner.login, owner.role, owner.email, owner.language) == (
        "olga",
        Role.OWNER,
        "olga@norrvik.example",
        Language.SV,
    )
    assert [event.verb for event in Event.select()] == ["organisation.founded"]
    assert browser.get_cookie("store").value == "012"


def test_the_first_page_leads_on_until_there_is_a_customer(browser):
    set_up(browser)
    assert 'href="/welcome/steps"' in browser.get("/today/").text
    factories.customer(Store.get())
    assert 'href="/welcome/steps"' not in browser.get("/today/").text


@pytest.mark.parametrize(
    ("country", "language", "zone", "currency"),
    [("NO", "nb", "Europe/Oslo", "NOK"), ("UA", "uk", "Europe/Kyiv", "UAH")],
)
def test_the_country_proposes_the_rest(browser, country, language, zone, currency):
    set_up(browser, country=country)
    house = Organisation.get()
    assert (house.language, house.time_zone, house.currency) == (Language(language), zone, currency)


def test_what_was_chosen_is_not_overruled_by_the_country(browser):
    set_up(browser, country="NO", language="en", time_zone="Europe/London")
    house = Organisation.get()
    assert (house.language, house.time_zone, house.currency) == (Language.EN, "Europe/London", "NOK")


@pytest.mark.parametrize(
    "name", ["name", "country", "store_number", "store_name", "owner_name", "login", "email", "password"]
)
def test_what_is_missing_is_named_and_nothing_is_made(browser, name):
    answer = set_up(browser, **{name: ""})
    assert answer.status_code == 422
    assert Organisation.select().count() == User.select().count() == 0
    kept = "org_number" if name == "name" else "name"
    assert f'value="{FIELDS[kept]}"' in answer.text


def test_a_weak_password_is_refused_with_the_reason(browser):
    answer = set_up(browser, password="olgaowner1")
    assert (answer.status_code, "first that are tried" in answer.text) == (422, True)
    assert Organisation.current() is None


def test_afterwards_the_pages_do_not_exist(browser):
    set_up(browser)
    stranger = browser.application.test_client()
    for path in ("/welcome/", "/welcome/own"):
        assert stranger.get(path).status_code == 404
        assert browser.get(path).status_code == 404
    assert set_up(stranger, name="Second", login="second").status_code == 404
    assert stranger.post("/welcome/demo").status_code == 404
    assert (Organisation.select().count(), User.select().count(), Store.select().count()) == (1, 1, 1)


def test_two_first_runs_at_once_make_one_organisation(database):
    barrier, results = Barrier(2), []

    def run(name):
        facts = {"name": name, "country": Country.SE}
        owner = {"login": name, "name": name, "email": f"{name}@norrvik.example"}
        with connection():
            barrier.wait()
            try:
                found(facts, {"number": name, "name": name}, owner, "häst batteri klammer")
                results.append(name)
            except Taken:
                results.append("late")

    threads = [Thread(target=run, args=(name,)) for name in ("first", "second")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(result == "late" for result in results) == [False, True]
    assert (Organisation.select().count(), Store.select().count(), User.select().count()) == (1, 1, 1)


def test_the_demo_company_comes_with_one_press_and_shows_its_people(browser):
    answer = browser.post("/welcome/demo", follow_redirects=True)
    assert answer.status_code == 200
    assert Organisation.select().count() == 1
    assert answer.text.count('name="password"') > 3
    assert browser.get("/welcome/").status_code == 404


def test_the_language_is_chosen_before_anything_exists(browser):
    browser.post("/account/language", data={"language": "uk"}, headers={"Referer": "http://localhost/welcome/"})
    assert '<html lang="uk"' in browser.get("/welcome/").text


def test_machines_are_answered_before_the_first_run(browser):
    assert browser.get("/healthz").json["database"] == "ok"
    assert browser.get("/help/").status_code == 200


def test_the_next_steps_tick_themselves_off(cast):
    page = cast.at("owner").get("/welcome/steps").text
    assert "3 of 4 done" in page  # the company, customers and colleagues are there, the second factor is not
