"""Undoing an import: what would go and stay is seen first, then it is done, with its progress and its report."""

from types import SimpleNamespace

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Action, act, explain
from blueprints.addresses import page_of
from blueprints.web import blueprint, done, on, page
from blueprints.words import number
from models.import_job import ImportJob
from models.import_undo import ImportUndo
from models.obstacles import Obstacle
from tasks import import_undo

bp = blueprint("import_undo", at="/imports")

SHOWN_OBSTACLES = 100


@bp.get("/<int:id>/undo")
@on(ImportJob, "view")
def show(job: ImportJob) -> Response:
    undo = ImportUndo.latest(job)
    return page(
        "imports/undo.html",
        block="state",
        job=job,
        undo=undo,
        weigh=weigh_button(job, undo),
        start=start_button(job, undo) if undo else None,
        counts=counts(undo) if undo else [],
        stays=obstacles(undo) if undo else [],
        shown=SHOWN_OBSTACLES,
        reasons=explain([undo.refusal] if undo and undo.refusal else []),
    )


@bp.post("/<int:id>/undo")
@on(ImportJob, "undo")
def weigh(job: ImportJob) -> Response:
    """Have it found out what undoing would do; nothing is changed yet."""
    import_undo.weigh(job, by=current_user)
    return done(
        _("Kundbok looks at what undoing would do. Nothing is changed yet."), url_for("import_undo.show", id=job.id)
    )


@bp.post("/<int:id>/undo/start")
@on(ImportJob, "undo")
def start(job: ImportJob) -> Response:
    undo = ImportUndo.latest(job)
    if undo is None:
        abort(404)
    import_undo.start(undo, by=current_user)
    return done(_("The import is being undone."), url_for("import_undo.show", id=job.id))


def weigh_button(job: ImportJob, undo: ImportUndo | None) -> Action:
    label = _("Look again") if undo else _("See what would happen")
    return act(job, "undo", label, url_for("import_undo.weigh", id=job.id), id="weigh", icon="arrow-counterclockwise")


def start_button(job: ImportJob, undo: ImportUndo) -> Action:
    """Says in the button's own words what it takes back."""
    coming = undo.removed + undo.restored
    label = ngettext("Undo %(num)s record", "Undo %(num)s records", coming)
    if undo.is_failed and not undo.dry:
        label = _("Go on undoing")
    return act(job, "undo", label, url_for("import_undo.start", id=job.id), icon="arrow-counterclockwise", danger=True)


def counts(undo: ImportUndo) -> list[tuple[str, str]]:
    """What was done, or would be."""
    words = (
        (_("Would be removed"), _("Would get their old values back"), _("Would stay as they are"))
        if undo.dry
        else (_("Removed"), _("Got their old values back"), _("Stayed as they are"))
    )
    return list(zip(words, map(number, (undo.removed, undo.restored, undo.kept)), strict=True))


def obstacles(undo: ImportUndo) -> list[SimpleNamespace]:
    """One line per record, with every reason why it, or a field of it, stays."""
    by_record: dict[int, list[Obstacle]] = {}
    for obstacle in undo.obstacles:
        by_record.setdefault(obstacle.record_id, []).append(obstacle)
    noun = undo.job.register.register.noun
    return [line(found, noun) for found in by_record.values()]


def line(found: list[Obstacle], noun) -> SimpleNamespace:
    url = page_of(noun._meta.table_name, found[0].record_id)
    reasons = " ".join(obstacle.say(noun.label_of) for obstacle in found)
    return SimpleNamespace(text=found[0].what, url=url, sub=reasons)
