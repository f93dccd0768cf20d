"""Forms from elsewhere: every writing route wants our own token and a browser that says the form is ours."""

import re

import pytest

from tests.factories import PASSWORD
from tests.world import address, arguments, changed, furnish, routes, snapshot

WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def branches(cast):
    return furnish(cast)


def writing(app):
    return [(rule, method, door) for rule, method, door in routes(app) if method in WRITES]


def browsers(cast, rule):
    return cast.at("marit" if rule.endpoint.startswith("portal.") else "owner")


def test_a_form_without_our_token_changes_nothing(app, cast, branches, monkeypatch):
    for who in ("owner", "marit"):
        cast.at(who)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    before, wrong = snapshot(), []
    for rule, method, door in writing(app):
        answer = browsers(cast, rule).open(address(app, rule, arguments(rule, door, branches[0])), method=method)
        if answer.status_code != 422:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_on_another_site_changes_nothing(app, cast, branches, site):
    before, wrong = snapshot_of(cast), []
    for rule, method, door in writing(app):
        url = address(app, rule, arguments(rule, door, branches[0]))
        answer = browsers(cast, rule).open(url, method=method, headers={"Sec-Fetch-Site": site})
        if answer.status_code != 403:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []


def snapshot_of(cast):
    for who in ("owner", "marit"):
        cast.at(who)
    return snapshot()


def test_with_our_token_it_goes_through(app, cast, monkeypatch):
    """The control: the test above would also pass with every form broken."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    browser = cast.stranger()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login/").text).group(1)
    form = {"login": "dispatcher", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/login/", data=form, headers={"Sec-Fetch-Site": "same-origin"}).location == "/today/"


def test_a_token_of_another_session_does_not_fit(app, cast, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', cast.stranger().get("/login/").text).group(1)
    answer = cast.stranger().post("/login/", data={"login": "dispatcher", "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 422
    assert "opened in another session" in answer.text


@pytest.mark.parametrize(
    ("came_from", "back"),
    [("http://kundbok.test/customers/new?name=A", "/customers/new?name=A"), ("http://elsewhere.test/form", "/")],
)
def test_the_way_back_leads_to_the_form_itself(app, cast, monkeypatch, came_from, back):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = cast.stranger().post(
        "/customers/new",
        base_url="http://kundbok.test",
        headers={"Referer": came_from, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422 and f'class="btn btn-primary" href="{back}"' in answer.text
