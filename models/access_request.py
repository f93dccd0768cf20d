"""Asking to work in a store, and the answer: access that is given (StoreAccess), or a no with its reason."""

import peewee

from models.base import Record, UTCDateTimeField, db, now
from models.event import Event
from models.organisation import Store
from models.user import StoreAccess, User


class AccessRequest(Record):
    """Somebody asked to work in a store; the chain's administrators see it until they answer."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, backref="+", on_delete="CASCADE")
    asked_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("user", "store"), True),)

    @classmethod
    def ask(cls, user: User, store: Store) -> None:
        """Once per person and store, however often the button is pressed."""
        with db.atomic():
            if cls.insert(user=user, store=store, asked_at=now()).on_conflict_ignore().as_rowcount().execute():
                Event.record("store.access_asked", by=user, about=user, store=store.title)

    @classmethod
    def open_ones(cls) -> "peewee.ModelSelect[AccessRequest]":
        return cls.select(cls, User, Store).join(User).switch(cls).join(Store).order_by(cls.id)

    def decline(self, why: str, *, by: User) -> bool:
        """Say no: the person is told why and may ask again. False where somebody has answered meanwhile.

        Raises Refused where `by` could not give the access either.
        """
        StoreAccess.demand(self.user, self.store, by)
        with db.atomic():
            mine = AccessRequest.delete().where(AccessRequest.id == self.id).execute() == 1
            if mine:
                Event.record("store.access_declined", by=by, about=self.user, store=self.store.title, why=why)
            return mine
