"""The staff's and the customers' door: store number, password, second factor, single-use links."""

import time
from types import SimpleNamespace
from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import Length, ValidationError

from blueprints.actions import explain
from blueprints.forms import REQUIRED, Form, clean, yes_no
from blueprints.web import (
    STORE_COOKIE,
    address,
    blueprint,
    by_token,
    device,
    done,
    home,
    house,
    page,
    public,
    safe_next,
)
from models.access_request import AccessRequest
from models.login import LoginRecord, Outcome, check_code, check_password
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Role
from models.session import Link, Session
from models.user import User

bp = blueprint("login")

YEAR = 31_536_000
CODE_WITHIN = 300  # seconds between the password and the code
LONGEST_PASSWORD = 1000


class LoginForm(Form):
    store = StringField(_l("Store number"), filters=[clean], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    login = StringField(
        _l("User name"), [REQUIRED], filters=[clean], render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    password = PasswordField(
        _l("Password"), [REQUIRED, Length(max=LONGEST_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )
    disconnected = yes_no(
        _l("Log in disconnected"),
        description=_l("For staff: printers, card terminals and cash drawers are left alone until you connect."),
    )


class CodeForm(Form):
    code = StringField(
        _l("Code"),
        [REQUIRED],
        filters=[clean],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True},
    )


class ForgotForm(Form):
    login = StringField(_l("User name or e-mail"), [REQUIRED], filters=[clean], render_kw={"autocomplete": "username"})


class NewPasswordForm(Form):
    """Also used where somebody changes their own; `repeat` catches a slip of the finger."""

    password = PasswordField(
        _l("New password"), [REQUIRED, Length(max=LONGEST_PASSWORD)], render_kw={"autocomplete": "new-password"}
    )
    repeat = PasswordField(_l("The same once more"), [REQUIRED], render_kw={"autocomplete": "new-password"})

    def validate_repeat(self, field) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ."))


@bp.get("/")
@public
def show():
    if current_user.is_authenticated:
        return redirect(home())
    number = "" if "other" in request.args else request.cookies.get(STORE_COOKIE, "")
    return door(LoginForm(None, store=number))


def door(form: LoginForm, refusals: list[Refusal] | None = None, status: int = 200) -> Response:
    return page(
        "login/show.html",
        form=form,
        reasons=explain(refusals or []),
        next=safe_next(""),
        status=status,
        store_found=Store.numbered(form.store.data or ""),
        demo_people=demo_people(),
    )


def demo_people() -> list[SimpleNamespace]:
    """The known logins of the demo company; on any other installation nobody."""
    from tasks import demo  # drawing and writing that only a demo installation needs

    known = demo.logins() if demo.is_demo() else []
    names = {user.login: user.name for user in User.select()} if known else {}
    return [
        SimpleNamespace(**person, name=names.get(person["login"], person["login"]), about=", ".join(demo_facts(person)))
        for person in known
    ]


def demo_facts(person: dict[str, Any]) -> list[str]:
    return [str(fact) for fact in (Role(person["role"]).label, person.get("store"), person.get("customer")) if fact]


@bp.post("/")
@public
def log_in():
    form = LoginForm()
    if not form.validate():
        return door(form, status=422)
    try:
        user = check_password(form.login.data, form.password.data, address=address(), device=device())
        if user.has_second_factor:
            return ask_for_code(user, form)
        return enter(user, form.store.data, safe_next(""), disconnected=form.disconnected.data)
    except Refused as error:
        return door(form, error.refusals, error.status)


def ask_for_code(user: User, form: LoginForm) -> Response:
    """Nobody is logged in by the password alone; what was typed waits a few minutes in the signed cookie."""
    typed = {"store": form.store.data, "disconnected": form.disconnected.data, "next": safe_next("")}
    session["half"] = {"user": user.id, "at": int(time.time()), **typed}
    return redirect(url_for("login.code"))


def half_way() -> tuple[User, dict[str, Any]]:
    """Who has given the password and owes the code; Refused when that was too long ago."""
    half = session.get("half") or {}
    user = User.get_or_none((User.id == half.get("user", 0)) & User.inactive_at.is_null())
    if user is None or time.time() - half["at"] > CODE_WITHIN:
        raise Refused([refuse("login.too_late")])
    return user, half


@bp.get("/code")
@public
def code():
    half_way()
    return page("login/code.html", form=CodeForm(None))


@bp.post("/code")
@public
def check():
    user, half = half_way()
    form = CodeForm()
    if not form.validate():
        return page("login/code.html", form=form, status=422)
    try:
        check_code(user, form.code.data)
        return enter(user, half["store"], half["next"], disconnected=half["disconnected"])
    except Refused as error:
        note(user, Outcome.CODE)
        return page("login/code.html", form=form, reasons=explain(error.refusals), status=error.status)


def note(user: User, outcome: Outcome) -> None:
    LoginRecord.note(user.login, outcome, user=user, address=address(), device=device())


def enter(user: User, number: str, target: str, *, disconnected: bool = False) -> Response:
    """Open the session in the store that was named, or in the person's own; the store is remembered only now."""
    store = chosen_store(user, number)
    opened = Session.start(user, store=store, device=device(), address=address(), disconnected=disconnected)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(opened.user)
    note(user, Outcome.IN)
    response = redirect(landing(user, target))
    if store:
        response.set_cookie(
            STORE_COOKIE, store.number, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def landing(user: User, target: str) -> str:
    """The page asked for before the login where it is on this person's side of the house, else their first page."""
    first = url_for("portal.home.show") if user.is_portal else url_for("today.show")
    in_portal = target == "/portal" or target.startswith("/portal/")
    return target if target and target != "/" and in_portal == user.is_portal else first


def chosen_store(user: User, number: str) -> Store | None:
    """The store to work in. Refused where the number is unknown, or the person may not work there (S0.20-S0.24)."""
    if user.is_portal:
        demand_open_portal(user)
        return None
    if not number:
        mine = Store.visible_to(user).order_by(Store.id != user.home_store_id, Store.number)
        return mine.first()
    store = Store.numbered(number)
    if store is None:
        raise Refused([refuse("store.unknown_number", number=number)])
    if not user.works_in(store.id):
        session["asking"] = user.id
        note(user, Outcome.STORE)
        raise Refused([refuse("store.no_access", number=store.number)])
    return store


def demand_open_portal(user: User) -> None:
    """A customer's user works in no store, but needs the portal to be open (S4.7)."""
    if not house().portal_open:
        note(user, Outcome.PORTAL_CLOSED)
        raise Refused([refuse("portal.closed")])


@bp.post("/access/<number>")
@public
def ask_for_access(number: str):
    """The person proved the password a moment ago; the chain's administrators get the request in their inbox."""
    store, user = (
        Store.numbered(number),
        User.get_or_none((User.id == session.pop("asking", 0)) & User.inactive_at.is_null()),
    )
    if store is None or user is None:
        return redirect(url_for("login.show"))
    AccessRequest.ask(user, store)
    return done(
        _("The chain's administrators have your request for store %(number)s.", number=store.number),
        url_for("login.show"),
    )


@bp.get("/forgot")
@public
def forgot():
    return page("login/forgot.html", form=ForgotForm(None))


@bp.post("/forgot")
@public
def send_link():
    """Always the same answer, so that nobody learns here who has an account."""
    form = ForgotForm()
    if not form.validate():
        return page("login/forgot.html", form=form, status=422)
    try:
        Link.forgot(form.login.data, address=address())
    except Refused as error:
        return page("login/forgot.html", form=form, reasons=explain(error.refusals), status=error.status)
    text = _(
        "If there is such an account, an e-mail with a link is on its way. The link works once and for half an hour."
    )
    return done(text, url_for("login.show"))


@bp.get("/link/<token>")
@by_token
def link(token: str):
    """Shows the form and uses nothing up: mail programs open links ahead of their readers."""
    return page("login/link.html", form=NewPasswordForm(None), person=Link.find(token).user)


@bp.post("/link/<token>")
@by_token
def choose_password(token: str):
    found, form = Link.find(token), NewPasswordForm()
    if not form.validate():
        return page("login/link.html", form=form, person=found.user, status=422)
    try:
        found.use(form.password.data)
    except Refused as error:
        if error.status == 409:
            raise
        return page(
            "login/link.html", form=form, person=found.user, reasons=explain(error.refusals), status=error.status
        )
    return done(_("Your password is chosen. Log in with it."), url_for("login.show"))
