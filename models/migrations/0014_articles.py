"""Articles in groups, discount letters, the lines of orders, articles that come by themselves, and quotes."""

from models.schema import statements


def up(migrator, db):
    for statement in statements("0014_articles"):
        db.execute_sql(statement)
