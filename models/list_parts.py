"""What several lists share: their filters, columns of names, and listings built at their first use."""

from collections.abc import Sequence
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.base import Choice, on_postgres
from models.custom_columns import with_custom_fields
from models.customer import Activity
from models.customised import known
from models.listing import Filter, Listing
from models.order import DONE, Order, OrderStatus
from models.organisation import Store
from models.ready import listed, ready
from models.user import User

ALL = "all"
MINE = "mine"
DONE_ORDERS = "done"


def choices(kind: type[Choice], *more: tuple[str, Any]):
    return lambda user: [*((member.value, member.label) for member in kind), *more]


def status_filter(noun, kind: type[Choice], column, label: Any = _l("Status"), name: str = "status") -> Filter:
    """One status, or all of them (also those the list leaves out by itself)."""
    return Filter(
        name, label, lambda value: None if value == ALL else column == kind(value), choices(kind, (ALL, _l("All")))
    )


def order_status_filter() -> Filter:
    """One status, all that are done, or all."""
    conditions = {
        ALL: None,
        DONE_ORDERS: Order.status.in_(DONE),
        **{status.value: Order.status == status for status in OrderStatus},
    }
    return Filter(
        "status",
        _l("Status"),
        conditions.__getitem__,
        choices(OrderStatus, (DONE_ORDERS, _l("Finished")), (ALL, _l("All"))),
    )


def activity_filter(noun) -> Filter:
    """Active, inactive or both; a list shows the active ones by itself."""
    conditions = {
        Activity.ACTIVE: noun.inactive_at.is_null(),
        Activity.INACTIVE: noun.inactive_at.is_null(False),
        ALL: None,
    }
    return Filter("status", _l("Status"), conditions.__getitem__, choices(Activity, (ALL, _l("All"))))


def activity(noun) -> Any:
    """Active or inactive, as a word."""
    word = peewee.Case(None, [(noun.inactive_at.is_null(), Activity.ACTIVE.value)], Activity.INACTIVE.value)
    return word.converter(Activity)


def store_filter(noun) -> Filter:
    def stores(user) -> Sequence[tuple[str, Any]]:
        return [(str(store.id), store.title) for store in listed(Store.in_order, user)]

    return Filter("store", _l("Store"), lambda value: noun.store == int(value), stores)


def people(user) -> Sequence[tuple[str, Any]]:
    return [("0", _l("Nobody")), *((str(number), name) for number, name in _colleagues())]


@ready
def _colleagues() -> Any:
    return User.active_staff().select(User.id, User.name).tuples()


def person_filter(name: str, label: Any, column, assignment, mine) -> Filter:
    """Assigned to this person, or to nobody."""

    def where(value: str):
        if value == "0":
            return ~fn.EXISTS(assignment.select(peewee.SQL("1")).where(mine == column))
        return column.in_(assignment.select(mine).where(assignment.user == int(value)))

    return Filter(name, label, where, people)


def names_of(assignment, link, owner) -> Any:
    """The names of those assigned, in one column."""
    joined = fn.STRING_AGG(User.name, ", ") if on_postgres() else fn.GROUP_CONCAT(User.name, ", ")
    return assignment.select(joined).join(User, on=assignment.user == User.id).where(link == owner)


class Lazily:
    """A listing built at its first use: some expressions differ between SQLite and PostgreSQL, known only then.

    It is built anew where the custom fields are others by now.
    """

    def __init__(self, build):
        self.build = build

    def __call__(self) -> Listing:
        fields = known()
        if getattr(self, "fields", None) is not fields:
            self.built, self.fields = with_custom_fields(self.build()), fields
        return self.built
