"""The imports there have been: who, when, which file, what it did, and whether it was undone."""

from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from blueprints import lists
from blueprints.actions import Action, link
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.web import blueprint
from blueprints.words import show as words
from models import import_listing
from models.import_job import ImportJob
from models.import_standing import ImportStatus

bp = blueprint("import_history", at="/imports/history")


def row_url(row: Any) -> str:
    return url_for("imports.show", id=row.id)


def card(row: Any) -> Card:
    rows = ngettext("%(num)s row", "%(num)s rows", row.row_count)
    when = _("%(when)s by %(who)s", when=words(row.at), who=row.by_name)
    return Card(row.name, "", [f"{row.register.label} · {rows}", when], [row.status])


def actions() -> list[Action]:
    return [link(_("Import a register"), url_for("imports.index"), icon="upload", primary=True)]


def empty() -> SimpleNamespace:
    text = _("Every register that is imported will stand here, with what it did and the way to undo it.")
    return SimpleNamespace(icon="upload", title=_("No imports yet"), text=text, action=actions()[0])


SCREEN = Screen(
    import_listing.imports,
    "import_history.index",
    _l("Earlier imports"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "register": lambda row: Cell(row.register.label),
        "status": lambda row: Cell(badge=row.status),
    },
    actions=actions,
    empty=empty,
    tabs=lambda: [
        tab("import_history.index", _("All")),
        tab("import_history.index", ImportStatus.DONE.label, status=ImportStatus.DONE.value),
        tab("import_history.index", ImportStatus.UNDONE.label, status=ImportStatus.UNDONE.value),
    ],
)
lists.routes(bp, SCREEN, ImportJob)
