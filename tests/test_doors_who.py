"""Who comes in: each route is asked by those it is not for. New modules are asked like all others."""

import json

import pytest
from flask import Flask

from blueprints import web
from tests.world import address, arguments, changed, furnish, routes, snapshot, writes


@pytest.fixture
def branches(cast):
    return furnish(cast)


def ask(browser, method, url, **more):
    return browser.open(url, method=method, **more)


def closed(app):
    return [(rule, method, door) for rule, method, door in routes(app) if door.needs_login]


def test_strangers_are_led_to_the_login_and_change_nothing(app, cast, branches):
    before, wrong = snapshot(), []
    for rule, method, door in closed(app):
        answer = ask(cast.stranger(), method, address(app, rule, arguments(rule, door, branches[0])))
        if answer.status_code != 302 or not answer.location.startswith("/login/"):
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []


def test_under_htmx_a_stranger_gets_a_whole_new_page(app, cast):
    answer = cast.stranger().get("/customers/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login/?next=/customers/")


@pytest.mark.parametrize(("who", "side"), [("marit", "staff"), ("owner", "portal"), ("technician", "portal")])
def test_the_other_side_of_the_house_does_not_exist(app, cast, branches, who, side):
    browser, wrong = cast.at(who), []
    before = snapshot()
    for rule, method, door in closed(app):
        if rule.endpoint.startswith("portal.") == (side == "portal"):
            answer = ask(browser, method, address(app, rule, arguments(rule, door, branches[0])))
            if answer.status_code != 404:
                wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []


READERS = ("owner", "dispatcher", "technician", "finance", "marit")


@pytest.mark.parametrize("who", READERS)
def test_reading_writes_nothing(app, cast, branches, who):
    browser, before, wrong = cast.at(who), snapshot(), []
    for rule, method, door in routes(app):
        if method == "GET":
            with writes() as written:
                answer = browser.get(address(app, rule, arguments(rule, door, branches[0])))
            if written or answer.status_code >= 500 and rule.endpoint != "health.show":
                wrong.append(f"{rule.rule}: {answer.status_code} {written}")
    assert wrong == []
    assert changed(before, snapshot()) == []


def test_reading_without_a_login_writes_nothing(app, cast, branches):
    before, wrong = snapshot(), []
    for rule, method, door in routes(app):
        if method == "GET" and not door.needs_login:
            answer = cast.stranger().get(address(app, rule, arguments(rule, door, branches[0])))
            if answer.status_code >= 500 and rule.endpoint != "health.show":
                wrong.append(f"{rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []


def test_every_route_says_who_may_come_in(app):
    assert [rule.rule for rule, _, door in routes(app) if door is None] == []


def test_only_these_routes_are_open_without_a_login(app):
    """A door that opens by mistake shows up here; a new open one is written down on purpose."""
    open_ones = {rule.endpoint for rule, _, door in routes(app) if not door.needs_login}
    assert {endpoint.partition(".")[0] for endpoint in open_ones} == {
        "start",
        "welcome",
        "login",
        "account",
        "health",
        "logo",
        "help",
    }
    assert {endpoint for endpoint in open_ones if endpoint.startswith("account.")} == {
        "account.language",
        "account.theme",
        "account.log_out",
    }


def test_a_route_that_says_nothing_stops_the_start():
    silent = Flask(__name__)
    silent.add_url_rule("/open", "open", web.public(lambda: ""))
    web.check_doors(silent)
    silent.add_url_rule("/shut", "shut", lambda: "")
    with pytest.raises(RuntimeError, match=r"routes without @on, @signed_in or @public: shut$"):
        web.check_doors(silent)


@pytest.mark.parametrize(
    ("route", "audience", "right", "scope", "writes"),
    [
        ("POST /login/", "anon", "", "", True),
        ("GET /login/link/<token>", "token", "", "", False),
        ("POST /account/password", "staff", "", "", True),
        (
            "GET /portal/orders/",
            "portal",
            "order.view | order.view_assigned | portal.orders",
            "Order.visible_to",
            False,
        ),
        ("POST /contacts/<int:id>", "staff", "customer.edit | customer.edit_assigned", "Contact.visible_to", True),
    ],
)
def test_the_map_of_routes_tells_who_comes_in_by_which_right(app, route, audience, right, scope, writes):
    with app.app_context():
        found = json.loads(app.test_cli_runner().invoke(args=["url-map"]).output)
    facts = {f"{one['method']} {one['path']}": one for one in found}[route]
    assert {name: facts[name] for name in ("audience", "right", "scope", "writes")} == {
        "audience": audience,
        "right": right,
        "scope": scope,
        "writes": writes,
    }
