"""The migrations make exactly the tables that the models describe, on both databases, and never half of them."""

import re
from pathlib import Path

import peewee
import pytest

from models import SEARCHABLE, TABLES, schema
from models.base import db, on_postgres, open_database
from models.custom_field import removal_statements
from models.customised import nouns
from models.search import index_statements

COLUMNS = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, collation_name
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'schema_migration%%' ORDER BY 1, 2"""
INDEXES = """SELECT regexp_replace(indexdef, ' ON [a-z]+\\.', ' ON ') FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename NOT LIKE 'schema_migration%%' ORDER BY 1"""


@pytest.fixture
def elsewhere(app, tmp_path):
    """A database of its own: a fresh file, or a fresh schema of the tests' PostgreSQL; the tests' own comes
    back after."""
    home = db.obj
    if on_postgres():
        db.execute_sql("DROP SCHEMA IF EXISTS elsewhere CASCADE")
        db.execute_sql("CREATE SCHEMA elsewhere")
        db.execute_sql("SET search_path TO elsewhere, public")
        yield
        db.execute_sql("SET search_path TO public")
        db.execute_sql("DROP SCHEMA elsewhere CASCADE")
        return
    open_database(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    db.connect()
    yield
    db.close()
    db.initialize(home)


def shape() -> list:
    if on_postgres():
        return [*db.execute_sql(COLUMNS).fetchall(), *db.execute_sql(INDEXES).fetchall()]
    rows = db.execute_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'schema_migration%'"
    )
    return sorted((name, re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", ""))) for name, sql in rows.fetchall())


def from_models() -> list:
    db.create_tables(TABLES, safe=False)
    for table in SEARCHABLE:
        for statement in index_statements(table, on_postgres()):
            db.execute_sql(statement)
    for owner, noun in nouns().items():
        for statement in removal_statements(noun._meta.table_name, owner, on_postgres()):
            db.execute_sql(statement)
    return shape()


def clear() -> None:
    if on_postgres():
        db.execute_sql("DROP SCHEMA elsewhere CASCADE")
        db.execute_sql("CREATE SCHEMA elsewhere")
        return
    db.close()
    Path(db.database).unlink()
    db.connect()


def test_the_migrations_make_what_the_models_describe(database, elsewhere):
    described = from_models()
    clear()
    schema.migrate()
    assert shape() == described
    assert schema.pending() == []


def test_a_migration_that_breaks_off_leaves_the_old_shape(database, elsewhere, monkeypatch):
    statements = schema.statements

    def broken(name: str) -> list[str]:
        return [*statements(name)[:30], "SELECT this_is_not_a_function()"]

    monkeypatch.setattr(schema, "statements", broken)
    with pytest.raises(Exception, match="this_is_not_a_function"):
        schema.migrate()
    if db.in_transaction():
        db.rollback()
    assert shape() == []
    monkeypatch.undo()
    assert schema.migrate() == sorted(path.stem for path in schema.FOLDER.glob("0*.py"))


def test_every_table_says_who_sees_its_rows_or_is_never_asked_for(database):
    from models.nouns import NOUNS

    silent = [name for name, noun in NOUNS.items() if "visible_to" not in vars(noun)]
    assert silent == []
    assert all(issubclass(table, peewee.Model) for table in TABLES)
