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
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import Optional

from blueprints import forms
from blueprints.actions import act, explain
from blueprints.forms import Form
from blueprints.web import blueprint, done, on, page, this_store
from blueprints.words import ago, number
from models.import_job import ImportJob
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.register import RegisterName
from tasks import imports
from tasks.tables import LIMIT_BYTES

bp = blueprint("imports")

SHOWN_PROBLEMS = 100
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        "recent": [recent(job) for job in ImportJob.recent(current_user)],
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
    form = columns_form(job)
    if not form.validate():
        return job_page(job, form, 422)
    imports.choose(
        job,
        {name.removeprefix(FIELD): heading for name, heading in form.values().items() if heading},
        by=current_user,
    )
    return done(_("The file is being checked. Nothing is written yet."), url_for("imports.show", id=job.id))


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

FIELD = "column-"


def columns_form(job: ImportJob) -> Form:
    """One choice per column of the register: which of the file's headings it is, or none."""
    headings = [SelectChoice("", _("Not imported"))]
    headings += [SelectChoice(heading, heading) for heading in job.headings if heading]
    fields = {}
    for column in job.register.columns:
        checks = [forms.REQUIRED if column.required else Optional()]
        chosen = job.mapping.get(column.field, "")
        fields[FIELD + column.field] = SelectField(
            column.label, checks, choices=headings, default=chosen, description=sample(job, chosen)
        )
    return type("ColumnsForm", (Form,), fields)()


def sample(job: ImportJob, heading: str) -> str:
    """What stands under the heading in the first rows."""
    if heading not in job.headings:
        return ""
    place = job.headings.index(heading)
    shown = [cells[place] for cells in job.samples if cells[place].strip()]
    return _("In the file: %(samples)s", samples=", ".join(shown)) if shown else _("Empty in the first rows")


def job_page(job: ImportJob, form: Form | None = None, status: int = 200) -> Response:
    problems = job.problems
    return page(
        "imports/show.html",
        block="state",
        status=status,
        job=job,
        form=form or columns_form(job),
        found=found(job),
        unused=[heading for heading in job.headings if heading and heading not in job.mapping.values()],
        records=url_for(f"{job.register.value}.index"),
        start=act(
            job,
            "start",
            start_label(job),
            url_for("imports.start", id=job.id),
            icon="upload",
            primary=True,
        ),
        reasons=explain([job.refusal] if job.refusal else []),
        counts=counts(job),
        problems=[problem_line(problem) for problem in problems[:SHOWN_PROBLEMS]],
    )


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
    columns = len([heading for heading in job.headings if heading])
    return [
        (_("Register"), job.register.label),
        (_("Rows"), number(job.row_count)),
        (_("Columns"), number(columns)),
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
