"""The first shape: every table of the foundation, with its indexes and search indexes."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0001_foundation"):
        db.execute_sql(statement)
