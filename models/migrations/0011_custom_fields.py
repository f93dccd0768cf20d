"""Fields of the organisation's own, their values, and the triggers that let a record's values go with it."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0011_custom_fields"):
        db.execute_sql(statement)
