"""Number series without gaps: the counter moves in the same transaction as the record it numbers."""

from typing import Any

import peewee

from models.base import Record, db
from models.ready import ready


class Series(Record):
    name = peewee.CharField(unique=True)
    last = peewee.IntegerField(default=0)

    @classmethod
    def take(cls, name: str, start: int = 1) -> int:
        """The next number. The row stays locked until the caller's transaction ends, so a rollback gives it back."""
        if not db.in_transaction():
            raise RuntimeError("a number is taken inside the transaction that uses it")
        cls.insert(name=name, last=start - 1).on_conflict_ignore().execute()
        cls.update(last=cls.last + 1).where(cls.name == name).execute()
        return _last(name)[0][0]


@ready
def _last(name) -> Any:
    return Series.select(Series.last).where(Series.name == name).tuples()
