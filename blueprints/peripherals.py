"""Printers, card terminals, cash drawers and scanners: whether this session uses them, and a page to try."""

from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.account import came_from
from blueprints.actions import Action, act
from blueprints.web import blueprint, page, signed_in, stay, this_session, wants_part
from models.base import now

bp = blueprint("peripherals", at="/devices")


@bp.get("/")
@signed_in
def index():
    return page("peripherals/index.html", here=this_session(), test=test_action())


def test_action() -> Action:
    here: Any = this_session()
    return act(
        here,
        "use_devices",
        _("Print a test page"),
        url_for("peripherals.test_page"),
        method="get",
        icon="printer",
    )


@bp.get("/test-page")
@signed_in
def test_page():
    this_session().demand("use_devices", current_user)
    return page("peripherals/test_page.html", at=now())


@bp.post("/connection")
@signed_in
def connect():
    """One click: this session is connected from now on, on the page where the reader is."""
    this_session().connect(by=current_user)
    if not wants_part():
        flash(_("Connected: printers, card terminals and cash drawers can be used."), "good")
    return stay("layouts/base.html", block="connection", target=came_from(), connected_now=True)
