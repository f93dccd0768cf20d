"""What a reader sees when something is refused, missing or broken: always a sentence, the status, and a way on."""

import secrets
from typing import Any

import structlog
from flask import Flask, request
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from blueprints import web
from blueprints.account import came_from
from blueprints.actions import about, explain
from models.lifecycle import Guarded
from models.refusals import Refused

log = structlog.get_logger("kundbok")

DRAWN = {401, 403, 404, 409, 413, 422, 429, 500, 503, 507}
DISK_FULL = ("database or disk is full", "No space left on device")  # as SQLite, and as PostgreSQL and files say it


def register(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)


def refused(error: Refused) -> tuple[str, int]:
    """A verb said no: all its reasons, each with its remedy."""
    reasons = explain(error.refusals, error.record)
    heading = about(reasons, error.record if isinstance(error.record, Guarded) else None)
    return draw(error.status, reasons=reasons, heading=heading), error.status


def forged(error: CSRFError) -> tuple[str, int]:
    """The form is from another session, or older than this one."""
    text = gettext(
        "This form was opened in another session. Go back, reload the page and send it again; what you typed is kept."
    )
    return draw(422, text=text), 422


def http_error(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    return draw(code if code in DRAWN else (404 if code < 500 else 500)), code


def broken(error: Exception) -> tuple[str, int]:
    """Nobody expected this. It is logged under a reference that the reader can name."""
    if has_no_room(error):
        log.error("disk_full", path=request.path)
        return draw(507), 507
    reference = secrets.token_hex(4)
    log.exception("broken", reference=reference, endpoint=request.endpoint, method=request.method)
    return draw(500, reference=reference), 500


def has_no_room(error: BaseException | None) -> bool:
    """SQLite then ends the transaction by itself, and undoing it fails in turn: the first error tells."""
    while error is not None and not any(words in str(error) for words in DISK_FULL):
        error = error.__context__
    return error is not None


def draw(status: int, **context: Any) -> str:
    inside = current_user and current_user.is_authenticated
    layout = (
        "layouts/bare.html" if not inside else "layouts/portal.html" if current_user.is_portal else "layouts/base.html"
    )
    context.setdefault("reasons", [])
    context.setdefault("back_url", came_from())
    return web.draw(f"errors/{status}.html", "", {"layout": layout, "status": status, **context})
