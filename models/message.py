"""The ledger of everything that leaves the house: event x recipient x channel, with its state and the reason for it.

How a message is taken and sent stands in message_sending.py. Each carries an idempotency key.
"""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, JSONTextField, Language, UTCDateTimeField, db, now
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.lifecycle import Noun
from models.message_sending import (
    CLAIM_LASTS,
    FAILED,
    HELD,
    PATIENCE,
    PLANNED,
    SENDING,
    SENT,
    SKIPPED,
    TO_BE_SENT,
    TRIES,
    UNSENT,
    MessageState,
    Sending,
)
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds
from models.user import User

__all__ = [
    "CLAIM_LASTS",
    "NOBODY",
    "PATIENCE",
    "PLANNED",
    "SENT",
    "SKIPPED",
    "TO_BE_SENT",
    "TRIES",
    "Channel",
    "Message",
    "MessageState",
]


class Channel(Choice):
    APP = "app", _l("In Kundbok")
    EMAIL = "email", _l("E-mail")


class ReasonField(JSONTextField):
    """Why a message is where it is: a Refusal, or nothing."""

    def db_value(self, value):
        return super().db_value(value.as_json() if isinstance(value, Refusal) else value)

    def python_value(self, value):
        stored = super().python_value(value)
        return Refusal.from_json(stored) if stored else None


ROWS_AT_ONCE = 400
NOBODY = "nobody"  # the recipient of what would have been sent, had there been anybody


class Message(Sending, Noun):
    MAY = {
        "view": holds(Right.MESSAGE_VIEW),
        "resend": holds(Right.MESSAGE_RESEND),
        "export": holds(Right.REGISTER_EXPORT),
    }
    LABELS = {
        "name": _l("To"),
        "channel": _l("Through"),
        "state": _l("State"),
        "verb": _l("About"),
        "created_at": _l("Made"),
        "address": _l("Address"),
        "reason": _l("Reason"),
        "language": _l("Language"),
        "subject": _l("Subject"),
        "tries": _l("Tries"),
        "next_try_at": _l("Next try"),
        "sent_at": _l("Sent"),
        "read_at": _l("Read"),
        "key": _l("Identity"),
    }

    event = peewee.ForeignKeyField(Event, backref="messages", on_delete="CASCADE")
    recipient = peewee.CharField(max_length=40)  # "user:7", "contact:9" or "address": unique with event and channel
    channel = ChoiceField(Channel)
    user = peewee.ForeignKeyField(User, null=True, backref="messages", on_delete="SET NULL")
    contact = peewee.ForeignKeyField(Contact, null=True, backref="+", on_delete="SET NULL")
    customer = peewee.ForeignKeyField(Customer, null=True, backref="messages", on_delete="SET NULL")
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    name = peewee.CharField(max_length=120, default="")
    address = peewee.CharField(max_length=160, default="")
    language = ChoiceField(Language)
    verb = peewee.CharField(max_length=48)
    state = ChoiceField(MessageState, default=PLANNED)
    reason = ReasonField(null=True)
    tries = peewee.IntegerField(default=0)
    next_try_at = UTCDateTimeField(default=now)
    claim = peewee.CharField(max_length=32, null=True)
    claimed_until = UTCDateTimeField(null=True)
    maybe_repeated = peewee.BooleanField(default=False)
    key = peewee.CharField(max_length=48, unique=True)
    subject = peewee.CharField(max_length=200, default="")
    sent_at = UTCDateTimeField(null=True)
    read_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("event", "recipient", "channel"), True),
            (("state", "next_try_at"), False),
            (("customer", "id"), False),
            (("user", "channel", "state", "read_at"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.channel.label} {self.name}"

    @property
    def refusal(self) -> Refusal | None:
        return self.reason

    @property
    def is_in_app(self) -> bool:
        return self.channel is Channel.APP

    @property
    def waits(self) -> bool:
        return self.state in TO_BE_SENT

    @classmethod
    def reserved(cls, claim: str, ids: list[int]) -> "list[Message]":
        """Those of these that carry the claim, with what happened and whom it is for, the longest waiting first."""
        mine = cls.id.in_(ids) & (cls.claim == claim) & cls.state.in_(TO_BE_SENT)
        whole = cls.select(cls, Event, User).join(Event).switch(cls).join(User, peewee.JOIN.LEFT_OUTER)
        return list(whole.where(mine).order_by(cls.next_try_at, cls.id))

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Staff with the right see their stores' messages; anybody sees those addressed to them."""
        if user.is_portal or not user.has(Right.MESSAGE_VIEW):
            return cls.select().where(cls.user == user.id)
        if user.store_ids is None:
            return cls.select()
        return cls.select().where(cls.store.in_(user.store_ids) | cls.store.is_null())

    @classmethod
    def unsent(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.visible_to(user).where(cls.state.in_(UNSENT))

    @classmethod
    def _news_of(cls, user) -> peewee.Expression:
        return (cls.user == user.id) & (cls.channel == Channel.APP) & (cls.state == SENT)

    @classmethod
    def inbox(cls, user) -> "peewee.ModelSelect[Any]":
        """News shown in Kundbok, newest first."""
        return cls.select(cls, Event).join(Event).where(cls._news_of(user)).order_by(cls.id.desc())

    @classmethod
    def news(cls, user, *, unread: bool, limit: int, before: int | None = None) -> list["Message"]:
        """A page of the inbox, all of it or what is not read yet; `before` is the id of the last one of the
        page before."""
        found = cls.inbox(user)
        if unread:
            found = found.where(cls.read_at.is_null())
        if before:
            found = found.where(cls.id < before)
        return list(found.limit(limit))

    @classmethod
    def mine(cls, user, message_id: int) -> "Message | None":
        """One piece of this person's news."""
        return cls.inbox(user).where(cls.id == message_id).first()

    @classmethod
    def unread(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select().where(cls._news_of(user) & cls.read_at.is_null())

    @classmethod
    def mark_read(cls, user, message_ids: list[int] | None = None) -> int:
        """Read: these, or all of this person's news."""
        which = (cls.user == user.id) & cls.read_at.is_null()
        which = which if message_ids is None else which & cls.id.in_(message_ids)
        return cls.update(read_at=now()).where(which).execute()

    @classmethod
    def plan_all(cls, plans: "list[tuple[Event, list[Any]]]") -> set[int]:
        """Write these events' messages and mark them dispatched, in one transaction; a second time adds nothing.

        Returns the ids of the events that nobody else had dispatched.
        """
        rows = [cls._row(event, plan) for event, planned in plans for plan in planned]  # before others have to wait
        with db.atomic():
            which = Event.id.in_([event.id for event, _ in plans]) & Event.dispatched_at.is_null()
            mine = {row.id for row in Event.update(dispatched_at=now()).where(which).returning(Event.id).execute()}
            for some in peewee.chunked([row for row in rows if row["event"] in mine], ROWS_AT_ONCE):
                cls.insert_many(some).on_conflict_ignore().execute()
        return mine

    @classmethod
    def _row(cls, event: Event, plan) -> dict:
        moment = now()
        return {
            "event": event.id,
            "recipient": plan.to.key,
            "channel": plan.channel,
            "user": plan.to.user_id,
            "contact": plan.to.contact_id,
            "customer": event.customer_id,
            "store": event.store_id,
            "name": plan.to.name[:120],
            "address": plan.address[:160],
            "language": plan.to.language,
            "verb": event.verb,
            "state": plan.state,
            "reason": plan.reason,
            "key": f"{event.id}.{plan.to.key.replace(':', '-')}.{plan.channel}",
            "next_try_at": moment,
            "sent_at": moment if plan.state is SENT else None,
            "created_at": moment,
        }

    def _against_resend(self, by) -> list[Refusal]:
        if self.state is SENT:
            return [refuse("message.sent", since=self.sent_at, message_id=self.id)]
        if self.state is PLANNED or self.state is SENDING:
            return [refuse("message.on_its_way", message_id=self.id)]
        return self._still_against() if self.state is SKIPPED else []

    def _still_against(self) -> list[Refusal]:
        """Why it would not go today either: an address added since opens the way, a person's own choice does not."""
        planned = self._planned_today()
        if not planned:
            return [refuse("message.not_concerned", name=self.name, code="message.not_concerned")]
        return [plan.reason for plan in planned if plan.reason]

    def _planned_today(self) -> list:
        """This message as the event's plan has it now. Where there was nobody to tell, whoever there is by now."""
        from models.notification import plan_for  # the plan is newer than the ledger

        plan = plan_for(self.event)
        same = [planned for planned in plan if (planned.to.key, planned.channel) == (self.recipient, self.channel)]
        return same or [planned for planned in plan if self.recipient == NOBODY]

    def resend(self, *, by: User) -> None:
        """Put a parked, held or skipped message back in the queue, to go at once to the address known today."""
        self.demand("resend", by)
        refusals = self._still_against()
        if refusals:
            raise Refused(refusals, self)
        with db.atomic():
            first, *more = [Message._row(self.event, plan) for plan in self._planned_today()]
            again = (Message.id == self.id) & Message.state.in_((FAILED, HELD, SKIPPED))
            if not Message.update(tries=0, **first).where(again).execute():
                self.reload()
                raise Refused(self.why_not("resend", by), self)
            if more:
                Message.insert_many(more).on_conflict_ignore().execute()
            self.reload()
            Event.record("message.resent", by=by, about=self)

    @classmethod
    def resend_all(cls, by: User, message_ids: list[int]) -> tuple[int, int]:
        """Send these again where that can be; returns how many go out and how many do not."""
        messages = list(cls.visible_to(by).where(cls.id.in_(message_ids)))
        going = [message for message in messages if message._goes_again(by)]
        return len(going), len(messages) - len(going)

    def _goes_again(self, by: User) -> bool:
        try:
            self.resend(by=by)
        except Refused:
            return False
        return True
