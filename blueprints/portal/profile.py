"""My own details, how I am told, and my password."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from blueprints.account import PasswordForm
from blueprints.actions import Why, explain
from blueprints.conflicts import both_values, chosen
from blueprints.forms import ChoiceSelect, Form, language, phone, text, yes_no
from blueprints.web import address, alone, blueprint, device, done, page, signed_in
from models.lifecycle import Conflict
from models.login import check_own_password
from models.refusals import Refused
from models.session import Session
from models.user import Theme, User

bp = blueprint("profile")


class ProfileForm(Form):
    """The e-mail is the staff's to change: invitations and new passwords go there."""

    name = text(User.LABELS["name"], 80, required=True, render_kw={"autocomplete": "name"})
    phone = phone(User.LABELS["phone"])
    language = language(User.LABELS["language"])
    theme = ChoiceSelect(User.LABELS["theme"], Theme)
    by_email = yes_no(User.LABELS["by_email"])
    in_app = yes_no(User.LABELS["in_app"])


@bp.get("/")
@signed_in
def show() -> Response:
    return profile_page(ProfileForm.over(myself()), PasswordForm(None))


@bp.post("/")
@signed_in
def save() -> Response:
    form = ProfileForm()
    if not form.validate():
        return profile_page(form, PasswordForm(None), 422)
    try:
        myself().change_profile(chosen(form, myself()), by=myself(), seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for(".show"))
    return done(_("Your profile is saved."), url_for(".show"))


@bp.post("/password")
@alone
@signed_in
def password() -> Response:
    """Every session of this login ends; only the browser at hand goes on, with a new one."""
    form = PasswordForm()
    if not form.validate():
        return profile_page(ProfileForm(None, obj=myself()), form, 422)
    try:
        check_own_password(myself(), form.present.data)
        myself().choose_password(form.password.data)
    except Refused as refusal:
        return profile_page(
            ProfileForm(None, obj=myself()), PasswordForm(None), refusal.status, explain(refusal.refusals)
        )
    login_user(Session.start(myself(), store=None, device=device(), address=address()).user)
    return done(_("Your new password holds. Other devices have to log in again."), url_for(".show"))


def profile_page(
    form: ProfileForm, password_form: PasswordForm, status: int = 200, reasons: list[Why] | None = None
) -> Response:
    return page("portal/profile.html", form=form, password_form=password_form, reasons=reasons or [], status=status)


def myself() -> User:
    """The person behind the request, not Flask-Login's stand-in: it is given a new session."""
    return current_user._get_current_object()
