"""The bare address: everybody's own first page."""

from flask import redirect, url_for
from flask_login import current_user

from blueprints.web import blueprint, home, public

bp = blueprint("start", at="/")


@bp.get("/")
@public
def show():
    return redirect(home() if current_user.is_authenticated else url_for("login.show"))
