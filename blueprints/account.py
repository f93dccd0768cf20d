"""What everybody does with their own login: profile, password, second factor, sessions, language, store,
logging out."""

from urllib.parse import urlsplit

import segno
from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user, login_user, logout_user
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import PasswordField

from blueprints import forms
from blueprints.actions import explain
from blueprints.conflicts import both_values, chosen
from blueprints.devices import device_name
from blueprints.forms import REQUIRED, Form
from blueprints.login import CodeForm, NewPasswordForm
from blueprints.web import (
    address,
    alone,
    blueprint,
    device,
    done,
    home,
    house,
    on,
    page,
    public,
    remember_language,
    safe_next,
    signed_in,
    this_session,
    this_store,
)
from models.base import Language
from models.lifecycle import Conflict
from models.login import check_own_password, confirm_second_factor
from models.organisation import Store
from models.password import new_totp_secret, totp_address
from models.refusals import Refused
from models.session import Session
from models.user import Theme, User

bp = blueprint("account")

LABELS = User.LABELS


class ProfileForm(Form):
    name = forms.text(LABELS["name"], 80, required=True)
    email = forms.email(LABELS["email"])
    phone = forms.phone(LABELS["phone"])
    language = forms.language(LABELS["language"])
    theme = forms.ChoiceSelect(LABELS["theme"], Theme)
    by_email = forms.yes_no(LABELS["by_email"])
    in_app = forms.yes_no(LABELS["in_app"])


def present_password() -> PasswordField:
    return PasswordField(_l("Present password"), [REQUIRED], render_kw={"autocomplete": "current-password"})


class PasswordForm(NewPasswordForm):
    present = present_password()


class PresentForm(Form):
    present = present_password()


@bp.get("/profile")
@signed_in
def profile():
    return page("account/profile.html", form=ProfileForm.over(current_user))


@bp.post("/profile")
@signed_in
def save_profile():
    form = ProfileForm()
    if not form.validate():
        return page("account/profile.html", form=form, status=422)
    try:
        current_user.change_profile(chosen(form, current_user), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    return done(_("Your profile is saved."), url_for("account.profile"))


@bp.get("/password")
@signed_in
def password():
    return page("account/password.html", form=PasswordForm(None))


@bp.post("/password")
@alone
@signed_in
def change_password():
    """Ends every session of this person; only the browser at hand goes on, with a new one."""
    form, store = PasswordForm(), this_store()
    if not form.validate():
        return page("account/password.html", form=form, status=422)
    try:
        check_own_password(current_user, form.present.data)
        current_user.choose_password(form.password.data)
    except Refused as error:
        return page("account/password.html", form=form, reasons=explain(error.refusals), status=error.status)
    begun = Session.start(
        current_user._get_current_object(),
        store=store,
        device=device(),
        address=address(),
        disconnected=this_session().disconnected,
    )
    login_user(begun.user)
    return done(_("Your password is changed, and every other device is logged out."), url_for("account.profile"))


@bp.get("/second-factor")
@signed_in
def second_factor():
    return factor_page()


def factor_page(form: Form | None = None, refused: Refused | None = None, status: int = 200) -> Response:
    """Where it is on, the form that switches it off; else the secret to photograph and the first code."""
    is_on = current_user.has_second_factor
    wanted = PresentForm if is_on else CodeForm
    form = form if isinstance(form, wanted) else wanted(None)
    reasons, status = (explain(refused.refusals), refused.status) if refused else ([], status)
    if is_on:
        return page("account/second_factor_on.html", form=form, reasons=reasons, status=status)
    secret = session.setdefault("totp", new_totp_secret())
    uri = totp_address(secret, current_user.login, house().name)
    return page("account/second_factor.html", form=form, reasons=reasons, secret=secret, picture=qr(uri), status=status)


def qr(text: str) -> Markup:
    """Drawn with attributes only: the pages allow no style. Black on white in the dark theme too, or cameras
    miss it."""
    drawing = segno.make(text, error="m").svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=4, light="#ffffff"
    )
    return Markup(drawing)  # noqa: S704  our own drawing of squares


@bp.post("/second-factor")
@alone
@signed_in
def use_second_factor():
    form = CodeForm()
    if not form.validate() or "totp" not in session or current_user.has_second_factor:
        return factor_page(form, status=422)  # an older page must not put its secret in the place of the one that is on
    try:
        confirm_second_factor(current_user._get_current_object(), session["totp"], form.code.data)
    except Refused as error:
        return factor_page(form, error)
    session.pop("totp")
    return done(_("The second factor is on. You are asked for a code at every login."), url_for("account.profile"))


@bp.post("/second-factor/removal")
@alone
@signed_in
def drop_second_factor():
    form = PresentForm()
    if not form.validate():
        return factor_page(form, status=422)
    try:
        check_own_password(current_user, form.present.data)
        current_user.drop_second_factor(by=current_user)
    except Refused as error:
        return factor_page(form, error)
    return done(_("The second factor is off."), url_for("account.profile"))


@bp.get("/sessions")
@signed_in
def sessions():
    return page(
        "account/sessions.html",
        sessions=Session.alive(current_user, house()),
        this=this_session(),
        device_name=device_name,
    )


@bp.post("/sessions/<int:id>/end")
@on(Session, "end")
def end_session(found: Session):
    found.end("elsewhere")
    return done(_("That device is logged out."), url_for("account.sessions"))


@bp.post("/sessions/others/end")
@signed_in
def end_others():
    count = this_session().end_others()
    text = ngettext("%(num)s other device is logged out.", "%(num)s other devices are logged out.", count)
    return done(text, url_for("account.sessions"))


@bp.post("/language")
@public
def language():
    """Kept with the person; for strangers in the cookie."""
    chosen_one = Language(request.form["language"]) if request.form.get("language") in set(Language) else Language.EN
    remember_language(chosen_one.value)
    if current_user.is_authenticated:
        current_user.prefer(language=chosen_one)
    return redirect(came_from())


@bp.post("/theme")
@public
def theme():
    chosen_one = Theme(request.form["theme"]) if request.form.get("theme") in set(Theme) else Theme.SYSTEM
    if current_user.is_authenticated:
        current_user.prefer(theme=chosen_one)
    return redirect(came_from())


@bp.post("/store")
@signed_in
def store():
    """Work in another of my stores."""
    found = Store.reached_by(current_user, request.form.get("store", type=int))
    if found:
        this_session().enter(found)
    return redirect(home())


@bp.post("/logout")
@public
def log_out():
    if this_session():
        this_session().end("logout")
    logout_user()
    session.clear()
    return redirect(url_for("login.show"))


def came_from() -> str:
    """The page the button stood on, if it is ours."""
    parts = urlsplit(request.referrer or "")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return (
        path if parts.netloc == request.host and path.startswith("/") and not path.startswith("//") else safe_next("/")
    )
