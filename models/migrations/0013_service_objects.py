"""Service objects, and which one a fault report or an order is about."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0013_service_objects"):
        db.execute_sql(statement)
