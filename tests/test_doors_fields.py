"""Fields nobody drew: whatever else is posted with a form, only what the form has is taken."""

import pytest

from models.event import Event
from models.fault_report import FaultReport, ReportStatus
from models.order import Order, OrderStatus
from models.rights import Role
from models.user import User
from tests.world import address, arguments, forms_of, furnish, routes, snapshot, text_of

MARK = "m4rk3d"
# Columns that a careless form would take: keys, roles, states, secrets, money.
EXTRA = {
    "id": "1",
    "role": "owner",
    "status": "closed",
    "state": "sent",
    "number": MARK,
    "sequence": "77",
    "password_hash": MARK,
    "totp_secret": MARK,
    "inactive_at": "",
    "actor_name": MARK,
    "logo_key": MARK,
    "key": MARK,
    "mime": MARK,
    "sha256": MARK,
    "currency": "XXX",
    "price": MARK,
    "paid": MARK,
    "search_text": MARK,
    "sort_name": MARK,
    "told": MARK,
    "reference": MARK,
    "internal": "",
    "granted": "1",
    "group": MARK,
    "login": MARK,
    "by": "1",
    "user": "1",
    "created_at": MARK,
    "theme": "dark",
    "country": "UA",
}


@pytest.mark.parametrize("who", ["owner", "technician", "marit"])
def test_fields_that_a_form_does_not_have_are_not_taken(app, cast, undone, who):
    north, _ = furnish(cast)
    browser, tried, wrong = cast.at(who), set(), []
    owners, closed, done = people(), closed_reports(), performed()
    side = "portal" if who == "marit" else "staff"
    for rule, method, door in routes(app):
        if method != "GET" or not door.needs_login or rule.endpoint.startswith("portal.") != (side == "portal"):
            continue
        url = address(app, rule, arguments(rule, door, north))
        for action, fields in forms_of(text_of(browser.get(url)), url):
            if (action, tuple(fields)) in tried or action.endswith(("/filters", "/theme")):
                continue  # a filter's arguments are what the address says; a theme is the form's own field
            tried.add((action, tuple(fields)))
            with undone():
                browser.post(action, data=fields | {name: value for name, value in EXTRA.items() if name not in fields})
                if (
                    MARK in repr(without_logs())
                    or people() != owners
                    or closed_reports() != closed
                    or performed() > done
                ):
                    wrong.append(action)
    assert wrong == []
    assert len(tried) > 5


def people() -> list[tuple]:
    """Who owns the place, and who has which secret."""
    owners = User.select().where(User.role == Role.OWNER)
    return [(user.id, user.password_hash, user.totp_secret) for user in owners.order_by(User.id)]


def closed_reports() -> int:
    """Only an import closes a report."""
    return FaultReport.select().where(FaultReport.status == ReportStatus.CLOSED).count()


def performed() -> int:
    return Order.select().where(Order.status == OrderStatus.PERFORMED).count()


def without_logs() -> dict:
    """All rows but those of attempts to log in, which note what was typed."""
    return {name: rows for name, rows in snapshot().items() if name not in ("login_record", "attempt", "submission")}


def test_the_mark_would_be_seen(cast):
    """The control: what a form does take shows up."""
    cast.at("owner").post(
        f"/staff/{cast.nobody.id}/edit", data={"name": MARK, "login": "nobody", "language": "en", "version": "1"}
    )
    assert MARK in repr(without_logs())
    assert Event.select().where(Event.verb == "user.changed").exists()
