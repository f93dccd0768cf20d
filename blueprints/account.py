"""What everybody does with their own login: language, appearance, store, logging out."""

from urllib.parse import urlsplit

from flask import redirect, request, session
from flask_login import current_user, logout_user

from blueprints.web import blueprint, home, page, public, safe_next, signed_in, this_session
from models.base import Language
from models.organisation import Store
from models.user import Theme

bp = blueprint("account")


@bp.post("/language")
@public
def language():
    """Kept with the person; for strangers in the cookie."""
    chosen = Language(request.form["language"]) if request.form.get("language") in set(Language) else Language.EN
    session["language"] = chosen.value
    if current_user.is_authenticated:
        current_user.prefer(language=chosen)
    return redirect(came_from())


@bp.post("/theme")
@public
def theme():
    chosen = Theme(request.form["theme"]) if request.form.get("theme") in set(Theme) else Theme.SYSTEM
    if current_user.is_authenticated:
        current_user.prefer(theme=chosen)
    return redirect(came_from())


@bp.post("/store")
@signed_in
def store():
    """Work in another of my stores."""
    chosen = Store.visible_to(current_user).where(Store.id == request.form.get("store", type=int)).first()
    if chosen:
        this_session().enter(chosen)
    return redirect(home())


@bp.post("/logout")
@public
def log_out():
    if this_session():
        this_session().end("logout")
    logout_user()
    session.clear()
    return redirect("/login")


@bp.get("/profile")
@signed_in
def profile():
    return page("account/profile.html")


def came_from() -> str:
    """The page the button stood on, if it is ours."""
    parts = urlsplit(request.referrer or "")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if parts.netloc == request.host and path.startswith("/") and not path.startswith("//") else safe_next("/")
