"""The staff's and the customers' door: store number, password, second factor, single-use links."""

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user
from wtforms import PasswordField, StringField

from blueprints.actions import explain
from blueprints.forms import REQUIRED, Form, clean
from blueprints.web import address, blueprint, by_token, device, done, home, page, public, safe_next, this_organisation
from models.organisation import Store
from models.refusals import Refused, refuse
from models.login import LoginRecord, Outcome, check_password
from models.session import Session
from models.user import AccessRequest, User

bp = blueprint("login")

STORE_COOKIE = "store"
YEAR = 31_536_000


class LoginForm(Form):
    login = StringField(_l("User name"), [REQUIRED], filters=[clean], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), [REQUIRED], render_kw={"autocomplete": "current-password"})
    store = StringField(_l("Store number"), filters=[clean], render_kw={"inputmode": "numeric"})


@bp.get("/")
@public
def show():
    if current_user.is_authenticated:
        return redirect(home())
    form = LoginForm(None, store=request.cookies.get(STORE_COOKIE, ""))
    return page("login/show.html", form=form, next=safe_next(""))


@bp.post("/")
@public
def log_in():
    form = LoginForm()
    if not form.validate():
        return page("login/show.html", form=form, next=safe_next(""), status=422)
    try:
        user = check_password(form.login.data, form.password.data, address=address(), device=device())
        return enter(user, form.store.data)
    except Refused as error:
        return page("login/show.html", form=form, reasons=explain(error.refusals), next=safe_next(""), status=error.status)


def enter(user: User, number: str):
    """Open the session in the store that was named, or in the person's own."""
    store = chosen_store(user, number)
    opened = Session.start(user, store=store, device=device(), address=address())
    session.clear()
    login_user(opened.user)
    LoginRecord.note(user.login, Outcome.IN, user=user, address=address(), device=device())
    response = redirect(safe_next(url_for("portal.home.show") if user.is_portal else url_for("today.show")))
    if store:
        response.set_cookie(STORE_COOKIE, store.number, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def chosen_store(user: User, number: str) -> Store | None:
    """The store to work in. Refused where the number is unknown, or the person may not work there (S0.20-S0.24)."""
    if user.is_portal:
        if not this_organisation().portal_open:
            raise Refused([refuse("portal.closed")])
        return None
    if not number:
        mine = Store.visible_to(user).order_by(Store.id != user.home_store_id, Store.number)
        return mine.first()
    store = Store.numbered(number)
    if store is None:
        raise Refused([refuse("store.unknown_number", number=number)])
    if not user.works_in(store.id):
        session["asking"] = user.id
        raise Refused([refuse("store.no_access", number=store.number)])
    return store


@bp.post("/access/<number>")
@public
def ask_for_access(number: str):
    """The person proved the password a moment ago; the chain's administrators get the request in their inbox."""
    store, user = Store.numbered(number), User.get_or_none(User.id == session.get("asking", 0))
    if store and user:
        AccessRequest.ask(user, store)
    return done(_("The chain's administrators have your request for store %(number)s.", number=number), url_for("login.show"))


@bp.get("/forgot")
@public
def forgot():
    return page("login/forgot.html")


@bp.get("/link/<token>")
@by_token
def link(token: str):
    return page("login/link.html", token=token)
