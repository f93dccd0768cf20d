"""User groups instead of texts, permission templates, and integrations. Everybody is in the group their text named."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0017_groups"):
        db.execute_sql(statement)
