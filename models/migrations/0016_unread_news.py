"""How much news is unread stands in every menu: an index that tells it without looking at the messages."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0016_unread_news"):
        db.execute_sql(statement)
