"""Long work that a worker does in pieces: one runner at a time has it, and who is silent too long has lost it."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

import peewee

from models.base import Choice, JSONTextField, UTCDateTimeField, db, now, on_postgres
from models.lifecycle import Noun
from models.refusals import Refusal

SILENCE = timedelta(seconds=15)  # a piece takes well under a second: who is silent so long is dead


class Lost(Exception):
    """Somebody else goes on with this work."""


class Worked(Noun):
    """`WORKING` are the statuses in which a worker should be at it, `STOPPED` the one it stops in."""

    WORKING: ClassVar[tuple[Choice, ...]] = ()
    STOPPED: ClassVar[Any] = None
    status: Any

    runner = peewee.CharField(max_length=32, default="")
    touched_at = UTCDateTimeField(null=True)
    failure = JSONTextField(null=True)

    @property
    def is_working(self) -> bool:
        return self.status in self.WORKING

    @property
    def is_failed(self) -> bool:
        return self.status is self.STOPPED

    @property
    def refusal(self) -> Refusal | None:
        return Refusal.from_json(self.failure) if self.failure else None

    @classmethod
    def abandoned(cls) -> list[Self]:
        """What should run and nobody works on."""
        silent = cls.touched_at < now() - SILENCE
        return list(cls.select().where(cls.status.in_(cls.WORKING) & silent).order_by(cls.id))

    def claim(self, *, at_once: bool) -> str | None:
        """Become the one who works on it; None while somebody else does, unless taken `at_once`."""
        kind, token = type(self), secrets.token_hex(8)
        free = peewee.SQL("1=1") if at_once else (kind.runner == "") | (kind.touched_at < now() - SILENCE)
        mine = (kind.id == self.id) & kind.status.in_(self.WORKING)
        taken = kind.update(runner=token, touched_at=now()).where(mine & free).execute()
        self.reload()
        return token if taken else None

    def hold(self, token: str, counted: str) -> None:
        """Raise Lost unless this runner still has it and the field `counted` stands where it stood."""
        kind, count = type(self), getattr(type(self), counted)
        mine = (kind.id == self.id) & (kind.runner == token) & (count == getattr(self, counted))
        query = kind.select(kind.id).where(mine & kind.status.in_(self.WORKING))
        if not (query.for_update() if on_postgres() else query).exists():
            raise Lost

    def fail(self, refusal: Refusal) -> None:
        """Stop, and say why; what was written stays, and starting again goes on behind it."""
        kind = type(self)
        stopped = {"status": self.STOPPED, "failure": refusal.as_json(), "runner": ""}
        with db.atomic():
            if kind.update(**stopped).where((kind.id == self.id) & kind.status.in_(self.WORKING)).execute():
                self.stopped()
        self.reload()

    def stopped(self) -> None:
        """What else a stop means; in the transaction that writes it down."""
