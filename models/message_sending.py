"""How a message leaves the house: the states on its way, who takes it, and what becomes of it.

A worker reserves some messages in one short transaction that survives a power cut, begins each before it sends it,
sends outside any transaction, and writes the outcome where the claim still holds. What is begun or done is written
so that it survives the worker's death at once. So nothing is lost with a killed worker, what it had only reserved is
free again, and the one message it was about to send is sent again under the same key and marked as possibly repeated.
"""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, db, now, on_postgres, soon_durable
from models.refusals import Refusal, refuse

if TYPE_CHECKING:
    from models.lifecycle import Noun

    Ledger = Noun  # what the message is; a table of its own would be one too many
else:
    Ledger = object

CLAIM_LASTS = timedelta(minutes=3)
TRIES = 5
PATIENCE = 50  # hourly tries while the provider itself is the trouble: two days
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 20, 60)]
PROVIDERS_TROUBLE = frozenset({"provider.unreachable", "provider.not_authorised", "provider.not_configured"})


class MessageState(Choice):
    PLANNED = "planned", _l("Waiting to be sent"), "info"
    HELD = "held", _l("Held"), "warning"
    SENDING = "sending", _l("Being sent"), "progress"
    SENT = "sent", _l("Sent"), "good"
    FAILED = "failed", _l("Not sent"), "bad"
    SKIPPED = "skipped", _l("Not sent on purpose"), "neutral"

    @property
    def is_held(self) -> bool:
        return self is MessageState.HELD


PLANNED, HELD, SENDING, SENT, FAILED, SKIPPED = MessageState
TO_BE_SENT = (PLANNED, HELD)
UNSENT = (FAILED, HELD)
FREE = {"claim": None, "claimed_until": None}


class Sending(Ledger):
    """The message's way out. Methods only; the fields are the message's."""

    if TYPE_CHECKING:
        state: Any
        tries: Any
        claim: Any
        claimed_until: Any
        next_try_at: Any
        maybe_repeated: Any
        reason: Any

    @classmethod
    def _free(cls) -> peewee.Expression:
        """Nobody has it and its time has come."""
        return cls.state.in_(TO_BE_SENT) & (cls.next_try_at <= now()) & cls.claim.is_null()

    @classmethod
    def _lost(cls) -> peewee.Expression:
        """Its worker vanished: reserved it, or began it, and was not heard of again."""
        return cls.state.in_((*TO_BE_SENT, SENDING)) & (cls.claimed_until < now())

    @classmethod
    def due(cls, limit: int = 200) -> list[int]:
        """The ids of messages to send now, and of those whose worker vanished while sending."""
        due = cls.select(cls.id).where(cls._free() | cls._lost()).order_by(cls.next_try_at).limit(limit)
        return [row.id for row in due]

    @classmethod
    def reserve(cls, owner: str, ids: list[int]) -> str:
        """Keep these for this worker, as far as nobody else does; returns the claim they then carry.

        What vanished with a worker of whom nothing more is known may have gone out, and is marked so. What brought
        down five workers is parked.
        """
        claim = f"{owner}.{secrets.token_hex(7)}"
        mine = {"claim": claim, "claimed_until": now() + CLAIM_LASTS}
        with db.atomic():
            these = cls.id.in_(cls._nobody_at(ids))
            cls._park(these & cls._lost() & (cls.state == SENDING) & (cls.tries >= TRIES))
            lost = these & cls._lost()
            cls.update(state=PLANNED, maybe_repeated=True, **mine).where(lost).execute()
            cls.update(**mine).where(these & cls._free()).execute()
        return claim

    @classmethod
    def _nobody_at(cls, ids: list[int]) -> list[int]:
        """Without those that another worker is about to reserve: two must not wait for each other's."""
        if not on_postgres():
            return ids  # there only one writes at a time
        return [row.id for row in cls.select(cls.id).where(cls.id.in_(ids)).for_update(skip_locked=True)]

    @classmethod
    def _park(cls, which: peewee.Expression) -> None:
        """One by one, because each reason leads to its message."""
        for message in list(cls.select(cls.id).where(which)):
            broken_off = refuse("message.broken_off", count=TRIES, message_id=message.id)
            parked = {"state": FAILED, "reason": broken_off, "maybe_repeated": True, **FREE}
            cls.update(**parked).where(which & (cls.id == message.id)).execute()

    def begin(self) -> bool:
        """It is about to go out. False when another worker has it by now."""
        lease = {"state": SENDING, "tries": self.tries + 1, "claimed_until": now() + CLAIM_LASTS}
        mine = (type(self).id == self.id) & (type(self).claim == self.claim) & type(self).state.in_(TO_BE_SENT)
        with soon_durable():
            begun = bool(type(self).update(**lease).where(mine).execute())
        if begun:
            self.state, self.tries = SENDING, lease["tries"]
        return begun

    @classmethod
    def claim_one(cls, message_id: int) -> "Self | None":
        """Take the message for sending at once; None when another worker has it or it is done."""
        claim = cls.reserve("", [message_id])
        message = cls.get_or_none((cls.id == message_id) & (cls.claim == claim))
        return message if message and message.begin() else None

    @classmethod
    def let_go(cls, claim: str) -> None:
        """What is still reserved under this claim waits for anybody again: nothing of it was begun."""
        cls.update(**FREE).where((cls.claim == claim) & cls.state.in_(TO_BE_SENT)).execute()

    @classmethod
    def owner_is_gone(cls, owner: str) -> int:
        """This worker is known to have ended on a machine that runs on: what it wrote is true to its last moment.

        What it had reserved was not begun and is free; what it had begun is lost, and nobody waits for it. Returns
        how many it had.
        """
        its = cls.claim.startswith(f"{owner}.")
        with db.atomic():
            free = cls.update(**FREE).where(its & cls.state.in_(TO_BE_SENT)).execute()
            return free + cls.update(claimed_until=now()).where(its & (cls.state == SENDING)).execute()

    def _settle(self, **values) -> bool:
        """Write the outcome if the claim is still this worker's."""
        mine = (type(self).id == self.id) & (type(self).claim == self.claim) & (type(self).state == SENDING)
        with soon_durable():
            return bool(type(self).update(**FREE, **values).where(mine).execute())

    def sent(self, subject: str) -> bool:
        return self._settle(state=SENT, sent_at=now(), subject=subject[:200], reason=None)

    def failed(self, reason: Refusal, *, permanent: bool) -> bool:
        """Try again later. A permanent refusal and the fifth failure are parked for a person.

        While the provider itself is the trouble the message is not to blame, and is tried hourly for two days.
        """
        tries = PATIENCE if reason.code in PROVIDERS_TROUBLE else TRIES
        unsure = self.maybe_repeated or reason.code == "provider.no_answer"
        if permanent or self.tries >= tries:
            return self._settle(state=FAILED, reason=reason, maybe_repeated=unsure)
        wait = WAITS[min(self.tries, len(WAITS)) - 1]
        return self._settle(state=HELD, reason=reason, maybe_repeated=unsure, next_try_at=now() + wait)
