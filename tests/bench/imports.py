"""Importing customers against the least it could cost: parsing, validating and one executemany.

Run `python -m tests.bench.imports [rows] [rounds]`. The goal is at most 4 times the bare way for
10,000 rows: what the search index, the events, the report and the safe restart may cost.
"""

import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

SCRATCH = Path(tempfile.mkdtemp(prefix="kundbok-bench-"))
os.environ.update({"DATA_DIR": str(SCRATCH), "KUNDBOK_TESTING": "1", "PASSWORD_COST": "low"})
os.environ.pop("DATABASE_URL", None)

from flask_babel import force_locale  # noqa: E402

import app as composition  # noqa: E402
from models import schema  # noqa: E402
from models.base import connection, db  # noqa: E402
from models.customer import Customer  # noqa: E402
from models.register import RegisterName, Rules, propose  # noqa: E402
from models.rights import Role  # noqa: E402
from tasks import imports  # noqa: E402
from tests import factories  # noqa: E402
from tests.registers import register  # noqa: E402

GOAL = 4.0


def bare(raw: bytes, house: factories.House, owner) -> None:
    """The least there is: parsing, validating, and one executemany into a bare table."""
    rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    headings = next(rows)
    mapping = propose(RegisterName.CUSTOMERS.columns, headings)
    checker = RegisterName.CUSTOMERS.register(headings, mapping, Rules(owner, house.north))
    columns = list(Customer._meta.columns)[1:]
    blank = dict.fromkeys(columns, "")
    good = [
        {**blank, **row.values}
        for row in (checker.check(line, cells) for line, cells in enumerate(rows, 2))
        if not row.bad
    ]
    places = ", ".join("?" for _ in columns)
    with db.atomic():
        values = [[record[name] for name in columns] for record in good]
        db.cursor().executemany(f"INSERT INTO bare VALUES ({places})", values)  # noqa: S608  our own names


def ours(raw: bytes, house: factories.House, owner) -> None:
    """All of it: upload, claim, chunks with events, search text and index, the report."""
    job = imports.receive(RegisterName.CUSTOMERS, "register.csv", raw, store=house.north, by=owner)
    job.begin(by=owner)
    imports.go_on(job)
    assert job.is_done and not job.rejected, (job.status, job.failure, job.problems[:3])


def empty_bare() -> None:
    db.execute_sql("DROP TABLE IF EXISTS bare")
    columns = list(Customer._meta.columns)[1:]
    number = columns.index("number")
    named = [f'"{name}"' + (" UNIQUE" if place == number else "") for place, name in enumerate(columns)]
    db.execute_sql(f"CREATE TABLE bare ({', '.join(named)})")


def timed(act: Callable[..., None], *args) -> float:
    start = perf_counter()
    act(*args)
    return perf_counter() - start


def measure(rows: int, rounds: int) -> tuple[float, float]:
    """Median seconds of the bare way and of ours, taking turns."""
    app = composition.create_app()
    with app.app_context(), connection(), force_locale("sv"):
        schema.migrate()
        house = factories.house()
        owner = factories.user(Role.OWNER, "Olga Owner")
        least, whole = [], []
        for turn in range(rounds):
            raw = register(rows, start=(turn + 1) * 10_000_000)
            empty_bare()
            least.append(timed(bare, raw, house, owner))
            whole.append(timed(ours, raw, house, owner))
        return median(least), median(whole)


def main(rows: int = 10_000, rounds: int = 3) -> None:
    least, whole = measure(rows, rounds)
    verdict = "" if whole <= GOAL * least else f"  over {GOAL}"
    print(f"{'rows':>8} {'bare s':>8} {'ours s':>8} {'ratio':>6}")
    print(f"{rows:8} {least:8.3f} {whole:8.3f} {whole / least:6.2f}{verdict}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
