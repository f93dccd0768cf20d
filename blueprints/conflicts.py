"""Two people changed the same record: both values, field by field, and the reader chooses. Nothing is lost
until then."""

from types import SimpleNamespace
from typing import Any

import peewee
from flask import request
from werkzeug.wrappers import Response

from blueprints.addresses import page_of
from blueprints.forms import Form
from blueprints.web import page
from blueprints.words import show
from models import nouns
from models.base import Record, comparable
from models.lifecycle import Collision, Conflict, Noun

OURS = ("csrf_token", "form_key", "version")


def chosen(form: Form, record: Noun, *leave_out: str) -> dict[str, Any]:
    """The form's values; where the reader decided for what others saved, that is left as it is."""
    values = form.values(*leave_out)
    return {
        name: getattr(record, name) if request.form.get(f"keep-{name}") == "theirs" else value
        for name, value in values.items()
    }


def both_values(conflict: Conflict, back: str = "") -> Response:
    """The page to choose on. It posts to the same address: what was typed, the choices, and the version they
    were made on."""
    record = conflict.record
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OURS and not name.startswith("keep-")
    ]
    return page(
        "lists/both.html",
        status=409,
        record=record,
        rows=[_row(record, field) for field in conflict.fields],
        typed=typed,
        left=[field.name for field in conflict.fields if not _mine(field)],
        back=back or page_of(record.noun, record.id),
        who=conflict.fields[0].who,
    )


def _mine(field: Collision) -> bool:
    return comparable(field.yours) != comparable(field.opened)


def _row(record: Noun, field: Collision) -> SimpleNamespace:
    opened, theirs, yours = (_words(record, field.name, value) for value in (field.opened, field.theirs, field.yours))
    return SimpleNamespace(
        name=field.name,
        label=record.label_of(field.name),
        opened=opened,
        theirs=theirs,
        yours=yours,
        by=field.who,
        when=field.at,
        collides=field.collides and _mine(field),
    )


def _words(record: Noun, name: str, value: Any) -> str:
    """A related record by its name; the others as readers read them."""
    if name in record.SENSITIVE:
        return record.SENSITIVE[name](value or "")
    column = type(record).field_named(name)
    if isinstance(column, peewee.ForeignKeyField) and value is not None and not isinstance(value, Record):
        value = nouns.find(column.rel_model._meta.table_name, value)
    return show(value)
