"""The portal's own gate: while it is closed nobody stays inside (S4.7)."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from blueprints.web import done, this_organisation, this_session


def guard() -> Response | None:
    """Those who were inside when it was closed are led out and told why."""
    organisation = this_organisation()
    if organisation.portal_open or not this_session() or not current_user.is_portal:
        return None
    this_session().end("closed")
    logout_user()
    return done(_("The customer portal of %(name)s is closed.", name=organisation.name), url_for("login.show"), "warning")


