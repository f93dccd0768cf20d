"""Importing registers: taking files in, checking and writing them, going on after a crash."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from models.base import connection, db
from models.file import File
from models.import_job import ImportJob
from models.organisation import Store
from models.refusals import Refused, refuse
from models.register import Outcome, Problem, Register, RegisterName, Row, Rules, propose
from models.register.column import folded
from models.user import User
from models.worked import Lost
from tasks import huey, vault
from tasks.tables import BadTable, Table, read_table, write_csv, write_xlsx

log = structlog.get_logger("kundbok.imports")

CHUNK = 5_000  # some tenths of a second; every chunk waits once for the disk, and writes the search index once more
SAMPLES = 3
MB = 1_000_000


# The file


@contextmanager
def opened(source: Path | bytes, register: RegisterName, sheet: str = "") -> Iterator[Table]:
    """The file as a table. What cannot be read is refused in words, also late in the file."""
    names = {name for column in register.columns for name in column.everywhere}
    try:
        with read_table(source, unescape=True, sheet=sheet, known=lambda cell: folded(cell) in names) as table:
            yield table
    except BadTable as error:
        raise Refused([not_a_table(error, register)]) from error


def not_a_table(error: BadTable, register: RegisterName):
    params = dict(error.params)
    if error.code == "table.too_large":
        params = {"size": round(int(params["size"]) / MB), "limit": int(params["limit"]) // MB}
    return refuse(error.code, **params, code=error.code, register=register.value, kind="xlsx")


def look_at(raw: bytes, register: RegisterName, sheet: str = "") -> dict[str, Any]:
    """What was found in the file. All of it is read, so that what breaks late is said at once."""
    with opened(raw, register, sheet) as table:
        samples, count = [], 0
        for count, (_, cells) in enumerate(table.rows, start=1):
            if count <= SAMPLES:
                samples.append([cell[:80] for cell in cells])
    return {
        "headings": table.headings,
        "samples": samples,
        "row_count": count,
        "sheet": table.sheet or "",
        "sheets": list(table.sheets),
        "encoding": table.encoding or "",
        "delimiter": table.delimiter or "",
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }


def receive(register: RegisterName, name: str, raw: bytes, *, store: Store, by: User) -> ImportJob:
    """Take an uploaded register in. Raises Refused where it is no table; nothing is kept then."""
    return keep(register, name, raw, look_at(raw, register), store=store, by=by)


def keep(register: RegisterName, name: str, raw: bytes, facts: dict, *, store: Store, by: User) -> ImportJob:
    key = File.new_key("bin")
    vault().put(key, raw)
    name = name.replace("\\", "/").rpartition("/")[2][:160]
    return ImportJob.receive(register, store, {"name": name, "key": key, **facts}, by=by)


def raw_of(job: ImportJob) -> bytes:
    """What was uploaded. Refused where it has been let go of since (retention, or an erased person stood in it)."""
    if not job.key:
        raise Refused([refuse("import.file_gone", name=job.name)])
    return vault().get(job.key)


def change_sheet(job: ImportJob, sheet: str, *, by: User) -> None:
    """Take another sheet of the workbook. Raises Refused where it holds no table."""
    job.look_again(look_at(raw_of(job), job.register, sheet), by=by)


# Checking and writing


def choose(job: ImportJob, mapping: dict[str, str], blanks: Sequence[str] = (), *, by: User) -> None:
    job.choose(mapping, blanks, by=by)
    ring(job)


def start(job: ImportJob, *, by: User) -> None:
    job.start(by=by)
    ring(job)


def ring(job: ImportJob) -> None:
    """Wake the worker once the row is there for it to see."""
    job_id = job.id
    db.after_commit(lambda: run(job_id))


@huey.task(name="run_import", priority=20)
def run(job_id: int) -> None:
    with connection():
        job = ImportJob.get_or_none(ImportJob.id == job_id)
        if job is not None:
            go_on(job)


def resume_waiting() -> None:
    """Every minute: imports whose ring was lost or whose worker died."""
    with connection():
        for job in ImportJob.abandoned():
            go_on(job)


def go_on(job: ImportJob, *, at_once: bool = False) -> None:
    """Work on the import until it is through, failed or taken. `at_once` takes it from another."""
    token = job.claim(at_once=at_once)
    if token is None:
        return
    try:
        _work(job, token)
    except Lost:
        log.info("import_lost", job=job.id)
    except Refused as error:
        job.fail(error.refusals[0])
    except Exception as error:
        log.exception("import_broken", job=job.id)
        job.fail(refuse("import.broken", import_id=job.id, answer=type(error).__name__))


def _work(job: ImportJob, token: str) -> None:
    with opened(raw_of(job), job.register, job.sheet) as table:
        register = job.open_register()
        rows = checked(register, table)
        for _ in islice(rows, job.rows_done):
            pass  # checked again for what they say of later rows, written already
        for chunk in in_chunks(rows):
            job.take(register, chunk, token)
    job.finish(token)


def checked(register: Register, table: Table) -> Iterator[Row]:
    return (register.check(line, cells) for line, cells in table.rows)


def in_chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def rehearse(register_name: RegisterName, raw: bytes, *, store: Store, by: User, blanks: bool = False) -> Outcome:
    """What an import would do, without a trace of it. `blanks`: empty cells overwrite wherever they may."""
    total, kind = Outcome(), register_name.register
    with opened(raw, register_name) as table:
        mapping = proposed(register_name, table.headings)
        register = kind(table.headings, mapping, Rules(by, store), kind.blankable() if blanks else ())
        for chunk in in_chunks(checked(register, table)):
            total.add(register.settle(chunk, dry=True))
    return total


def proposed(register: RegisterName, headings: Sequence[str]) -> dict[str, str]:
    return ImportJob.remembered(register, headings) or propose(register.columns, headings)


# What is handed out


def rejected_rows(job: ImportJob, problems: Sequence[Problem], title: str, language: str) -> Iterator[bytes]:
    """The rows that were kept out as CSV, with what is wrong in a last column."""
    said: dict[int, list[str]] = {}
    for problem in problems:
        if not problem.is_remark:
            place = f"{problem.column}: " if problem.column else ""
            said.setdefault(problem.line, []).append(place + problem.say())
    with opened(raw_of(job), job.register, job.sheet) as table:
        rows = ([*cells[: len(table.headings)], " ".join(said[line])] for line, cells in table.rows if line in said)
        return iter(list(write_csv([*table.headings, title], rows, language=language)))


def template(register: RegisterName, kind: str, language: str) -> bytes:
    """A file with the register's headings in the reader's language and one row that shows how."""
    headings = [str(column.label) for column in register.columns]
    rows = [[str(column.example) for column in register.columns]]
    if kind == "xlsx":
        return write_xlsx(headings, rows, sheet=str(register.label))
    return b"".join(write_csv(headings, rows, language=language))
