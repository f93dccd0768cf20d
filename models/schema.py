"""Bringing the database to the shape the models expect: numbered migrations, each in one transaction with its
history row."""

from pathlib import Path

from playhouse.migrations import Runner

from models.base import db, on_postgres

FOLDER = Path(__file__).parent / "migrations"


def runner() -> Runner:
    return Runner(db.obj, str(FOLDER))


def migrate() -> list[str]:
    """Apply what is missing; returns the names applied. A killed run leaves the old or the new shape, never half."""
    return runner().up()


def pending() -> list[str]:
    """The migrations this database has not seen."""
    return [migration.name for migration in runner().status() if migration.applied is None]


def statements(name: str) -> list[str]:
    """The SQL of a migration that is written per database, from the file beside it; `;;` ends a statement."""
    dialect = "postgresql" if on_postgres() else "sqlite"
    text = (FOLDER / f"{name}.{dialect}.sql").read_text(encoding="utf-8")
    return [statement.strip() for statement in text.split(";;") if statement.strip()]
