"""Indexes for what lists leave out by themselves: the inactive among the register, the done among the orders."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0002_quick_lists"):
        db.execute_sql(statement)
