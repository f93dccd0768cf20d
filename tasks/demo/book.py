"""The book a demo is written in: records get their ids and events their order here, and are stored in one go."""

from collections import defaultdict
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from models import TABLES
from models.base import Record
from models.customer import Customer
from models.event import Event, stored_changes
from models.login import LoginRecord
from models.register import bulk
from models.search import Searchable
from models.user import User
from tasks.sequences import catch_up

Made = TypeVar("Made", bound=Record)
SEED = 101  # the same company every time


class Book:
    """`moment` is now: nothing in the book happens later."""

    def __init__(self, moment: datetime):
        self.moment = moment
        self.chance = Random(SEED)  # noqa: S311  nothing here is secret
        self.records: dict[type[Record], list[Any]] = defaultdict(list)

    def keep(self, record: Made) -> Made:
        """Give the record its id; it is stored later."""
        kept = self.records[type(record)]
        kept.append(record)
        record.id = len(kept)
        return record

    def all(self, kind: type[Made]) -> list[Made]:
        return self.records[kind]

    def tell(
        self,
        at: datetime,
        verb: str,
        by: User | None,
        about: Record,
        *,
        changes: dict | None = None,
        internal: bool = False,
        **data: Any,
    ) -> None:
        """An event as `Event.record` would have written it then."""
        self.keep(
            Event(
                at=at,
                verb=verb,
                actor=by,
                actor_name=by.name if by else "",
                noun=about.noun,
                record_id=about.id,
                what=about.title[:255],
                customer=about.id if about.noun == "customer" else about.__data__.get("customer"),
                store=about.id if about.noun == "store" else about.__data__.get("store"),
                version=about.__data__.get("version", 0),
                changes=stored_changes(about, changes or {}),
                internal=internal,
                data=data,
            )
        )

    def store(self) -> None:
        """Write everything, in the order of the tables; what is searched for folds its own words."""
        for kept in (self.records[Event], self.records[LoginRecord]):  # both are read by id, the newest first
            kept.sort(key=lambda line: line.at)
            for number, line in enumerate(kept, start=1):
                line.id = number
        for table in TABLES:
            if issubclass(table, Searchable):
                for record in self.records[table]:
                    record.save(force_insert=True)
            else:
                bulk.insert(table, [whole(record) for record in self.records[table]], {})
        for customer in self.records[Customer]:
            customer.save()  # its contacts are there now, and it is found by them
        catch_up(TABLES)


def whole(record: Record) -> dict[str, Any]:
    """Every field of the record, the empty ones too: the rows of one statement are alike."""
    return {field.name: record.__data__.get(field.name) for field in record._meta.sorted_fields}
