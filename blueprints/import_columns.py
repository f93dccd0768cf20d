"""Which of a file's columns is what: the choices, what stands under each heading, and where empty cells overwrite."""

import re
from types import SimpleNamespace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import Optional

from blueprints import forms
from blueprints.forms import Form
from models.import_job import ImportJob

FIELD, BLANK = "column-", "blank-"
NUMBERED = re.compile(r"(.+) \((\d+)\)")


def form_of(job: ImportJob) -> Form:
    """One choice per column of the register: which of the file's headings it is, or none."""
    headings = [SelectChoice("", _("Not imported"))]
    headings += [SelectChoice(heading, heading) for heading in job.headings if heading]
    fields: dict[str, SelectField | BooleanField] = {}
    for column in job.register.columns:
        checks = [forms.REQUIRED if column.required else Optional()]
        chosen = job.mapping.get(column.field, "")
        fields[FIELD + column.field] = SelectField(
            column.label, checks, choices=headings, default=chosen, description=sample(job, chosen)
        )
    for column in job.register.columns:
        if column.field in job.register.register.blankable():
            fields[BLANK + column.field] = BooleanField(column.label, default=column.field in job.blanks)
    return type("ColumnsForm", (Form,), fields)()


def mapping(form: Form) -> dict[str, str]:
    chosen = form.values().items()
    return {name.removeprefix(FIELD): heading for name, heading in chosen if name.startswith(FIELD) and heading}


def blanks(form: Form) -> list[str]:
    """The chosen columns in which an empty cell overwrites."""
    ticked = [name.removeprefix(BLANK) for name, value in form.values().items() if name.startswith(BLANK) and value]
    return [field for field in ticked if field in mapping(form)]


def sheet_form(job: ImportJob) -> Form:
    sheets = [SelectChoice(name, name) for name in job.sheets]
    return type("SheetForm", (Form,), {"sheet": SelectField(_l("Sheet"), choices=sheets, default=job.sheet)})()


def under(job: ImportJob, heading: str) -> list[str]:
    """What stands under the heading in the first rows."""
    place = job.headings.index(heading)
    return [cells[place] for cells in job.samples if place < len(cells) and cells[place].strip()]


def sample(job: ImportJob, heading: str) -> str:
    if heading not in job.headings:
        return ""
    shown = under(job, heading)
    return _("In the file: %(samples)s", samples=", ".join(shown)) if shown else _("Empty in the first rows")


def preview(job: ImportJob) -> list[SimpleNamespace]:
    """Every heading of the file with what stands under it, and whether it is imported."""
    return [
        SimpleNamespace(
            text=heading,
            sub=", ".join(under(job, heading)) or _("Empty in the first rows"),
            badge=None if heading in job.mapping.values() else LEFT_OUT,
        )
        for heading in job.headings
        if heading
    ]


def again(job: ImportJob) -> list[tuple[str, str]]:
    """Headings that stand in the file more than once, each with the name it is told apart by."""
    named = [(NUMBERED.fullmatch(heading), heading) for heading in job.headings]
    known = {heading.casefold() for heading in job.headings}
    return [(found[1], heading) for found, heading in named if found and found[1].casefold() in known]


LEFT_OUT = SimpleNamespace(label=_l("Not imported"), tone="neutral")
