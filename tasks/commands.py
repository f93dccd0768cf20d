"""The command line's worker side: serve, worker, demo, backup, restore."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import peewee

from models import schema
from models.base import connection, db
from tasks import CONFIG, app, huey, serving, worker
from tasks import demo as company
from tasks.import_command import import_
from tasks.queue import make_ready
from tasks.supervisor import Supervisor

WEB_PROCESSES = 2
MIGRATE = "Run: flask --app app migrate"


def spoken(command: Callable) -> Callable:
    """Errors as one sentence on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except peewee.DatabaseError as error:
            say_and_leave(f"The database does not answer as it should: {first_line(error)}")
        except (RuntimeError, ValueError, OSError) as error:
            say_and_leave(first_line(error))

    return run


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def say_and_leave(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


def demand_schema() -> None:
    """The database answers and has the shape that this version needs."""
    missing = schema.pending()
    if missing:
        raise RuntimeError(f"The database is not migrated yet ({', '.join(missing)}). {MIGRATE}")


def check_database() -> None:
    """The same before a fork or many threads: the connection that looked is closed again."""
    with connection():
        demand_schema()
    make_ready(huey)
    getattr(db.obj, "close_all", db.close)()


@click.command()
@spoken
def serve() -> None:
    """Run the web server and the worker until Ctrl-C or SIGTERM."""
    check_database()
    door = serving.listen("127.0.0.1", CONFIG.port)
    click.echo(f"Kundbok answers on http://127.0.0.1:{CONFIG.port}")
    work: dict[str, Callable[[], None]] = {"worker": lambda: worker.run(started_again=True)}
    for number in range(1, WEB_PROCESSES + 1):
        work[f"web-{number}"] = lambda: serving.answer(app(), door, patience=18)
    sys.exit(Supervisor(work).run())


@click.command("worker")
@spoken
def work() -> None:
    """Run only the worker, where the web server is started by other means."""
    check_database()
    worker.run()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The logins as JSON, for scripts.")
@spoken
def demo(as_json: bool) -> None:
    """Fill an empty database with an invented company, and list who can log in."""
    with connection():
        demand_schema()
        company.load()
        logins = company.logins()
    click.echo(json.dumps(logins, ensure_ascii=False, indent=1) if as_json else as_table(logins))


def as_table(logins: list[dict]) -> str:
    rows: list[tuple[str, ...]] = [("login", "password", "role", "store", "customer")]
    rows += [tuple(str(login[name] or "-") for name in rows[0]) for login in logins]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@spoken
def backup(file: Path) -> None:
    """Write the database and all files into one archive, while everything runs."""
    from tasks import backup as archive  # only these two commands need it

    with connection():
        demand_schema()
        for lost in archive.write(file):
            click.echo(f"Missing from the storage, and so from the backup: {lost}", err=True)
    click.echo(f"Saved {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Throw away what this installation holds now.")
@spoken
def restore(file: Path, replace: bool) -> None:
    """Bring back what `backup` saved; everybody has to log in again."""
    from tasks import backup as archive  # only these two commands need it

    with connection():
        archive.bring_back(file, replace=replace)
    click.echo(f"Restored {file}")


COMMANDS: list[click.Command] = [serve, work, demo, backup, restore, import_]
