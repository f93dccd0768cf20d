"""Putting together what is known about a person: a file to read by machine, and a paper in the person's language."""

import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any

import structlog
from flask import g, render_template
from flask_babel import force_locale, gettext

from models.base import Choice, Language, connection, db, now
from models.contact import Contact
from models.customer import Customer
from models.event import HAPPENINGS
from models.file import File
from models.organisation import Organisation
from models.person import Person
from models.person_export import PersonExport
from models.person_facts import SHAPE, Section, sections_of
from models.refusals import refuse
from models.retention import period
from models.user import User
from models.worked import Lost
from tasks import CONFIG, app, huey, pdf, vault
from tasks.documents import lines, sender

log = structlog.get_logger("kundbok.persons")

NAMED = (Customer, Contact, User)  # whose fields the change log names


def ask(person: Person, *, by: User) -> PersonExport:
    """Have the export made, and wake the worker once the row is there for it to see."""
    export = PersonExport.ask(person, by=by, lasts=period("exports"))
    export_id = export.id
    db.after_commit(lambda: make(export_id))
    return export


@huey.task(name="make_person_export", priority=40)
def make(export_id: int) -> None:
    with connection():
        export = PersonExport.get_or_none(PersonExport.id == export_id)
        if export is not None:
            go_on(export)


def make_waiting() -> None:
    """Every minute: exports whose ring was lost or whose worker died."""
    with connection():
        for export in PersonExport.abandoned():
            go_on(export)


def go_on(export: PersonExport) -> None:
    token = export.claim(at_once=False)
    if token is None:
        return
    try:
        keep(export, token)
    except Lost:
        log.info("person_export_lost", export=export.id)
    except Exception as error:
        log.exception("person_export_broken", export=export.id)
        export.fail(refuse("person.broken", answer=type(error).__name__, code="person.broken"))


def keep(export: PersonExport, token: str) -> None:
    """Of two makers the slower throws its own away."""
    files = {File.new_key("json"): as_json(export.person), File.new_key("pdf"): as_paper(export.person)}
    for key, content in files.items():
        vault().put(key, content)
    try:
        export.made(token, *files)
    except Lost:
        for key in files:
            vault().delete(key)
        raise


def as_json(person: Person) -> bytes:
    """The documented shape; choices by their stored words, times in UTC."""
    organisation = Organisation.current()
    assert organisation is not None
    shape = {
        "format": SHAPE,
        "made_at": now(),
        "controller": {"name": organisation.name, "org_number": organisation.org_number, "email": organisation.email},
        "person": {"name": person.name, "language": person.language},
    }
    with app().test_request_context(), force_locale(Language.EN.locale):
        sections = {section.code: [stored(row) for row in section.rows] for section in sections_of(person)}
        return json.dumps(shape | {"sections": sections}, ensure_ascii=False, indent=1, default=plain).encode()


def stored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Choice) else value for name, value in row.items()}


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def as_paper(person: Person) -> bytes:
    """The same to read, tagged, in the person's language."""
    images: dict[str, bytes] = {}
    language = person.language
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(language.locale):
        g.organisation = Organisation.current()
        sheet = {
            "title": gettext("What we know about you"),
            "number": person.name,
            "language": language.value,
            "organisation": sender(images),
            "address": address(person),
        }
        html = render_template("pdf/person.html", sheet=sheet, sections=[printable(one) for one in sections_of(person)])
        accent = g.organisation.accent
    return pdf.render(html, images=images, language=language.value, accent=accent)


def address(person: Person) -> tuple[str, ...]:
    home = person.private[0] if person.private else None
    return lines(home.address, f"{home.postcode} {home.town}") if home else ()


def printable(section: Section) -> dict[str, Any]:
    """Its rows as (label, value) pairs; in lists only what is filled in, and what happened in words."""
    rows = [[(label, in_words(row, name)) for name, label in section.columns.items()] for row in section.rows]
    if section.as_facts:
        rows = [[(label, value) for label, value in row if value not in (None, "", False)] for row in rows]
    return {"title": section.title, "labels": list(section.columns.values()), "rows": rows, "list": section.as_facts}


def in_words(row: dict[str, Any], name: str) -> Any:
    value = row[name]
    if isinstance(value, dict):
        return "\n".join(changed(field, change) for field, change in value.items())
    if name == "what" and isinstance(value, str) and value in HAPPENINGS:
        return str(HAPPENINGS[value].sentence) % defaultdict(lambda: "…", who=row["by"] or "Kundbok", what=row["about"])
    return value


def changed(field: str, change: dict[str, Any]) -> str:
    label = next((noun.label_of(field) for noun in NAMED if field in noun.LABELS), field)
    old, new = (change.get(f"{side}_words", change.get(side)) for side in ("old", "new"))
    return gettext("%(field)s: %(old)s, then %(new)s", field=label, old=said(old), new=said(new))


def said(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
