"""Exports about persons, erasures with what the law keeps, and how long things are kept."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0016_personal_data"):
        db.execute_sql(statement)
