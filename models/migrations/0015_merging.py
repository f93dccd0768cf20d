"""Two customers that became one, and the way back."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0015_merging"):
        db.execute_sql(statement)
