"""Stored bytes that are to go: written in the transaction that lets go of them, done by the worker after it.

A killed worker leaves the row, and the next minute's sweep makes up for it, so nothing erased stays in the storage.
"""

from collections.abc import Iterable

import peewee

from models.base import Record


class DoomedFile(Record):
    key = peewee.CharField(max_length=80, unique=True)

    @classmethod
    def doom(cls, keys: Iterable[str]) -> None:
        for key in {key for key in keys if key}:
            cls.insert(key=key).on_conflict_ignore().execute()

    @classmethod
    def waiting(cls, limit: int = 500) -> list["DoomedFile"]:
        return list(cls.select().order_by(cls.id).limit(limit))
