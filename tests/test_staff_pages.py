"""The staff's register: details, switching off and back on, stores with an end date, and the log of logins."""

import pytest
import time_machine

from models.access_request import AccessRequest
from models.base import now
from models.event import Event
from models.login import LoginRecord, Outcome
from models.refusals import Refused
from models.rights import Right
from models.user import StoreAccess, User, UserRight
from tasks import retention
from tests import factories
from tests.factories import PASSWORD


def fresh(user: User) -> User:
    return User.get_by_id(user.id)


def test_the_list_shows_who_works_here_and_not_the_customers_people(cast):
    page = cast.at("dispatcher").get("/staff/").text
    assert "Elin Fors" in page and "Technicians" in page and "Claims manager" in page
    assert "Marit Olofsgård" not in page


def test_those_without_the_right_do_not_see_it(cast):
    assert cast.at("technician").get("/staff/").status_code == 403
    assert cast.at("technician").get(f"/staff/{cast.owner.id}").status_code == 404


def test_who_is_switched_off_is_found_under_inactive(cast):
    cast.nobody.inactivate(by=cast.owner)
    assert "Nils Nyanställd" not in cast.at("owner").get("/staff/").text
    assert "Nils Nyanställd" in cast.at("owner").get("/staff/?status=inactive").text


# Details


def edit(browser, person, **changes):
    facts = {
        "name": person.name,
        "login": person.login,
        "email": person.email,
        "phone": person.phone,
        "language": "en",
        "group": person.group_id or "",
    }
    return browser.post(f"/staff/{person.id}/edit", data={**facts, "version": person.version, **changes})


def test_details_are_changed_and_what_changed_is_on_the_log(cast):
    edit(
        cast.at("owner"),
        cast.technician,
        name="Elin Fors-Berg",
        login="ELIN",
        group=factories.user_group("Night shift").id,
    )
    person = fresh(cast.technician)
    assert (person.name, person.login, person.group.name) == ("Elin Fors-Berg", "elin", "Night shift")
    event = Event.about(person).first()
    assert (event.verb, sorted(event.changes)) == ("user.changed", ["group", "login", "name"])


def test_a_user_name_in_use_is_refused_at_its_field(cast):
    said = "dispatcher"
    answer = edit(cast.at("owner"), cast.technician, login=said)
    assert (answer.status_code, f"The user name {said} is in use" in answer.text) == (422, True)


def test_two_who_change_different_details_both_win(cast):
    opened = fresh(cast.technician)
    edit(cast.at("owner"), opened, group=factories.user_group("Night shift").id)
    edit(cast.at("administrator"), opened, phone="070-174 06 16")
    assert (fresh(opened).group.name, fresh(opened).phone) == ("Night shift", "070-174 06 16")


def test_two_who_change_the_same_detail_see_both_values(cast):
    opened = fresh(cast.technician)
    edit(cast.at("owner"), opened, group=factories.user_group("Night shift").id)
    answer = edit(cast.at("administrator"), opened, group=factories.user_group("Day shift").id)
    assert (answer.status_code, "Night shift" in answer.text, "Day shift" in answer.text) == (409, True, True)
    assert fresh(opened).group.name == "Night shift"


# Off and on


@pytest.mark.requirement("S1.37")
def test_switched_off_and_restored_with_everything_as_it_was(cast):
    browser = cast.at("owner")
    browser.post(f"/staff/{cast.dispatcher.id}/inactivation")
    assert not fresh(cast.dispatcher).is_active
    assert [store.number for store in map(lambda access: access.store, StoreAccess.of(cast.dispatcher))] == ["012"]
    browser.post(f"/staff/{cast.dispatcher.id}/restoration")
    assert cast.stranger().post("/login/", data={"login": "dispatcher", "password": PASSWORD}).status_code == 302
    verbs = [event.verb for event in Event.about(cast.dispatcher)]
    assert verbs == ["user.restored", "user.inactivated"]


def test_twice_says_so_and_writes_nothing_more(cast):
    browser = cast.at("owner")
    browser.post(f"/staff/{cast.nobody.id}/inactivation")
    again = browser.post(f"/staff/{cast.nobody.id}/inactivation")
    assert (again.status_code, "This account was switched off" in again.text) == (409, True)
    browser.post(f"/staff/{cast.nobody.id}/restoration")
    again = browser.post(f"/staff/{cast.nobody.id}/restoration")
    assert (again.status_code, "is not switched off" in again.text) == (409, True)
    assert Event.about(cast.nobody).count() == 2


@pytest.mark.parametrize("verb", ["inactivation", "restoration", "invitation", "second-factor/removal", "stores"])
def test_those_without_the_right_are_refused(cast, verb):
    assert cast.at("dispatcher").post(f"/staff/{cast.nobody.id}/{verb}").status_code == 403
    assert Event.about(cast.nobody).count() == 0


# Stores


def give(browser, person, store, until=""):
    return browser.post(f"/staff/{person.id}/stores", data={"store": store.id, "until": until})


@pytest.mark.requirement("S0.25")
def test_a_store_is_given_until_the_end_of_a_day_where_the_organisation_is(cast):
    AccessRequest.ask(cast.dispatcher, cast.house.south)
    assert give(cast.at("owner"), cast.dispatcher, cast.house.south, "2026-12-24").status_code == 302
    access = StoreAccess.get(StoreAccess.store == cast.house.south, StoreAccess.user == cast.dispatcher)
    assert access.until.isoformat() == "2026-12-24T23:00:00+00:00"  # midnight in Stockholm
    assert AccessRequest.select().count() == 0
    with time_machine.travel("2026-12-24T22:59:00+00:00"):
        assert fresh(cast.dispatcher).works_in(cast.house.south.id)
    with time_machine.travel("2026-12-24T23:01:00+00:00"):
        assert not fresh(cast.dispatcher).works_in(cast.house.south.id)
    event = Event.about(cast.dispatcher).first()
    assert (event.verb, event.data["store"]) == ("store.access_given", "031 Norrvik Kyla Malmö")


def test_giving_it_again_changes_the_last_day(cast):
    give(cast.at("owner"), cast.dispatcher, cast.house.south, "2026-12-24")
    give(cast.at("owner"), cast.dispatcher, cast.house.south)
    assert [(access.store.number, access.until) for access in StoreAccess.of(cast.dispatcher)] == [
        ("012", None),
        ("031", None),
    ]


def test_an_ended_access_is_shown_as_ended(cast):
    StoreAccess.create(user=cast.nobody, store=cast.house.south, until=now().replace(year=2025))
    page = cast.at("owner").get(f"/staff/{cast.nobody.id}").text
    assert "Ended" in page and "Norrvik Kyla Malmö" in page


def test_a_store_is_withdrawn_once_and_logged(cast):
    browser = cast.at("owner")
    for _ in range(2):
        browser.post(f"/staff/{cast.dispatcher.id}/stores/{cast.house.north.id}/withdrawal")
    assert StoreAccess.of(cast.dispatcher) == []
    assert [event.verb for event in Event.about(cast.dispatcher)] == ["store.access_withdrawn"]


def test_nobody_lets_others_into_a_store_they_do_not_work_in(cast):
    UserRight.create(user=cast.dispatcher, right=Right.STORE_GRANT, granted=True)
    dispatcher = fresh(cast.dispatcher)
    for act in (
        lambda: StoreAccess.give(cast.nobody, cast.house.south, until=None, by=dispatcher),
        lambda: StoreAccess.withdraw(cast.southerner, cast.house.south, by=dispatcher),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert [refusal.code for refusal in refused.value.refusals] == ["store.no_access"]
    browser = cast.at("dispatcher")
    assert give(browser, cast.nobody, cast.house.south).status_code == 422
    assert browser.post(f"/staff/{cast.southerner.id}/stores/{cast.house.south.id}/withdrawal").status_code == 404
    assert give(browser, cast.nobody, cast.house.north).status_code == 302


def test_nobody_gives_a_store_to_themselves(cast):
    answer = give(cast.at("owner"), cast.owner, cast.house.south)
    assert (answer.status_code, StoreAccess.of(cast.owner)) == (403, [])


# The log


def test_the_log_of_logins_is_for_those_with_the_right(cast):
    cast.stranger().post("/login/", data={"login": "dispatcher", "password": "wrong"})
    page = cast.at("owner").get("/staff/logins").text
    assert "Wrong user name or password" in page and "Logged in" in page
    assert cast.at("dispatcher").get("/staff/logins").status_code == 403


def test_the_log_is_narrowed_to_a_name_and_turned_back_in_pages(cast):
    for number in range(60):
        LoginRecord.note("someone", Outcome.WRONG, user=None, address="10.0.0.1", device=f"Device {number}")
    first = cast.at("owner").get("/staff/logins?login=someone").text
    assert first.count("Device ") == 50 and "olga" not in first.partition("<ul")[2].partition("</ul>")[0]
    older = first.partition("/staff/logins?before=")[2].partition('"')[0].replace("&amp;", "&")
    assert cast.at("owner").get(f"/staff/logins?before={older}").text.count("Device ") == 10


def test_a_line_of_the_log_outlives_its_browser_name(cast):
    cast.stranger().post("/login/", data={"login": "x" * 500, "password": "wrong"}, headers={"User-Agent": "U" * 900})
    line = LoginRecord.get()
    assert (len(line.login), len(line.device)) == (80, 160)


def test_lines_of_a_year_ago_are_forgotten(cast):
    LoginRecord.note("someone", Outcome.WRONG, user=None, address="", device="")
    LoginRecord.update(at=now().replace(year=now().year - 2)).execute()
    retention.run_all()
    assert LoginRecord.select().count() == 0


# One's own profile


def test_ones_own_profile_is_saved_and_holds_at_once(cast):
    facts = {
        "name": "Sanna Lindmo Ek",
        "email": "sanna@norrvik.example",
        "phone": "",
        "language": "sv",
        "theme": "dark",
        "in_app": "y",
        "version": 1,
    }
    browser = cast.at("dispatcher")
    assert browser.post("/account/profile", data=facts).location == "/account/profile"
    person = fresh(cast.dispatcher)
    assert (person.name, person.language.value, person.theme.value, person.by_email, person.in_app) == (
        "Sanna Lindmo Ek",
        "sv",
        "dark",
        False,
        True,
    )
    page = browser.get("/account/profile").text
    assert '<html lang="sv" data-bs-theme="dark"' in page


def test_a_profile_that_is_not_right_is_kept_on_the_screen(cast):
    answer = cast.at("dispatcher").post(
        "/account/profile", data={"name": "", "email": "no address", "language": "en", "theme": ""}
    )
    assert (answer.status_code, 'value="no address"' in answer.text) == (422, True)
    assert fresh(cast.dispatcher).name == "Sanna Lindmo"


def test_light_dark_and_language_are_switched_where_one_stands(cast):
    browser = cast.at("dispatcher")
    answer = browser.post(
        "/account/theme", data={"theme": "dark"}, headers={"Referer": "http://localhost/customers/?q=a"}
    )
    assert answer.location == "/customers/?q=a"
    browser.post("/account/language", data={"language": "nb"})
    person = fresh(cast.dispatcher)
    assert (person.theme.value, person.language.value) == ("dark", "nb")
    assert Event.about(person).count() == 0


@pytest.mark.parametrize(
    "referrer", ["http://evil.example/customers/", "http://localhost//evil.example", "nonsense", ""]
)
def test_switching_never_leads_away(cast, referrer):
    answer = cast.at("dispatcher").post("/account/theme", data={"theme": "pink"}, headers={"Referer": referrer})
    assert answer.location in ("/", "/nonsense") or answer.location.startswith("/")
    assert not answer.location.startswith("//")
