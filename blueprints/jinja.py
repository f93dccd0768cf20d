"""What every template may use: the `ui` macros, filters, the frame's context, and addresses of assets."""

import json
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, get_flashed_messages, request, url_for
from flask_babel import get_locale
from flask_login import current_user

import blueprints
from blueprints.actions import act, explain, link, tell
from blueprints.addresses import way_to
from blueprints.ui import Ui
from blueprints.web import STORE_COOKIE, form_key, this_organisation, this_session, this_store
from blueprints.words import FILTERS, LANGUAGES, language_name, reading
from models.organisation import Store
from models.ready import listed

STATIC = Path(__file__).parent.parent / "static"


def register(app: Flask) -> None:
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(FILTERS)
    environment.globals.update(
        ui=Ui(environment),
        asset=asset,
        form_key=form_key,
        act=act,
        link=link,
        explain=explain,
        tell=tell,
        get_locale=get_locale,
        files_were_sent=files_were_sent,
        way_to=way_to,
    )
    app.context_processor(frame)


def files_were_sent(name: str) -> bool:
    """A form that is drawn in answer to its own post kept nothing, and no browser fills in files again."""
    return any(upload.filename for upload in request.files.getlist(name))


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    path = STATIC / "vendor" / "dist" / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def asset(path: str) -> str:
    """The address of a file below static/, with its content's hash so that it can be cached for good."""
    version = manifest().get(path)
    return f"/static/{path}?v={version}" if version else f"/static/{path}"


def frame() -> dict[str, Any]:
    """What the layouts draw around every page."""
    organisation, reader = this_organisation(), current_user._get_current_object()
    locale = reading()
    return {
        "me": reader if reader and reader.is_authenticated else STRANGER,
        "organisation": organisation or NO_ORGANISATION,
        "store": this_store(),
        "support": support(),
        "disconnected": is_disconnected(),
        "stores": listed(Store.in_order, reader) if this_session() else [],
        "menu": blueprints.menu(),
        "new_actions": blueprints.new_actions(),
        "languages": [(code, language_name(code), code == locale) for code in LANGUAGES],
        "toasts": [
            SimpleNamespace(text=flashed[1], tone=flashed[0], undo_url="")
            for flashed in get_flashed_messages(with_categories=True)
        ],
        "locale": locale,
        "search_url": url_for("search.index"),
        "q": "",
    }


def is_disconnected() -> bool:
    session = this_session()
    return session is not None and session.disconnected


def support() -> str:
    """Whom to call when stuck: the store's support or the store, for strangers the store they last worked in; else
    the house."""
    organisation = this_organisation()
    if organisation is None:
        return ""
    store = this_store() if this_session() else store_last_worked_in()
    return (store and (store.support_phone or store.phone)) or organisation.phone


def store_last_worked_in() -> Store | None:
    number = request.cookies.get(STORE_COOKIE, "")
    return Store.numbered(number) if number.isalnum() else None


STRANGER = SimpleNamespace(id=None, name="", is_authenticated=False, is_portal=False, theme="", language="")
NO_ORGANISATION = SimpleNamespace(name="Kundbok", accent="", logo_key="", phone="")
