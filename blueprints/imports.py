"""Imports: a register is uploaded, its columns are chosen, it is checked, and then written."""

from types import SimpleNamespace
from typing import Any

from flask import Response as FileResponse
from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice

from blueprints import import_columns as columns
from blueprints.actions import Action, act, explain
from blueprints.forms import Form
from blueprints.web import blueprint, done, on, page, this_store
from blueprints.words import ago, number
from models.import_job import ImportJob
from models.import_undo import ImportUndo
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.register import RegisterName
from tasks import imports
from tasks.tables import LIMIT_BYTES

bp = blueprint("imports")

SHOWN_PROBLEMS = 100
RECENT = 10
UNPROCESSABLE = 422
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTED = {RegisterName.CONTACTS: "customers"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251",
}
SEPARATORS = {";": _l("semicolon"), "\t": _l("tab"), ",": _l("comma"), "|": _l("vertical bar")}


class UploadForm(Form):
    register = RadioField(
        _l("What is in the file?"),
        choices=[SelectChoice(name.value, name.label) for name in RegisterName],
        default=RegisterName.CUSTOMERS.value,
    )
    file = FileField(
        _l("The file"),
        description=_l("CSV or Excel (.xlsx), at most 50 MB. Choose it, or drag it here."),
        render_kw={"accept": ".csv,.txt,.xlsx"},
    )


@bp.get("/")
@on(ImportJob, "view")
def index() -> Response:
    return start_page(UploadForm())


@bp.post("/")
@on(ImportJob, "create")
def create() -> Response:
    """Take a register in; what cannot be read as a table is refused here, and nothing is kept."""
    form = UploadForm()
    upload = request.files.get("file")
    if not form.validate():
        return start_page(form, status=422)
    register = RegisterName(form.register.data)
    if not upload or not upload.filename:
        return start_page(form, [refuse("import.no_file", register=register.value, kind="xlsx")], 422)
    try:
        job = imports.receive(register, upload.filename, upload.read(LIMIT_BYTES + 1), store=here(), by=current_user)
    except Refused as error:
        return start_page(form, error.refusals, error.status)
    return done(
        _("%(file)s is read. Choose the columns.", file=job.name),
        url_for("imports.show", id=job.id),
    )


def here() -> Store:
    """Where records go that name no store: the store the reader is in."""
    store = this_store() or Store.visible_to(current_user).first()
    if store is None:
        abort(404)
    return store


def start_page(form: UploadForm, refusals: list[Refusal] | None = None, status: int = 200) -> Response:
    context: dict[str, Any] = {
        "form": form,
        "reasons": explain(refusals or []),
        "recent": [recent(job) for job in ImportJob.recent(current_user, RECENT)],
    }
    return page("imports/index.html", status=status, templates=list(RegisterName), **context)


def recent(job: ImportJob) -> SimpleNamespace:
    rows = ngettext("%(num)s row", "%(num)s rows", job.row_count)
    facts = (job.register.label, rows, job.by.name, ago(job.at))
    return SimpleNamespace(
        text=job.name,
        url=url_for("imports.show", id=job.id),
        sub=" · ".join(str(fact) for fact in facts),
        badge=job.status,
    )


@bp.get("/<int:id>")
@on(ImportJob, "view")
def show(job: ImportJob) -> Response:
    return job_page(job)


@bp.post("/<int:id>/columns")
@on(ImportJob, "choose")
def choose(job: ImportJob) -> Response:
    """Take the chosen columns and let the worker check the file; nothing is written yet."""
    form = columns.form_of(job)
    if not form.validate():
        return job_page(job, form, status=422)
    try:
        imports.choose(job, columns.mapping(form), columns.blanks(form), by=current_user)
    except Refused as error:
        return chosen_wrong(job, form, error)
    return done(_("The file is being checked. Nothing is written yet."), url_for("imports.show", id=job.id))


def chosen_wrong(job: ImportJob, form: Form | None, error: Refused) -> Response:
    """A choice that does not do stands where it was made; that it is too late for one is another page."""
    if error.status != UNPROCESSABLE:
        raise error
    return job_page(job, form, error.refusals, error.status)


@bp.post("/<int:id>/sheet")
@on(ImportJob, "choose")
def sheet(job: ImportJob) -> Response:
    """Read another sheet of the workbook instead."""
    form = columns.sheet_form(job)
    if not form.validate():
        return job_page(job, status=422)
    try:
        imports.change_sheet(job, form["sheet"].data, by=current_user)
    except Refused as error:
        return chosen_wrong(job, None, error)
    return done(
        _("The sheet %(sheet)s is read. Choose the columns.", sheet=job.sheet), url_for("imports.show", id=job.id)
    )


@bp.post("/<int:id>/start")
@on(ImportJob, "start")
def start(job: ImportJob) -> Response:
    imports.start(job, by=current_user)
    return done(_("The import runs."), url_for("imports.show", id=job.id))


@bp.get("/<int:id>/rejected.csv")
@on(ImportJob, "view")
def rejected(job: ImportJob) -> Response:
    """The rows that were kept out, each with what is wrong, to be mended and imported again."""
    try:
        rows = imports.rejected_rows(job, job.problems, _("What is wrong"), current_user.language.value)
    except FileNotFoundError:
        abort(404)  # the file itself is gone; the page still lists what was wrong
    return attachment(rows, "text/csv; charset=utf-8", f"rejected-{job.id}.csv")


@bp.get("/template/<name>.<any(csv,xlsx):kind>")
@on(ImportJob, "view")
def template(name: str, kind: str) -> Response:
    if name not in set(RegisterName):
        abort(404)
    content = imports.template(RegisterName(name), kind, current_user.language.value)
    return attachment(content, WORKBOOK if kind.startswith("x") else "text/csv; charset=utf-8", f"{name}.{kind}")


def attachment(content: Any, mime: str, name: str) -> Response:
    return FileResponse(content, mimetype=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# The page of one import


def job_page(
    job: ImportJob, form: Form | None = None, refusals: list[Refusal] | None = None, status: int = 200
) -> Response:
    problems = job.problems
    return page(
        "imports/show.html",
        block="state",
        status=status,
        job=job,
        form=form or columns.form_of(job),
        sheets=columns.sheet_form(job),
        found=found(job),
        cells=columns.preview(job),
        again=columns.again(job),
        records=url_for(register_page(job.register)),
        start=act(job, "start", start_label(job), url_for("imports.start", id=job.id), icon="upload", primary=True),
        undo=undo_button(job),
        is_undone=ImportUndo.latest(job) is not None,
        refused=explain(refusals or []),
        reasons=explain([job.refusal] if job.refusal else []),
        counts=counts(job),
        problems=[problem_line(problem) for problem in problems[:SHOWN_PROBLEMS]],
    )


def register_page(register: RegisterName) -> str:
    """The list where the records are seen; contacts are seen on their customers' cards."""
    return f"{LISTED.get(register, register.value)}.index"


def undo_button(job: ImportJob) -> Action:
    label = _("See what would happen")
    return act(job, "undo", label, url_for("import_undo.weigh", id=job.id), icon="arrow-counterclockwise")


def start_label(job: ImportJob) -> str:
    if job.is_failed and not job.dry:
        return _("Go on with the import")
    coming = job.created + job.updated
    if not coming:
        return _("Import all the same")
    return ngettext("Import %(num)s row", "Import %(num)s rows", coming)


def found(job: ImportJob) -> list[tuple[str, Any]]:
    """What was found in the file."""
    form = (
        [(_("Sheet"), job.sheet)]
        if job.sheet
        else [
            (_("Encoding"), ENCODINGS.get(job.encoding, job.encoding)),
            (_("Separator"), SEPARATORS.get(job.delimiter, job.delimiter)),
        ]
    )
    size = _("%(size)s kB", size=number(max(1, round(job.size / 1000))))
    width = len([heading for heading in job.headings if heading])
    return [
        (_("Register"), job.register.label),
        (_("Rows"), number(job.row_count)),
        (_("Columns"), number(width)),
        *form,
        (_("Size"), size),
        (_("By"), job.by.name),
        (_("Uploaded"), ago(job.at)),
    ]


def counts(job: ImportJob) -> list[tuple[str, str]]:
    """What was done, or in a check what would be."""
    words = (_("To be created"), _("To be updated")) if job.dry else (_("Created"), _("Updated"))
    numbers = (job.created, job.updated, job.skipped, job.rejected)
    labels = (*words, _("Skipped, the same as what is there"), pgettext("several", "Rejected"))
    return [(label, number(count)) for label, count in zip(labels, numbers, strict=True)]


def problem_line(problem) -> SimpleNamespace:
    where = [
        _("Line %(line)s", line=problem.line),
        problem.column,
        f"“{problem.value}”" if problem.value else "",
    ]
    return SimpleNamespace(
        text=problem.say(),
        sub=" · ".join(part for part in where if part),
        badge=REMARK if problem.is_remark else None,
    )


REMARK = SimpleNamespace(label=_l("Remark"), tone="neutral")
