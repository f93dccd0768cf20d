"""The migrations make exactly the tables that the models describe, on both databases, and never half of them."""

import re
from pathlib import Path

import peewee
import pytest

from models import SEARCHABLE, TABLES, schema
from models.base import db, on_postgres, open_database
from models.contact import Contact
from models.custom_field import removal_statements
from models.customer import Customer
from models.customised import nouns
from models.search import index_statements
from tests import factories

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
        "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'schema_migration%'"
    ).fetchall()
    virtual = [name for name, _, sql in rows if sql.startswith("CREATE VIRTUAL")]
    plain = [name for name, kind, _ in rows if kind == "table" and not name.startswith(tuple(virtual))]
    return sorted(
        [(name, columns_of(name)) for name in plain]
        + [(name, re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", ""))) for name, _, sql in rows if name not in plain]
    )


def columns_of(table: str) -> list:
    """Its columns and foreign keys in no order: a column that came later stands last in the database."""
    columns = db.execute_sql(f'SELECT name, type, "notnull", pk FROM pragma_table_xinfo({table!r})').fetchall()
    keys = db.execute_sql(f'SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list({table!r})').fetchall()
    return [sorted(columns), sorted(keys)]


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
    assert schema.migrate() == sorted(path.stem for path in schema.FOLDER.glob("[0-9]*.py"))


BLANK = {"INTEGER": 0, "BOOLEAN": False, "DATETIME": "2026-01-01", "TIMESTAMP WITHOUT TIME ZONE": "2026-01-01"}


def old_row(table: str, **values) -> None:
    """A row in the shape of then; what is not told is blank."""
    for column in db.get_columns(table):
        if not column.null and column.name not in values:
            values[column.name] = BLANK.get(column.data_type.upper(), "")
    peewee.Table(table, [*values]).bind(db.obj).insert(values).execute()


def test_an_installation_of_the_first_version_keeps_its_records_and_finds_them(database, elsewhere):
    schema.runner().up("0001_foundation")
    old_row("store", id=1, number="012", name="Kiruna")
    old_row(
        "customer", id=1, number="1042", name="Åsele Bygg", search_text="1042 asele bygg", language="sv", store_id=1
    )
    old_row("contact", id=1, customer_id=1, name="Örjan Åström", phone="070-174 06 22")
    schema.migrate()
    for typed in ("orjan", "0701740622", "asele"):
        assert [contact.name for contact in Contact.select().where(Contact.matches(typed))] == ["Örjan Åström"]
    Contact.get_by_id(1).delete_instance()
    assert list(Contact.select().where(Contact.matches("orjan"))) == []


def test_a_private_customers_number_moves_out_of_what_everybody_is_found_by(house):
    facts = {"kind": "private", "org_number": "811228-9874"}
    person = factories.customer(house.north, "Signe Ström", number="3001", **facts)
    firm = factories.customer(house.north, "Nordens AB", number="3002", org_number="556012-5790")
    assert list(Customer.select().where(Customer.matches("8112289874"))) == [person]
    move = next(part for part in schema.statements("0010_customer_details") if part.startswith("UPDATE"))
    for _ in range(2):  # a second time finds nothing to move
        db.execute_sql(move)
    moved = Customer.get_by_id(person.id)
    assert (moved.personal_number, moved.org_number) == ("811228-9874", "")
    assert list(Customer.select().where(Customer.matches("8112289874") | Customer.matches("811228-9874"))) == []
    assert list(Customer.select().where(Customer.matches("signe strom"))) == [person]
    assert Customer.get_by_id(firm.id).org_number == "556012-5790"


def test_every_table_says_who_sees_its_rows_or_is_never_asked_for(database):
    from models.nouns import NOUNS

    silent = [name for name, noun in NOUNS.items() if "visible_to" not in vars(noun)]
    assert silent == []
    assert all(issubclass(table, peewee.Model) for table in TABLES)


def test_the_texts_of_user_groups_become_groups_and_everybody_stays_in_theirs(database, elsewhere):
    schema.runner().up("0016_unread_news")
    for number, text in enumerate(("Technicians", "Office", "Technicians ", ""), start=1):
        old_row("user", id=number, login=f"person{number}", name=f"Person {number}", role="technician", group=text)
    schema.migrate()
    groups = db.execute_sql("SELECT name, position FROM user_group ORDER BY position").fetchall()
    assert [tuple(row) for row in groups] == [("Office", 1), ("Technicians", 2)]
    names = 'SELECT g.name FROM "user" u LEFT JOIN user_group g ON g.id = u.group_id ORDER BY u.id'
    assert [row[0] for row in db.execute_sql(names).fetchall()] == ["Technicians", "Office", "Technicians", None]
