"""Imports that can be undone, whose sheet is chosen, and whose empty cells may overwrite."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0012_imports"):
        db.execute_sql(statement)
