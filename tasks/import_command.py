"""`flask --app app import REGISTER FILE`: the browser's import on the command line."""

import json
import sys
import time
from pathlib import Path
from typing import NoReturn

import click
from flask_babel import force_locale, gettext, ngettext

from models import schema
from models.base import Language, connection
from models.import_job import ImportJob
from models.organisation import Organisation, Store
from models.refusals import Refused, refuse
from models.register import Outcome, Problem, RegisterName
from models.rights import Role
from models.user import User
from tasks import imports
from tasks.tables import LIMIT_BYTES, BadTable

NAMES = [name.value.replace("_", "-") for name in RegisterName]
SHOWN = 100
LANGUAGES = [language.value for language in Language]


@click.command("import")
@click.argument("register", type=click.Choice(NAMES))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would happen; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--blank-overwrites", is_flag=True, help="An empty cell erases what is there.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of the messages.")
def import_(
    register: str, file: Path, dry_run: bool, as_json: bool, blank_overwrites: bool, language: str | None
) -> None:
    """Import customers, contacts, facilities, service objects or fault reports from a CSV or XLSX file."""
    name = RegisterName(register.replace("-", "_"))
    with connection():
        organisation, owner = acting()
        with force_locale(Language(language or organisation.language).locale):
            try:
                raw = read(file, name)
                outcome = (
                    rehearse(name, raw, owner, blank_overwrites)
                    if dry_run
                    else write(name, file.name, raw, owner, blank_overwrites)
                )
            except (Refused, OSError) as error:
                leave(said(error, file))
            click.echo(json_report(outcome) if as_json else report(outcome, dry_run))


def acting() -> tuple[Organisation, User]:
    """The command line acts as the first owner."""
    if schema.pending():
        leave("The database is not migrated yet. Run: flask --app app migrate")
    organisation = Organisation.current()
    owner = User.active_staff().where(User.role == Role.OWNER).order_by(User.id).first()
    if organisation is None or owner is None:
        leave("There is no organisation with an owner yet. Open Kundbok in a browser first.")
    return organisation, owner


def leave(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def read(file: Path, register: RegisterName) -> bytes:
    """The file's bytes; one that is too large is refused before any of it is read."""
    size = file.stat().st_size
    if size > LIMIT_BYTES:
        raise Refused([imports.not_a_table(BadTable("table.too_large", size=size, limit=LIMIT_BYTES), register)])
    return file.read_bytes()


def said(error: Refused | OSError, file: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return gettext("There is no file %(file)s.", file=file)
    if isinstance(error, OSError):
        return gettext(
            "The file %(file)s cannot be read: %(answer)s.",
            file=file,
            answer=error.strerror or error,
        )
    parts = [part for refusal in error.refusals for part in (refusal.say(), refusal.nums()) if part]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def rehearse(register: RegisterName, raw: bytes, owner: User, blanks: bool) -> Outcome:
    demand_columns(register, imports.look_at(raw, register)["headings"])
    return imports.rehearse(register, raw, store=home(owner), by=owner, blanks=blanks)


def write(register: RegisterName, name: str, raw: bytes, owner: User, blanks: bool) -> Outcome:
    """Through a job like the browser's: killed and started again it goes on where it was."""
    facts = imports.look_at(raw, register)
    demand_columns(register, facts["headings"])
    job = ImportJob.unfinished(register, facts["sha256"], owner)
    if job is None:
        job = imports.keep(register, name, raw, facts, store=home(owner), by=owner)
        job.begin(by=owner, blanks=blanks)
    elif job.is_failed:
        job.start(by=owner)
    imports.go_on(job, at_once=True)
    while job.is_working:  # taken over by another process: its report is ours
        time.sleep(0.5)
        job.reload()
    if job.refusal:
        raise Refused([job.refusal])
    return Outcome(job.created, job.updated, job.skipped, job.rejected, job.problems)


def demand_columns(register: RegisterName, headings: list[str]) -> None:
    missing = register.register.unmapped(imports.proposed(register, headings))
    if missing:
        raise Refused(
            [refuse("import.no_column", field=column.label, headings=", ".join(headings)) for column in missing]
        )


def home(owner: User) -> Store:
    store = Store.visible_to(owner).order_by(Store.number).first()
    if store is None:
        leave("There is no store yet. Open Kundbok in a browser first.")
    return store


# The report


def json_report(outcome: Outcome) -> str:
    errors = [as_dict(problem) for problem in outcome.problems if not problem.is_remark]
    counts = {name: getattr(outcome, name) for name in ("created", "updated", "skipped", "rejected")}
    return json.dumps({**counts, "errors": errors}, ensure_ascii=False, indent=1)


def as_dict(problem: Problem) -> dict[str, str | int]:
    return {
        "row": problem.line,
        "column": problem.column,
        "value": problem.value,
        "message": problem.say(),
    }


def report(outcome: Outcome, dry_run: bool) -> str:
    lines = [gettext("Only checked: nothing is written.")] if dry_run else []
    lines += [
        ngettext("%(num)s row created", "%(num)s rows created", outcome.created),
        ngettext("%(num)s row updated", "%(num)s rows updated", outcome.updated),
        ngettext(
            "%(num)s row skipped, the same as what is there",
            "%(num)s rows skipped, the same as what is there",
            outcome.skipped,
        ),
        ngettext("%(num)s row rejected", "%(num)s rows rejected", outcome.rejected),
        *(line(problem) for problem in outcome.problems[:SHOWN]),
    ]
    more = len(outcome.problems) - SHOWN
    if more > 0:
        lines.append(ngettext("%(num)s more; --json lists it", "%(num)s more; --json lists them", more))
    return "\n".join(lines)


def line(problem: Problem) -> str:
    facts = {
        "line": problem.line,
        "column": problem.column or "–",
        "value": problem.value or "–",
        "message": problem.say(),
    }
    return gettext("Line %(line)s, %(column)s, %(value)s: %(message)s", **facts)
