"""The quote: what we offer a customer, until when, and what became of it."""

from datetime import date, timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as pgettext  # by the name under which sentences are collected

from models.amounts import AmountField
from models.base import Choice, ChoiceField, UTCDateTimeField, db, now, one_of
from models.checklist import Checklist
from models.contact import Contact, refuse_foreign
from models.customer import Customer, CustomerAssignment, rule_missing
from models.customised import Customised
from models.event import Event
from models.facility import Facility
from models.file import File, FileKind
from models.lifecycle import Noun, Step, revise
from models.line import Line, Lined
from models.message import Message
from models.order import Order
from models.organisation import Organisation, Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, assigned, holds
from models.search import Searchable
from models.series import Series
from models.user import User

FIRST_NUMBER = 1001
USUAL_DAYS = 30
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


class QuoteStatus(Choice):
    """`EXPIRED` is never stored: a sent quote is expired from the day after its last one on."""

    DRAFT = "draft", pgettext("quote", "Draft"), "neutral"
    SENT = "sent", pgettext("quote", "Sent"), "info"
    ACCEPTED = "accepted", pgettext("quote", "Accepted"), "good"
    DECLINED = "declined", pgettext("quote", "Declined"), "bad"
    EXPIRED = "expired", pgettext("quote", "Expired"), "warning"
    VOIDED = "voided", pgettext("quote", "Voided"), "neutral"


DRAFT, SENT, ACCEPTED, DECLINED, EXPIRED, VOIDED = QuoteStatus

_VIEW = holds(Right.QUOTE_VIEW) | (holds(Right.QUOTE_VIEW_ASSIGNED) & assigned)
_EDIT = _VIEW & holds(Right.QUOTE_EDIT)


class Quote(Lined, Customised, Searchable, Noun):
    MAY = {
        "view": _VIEW,
        "create": holds(Right.QUOTE_CREATE),
        "edit": _EDIT,
        "edit_lines": _EDIT,
        "comment": _VIEW,
        "send": _VIEW & holds(Right.QUOTE_SEND),
        "make_now": _VIEW & holds(Right.QUOTE_SEND),
        "prolong": _EDIT,
        "accept": _EDIT,
        "decline": _EDIT,
        "make_order": _EDIT & holds(Right.ORDER_CREATE),
        "void": _EDIT,
        "export": holds(Right.REGISTER_EXPORT),
    }
    STEPS = {
        "send": Step((DRAFT,), SENT),
        "accept": Step((SENT,), ACCEPTED),
        "decline": Step((SENT,), DECLINED),
        "void": Step((DRAFT, SENT), VOIDED),
    }
    LINE_EVENTS = {"add": "quote.line_added", "change": "quote.line_changed", "remove": "quote.line_removed"}
    DEMANDING = ("send",)
    LABELS = {
        "number": _l("Quote number"),
        "heading": _l("What is offered"),
        "introduction": _l("Text above the lines"),
        "terms": _l("Terms"),
        "customer": _l("Customer"),
        "facility": _l("Facility"),
        "contact": _l("Goes to"),
        "valid_until": _l("Valid until"),
        "status": _l("Status"),
        "net": _l("Sum excluding VAT"),
        "gross": _l("Sum including VAT"),
        "made_by": _l("Made by"),
        "created_at": _l("Made"),
        "answer_note": _l("What the customer said"),
    }

    number = peewee.IntegerField(unique=True)
    heading = peewee.CharField(max_length=120)
    introduction = peewee.TextField(default="")
    terms = peewee.TextField(default="")
    customer = peewee.ForeignKeyField(Customer, backref="quotes", index=False)  # the one with the time begins with it
    facility = peewee.ForeignKeyField(Facility, backref="quotes")
    contact = peewee.ForeignKeyField(Contact, null=True, backref="+", on_delete="SET NULL")
    store = peewee.ForeignKeyField(Store, backref="+")
    status = ChoiceField(QuoteStatus, default=DRAFT)
    valid_until = peewee.DateField()
    net = AmountField(default=0)
    gross = AmountField(default=0)
    made_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    created_at = UTCDateTimeField(default=now)
    sent_at = UTCDateTimeField(null=True)
    answered_at = UTCDateTimeField(null=True)
    answered_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    answer_note = peewee.TextField(default="")
    voided_at = UTCDateTimeField(null=True)
    order = peewee.ForeignKeyField(Order, null=True, backref="quotes", on_delete="SET NULL")
    printed_at = UTCDateTimeField(null=True)
    attempts = peewee.IntegerField(default=0)
    next_try_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("customer", "created_at", "id"), False),
            (("created_at", "id"), False),
            (("status", "valid_until", "id"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.number} {self.heading}"

    @property
    def is_draft(self) -> bool:
        return self.status is DRAFT

    @property
    def is_sent(self) -> bool:
        return self.status is SENT

    @property
    def is_accepted(self) -> bool:
        return self.status is ACCEPTED

    @property
    def is_expired(self) -> bool:
        return self.status is SENT and self.valid_until < Organisation.today()

    @property
    def standing(self) -> QuoteStatus:
        """The status as people see it."""
        return EXPIRED if self.is_expired else self.status

    @property
    def is_open(self) -> bool:
        return self.status in (DRAFT, SENT)

    @property
    def is_printed(self) -> bool:
        return self.printed_at is not None

    @property
    def is_held_up(self) -> bool:
        """Sent, tried and without a paper yet."""
        return self.sent_at is not None and not self.is_printed and self.attempts > 0

    @property
    def pdf(self) -> File | None:
        return next((file for file in File.of(self) if file.kind is FileKind.QUOTE), None)

    @property
    def messages(self) -> list[Message]:
        """Who got it, or did not and why."""
        about = (Event.noun == "quote") & (Event.record_id == self.id)
        return list(Message.select(Message, Event).join(Event).where(about).order_by(Message.id))

    def searched_by(self):
        found = (self.customer.name, self.customer.number, self.facility.name, self.facility.town)
        return (str(self.number), self.heading, self.introduction[:400], *found)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Quote]":
        """Staff: their stores' quotes, or of these their own and those of customers assigned to them."""
        query = cls.select(cls, Customer, Facility).join(Customer).switch(cls).join(Facility)
        if user.store_ids is not None:
            query = query.where(cls.store.in_(user.store_ids))
        if user.has(Right.QUOTE_VIEW):
            return query
        if user.has(Right.QUOTE_VIEW_ASSIGNED):
            theirs = cls.customer.in_(CustomerAssignment.customers_of(user))
            return query.where(theirs | (cls.made_by == user.id))
        return query.where(peewee.SQL("1=0"))

    def is_assigned_to(self, user) -> bool:
        return self.made_by_id == user.id or self.customer.is_assigned_to(user)

    @classmethod
    def usual_end(cls) -> date:
        return Organisation.today() + timedelta(days=USUAL_DAYS)

    @classmethod
    def add(cls, values: dict, *, by: User) -> "Quote":
        """A new draft, with the next number of the series."""
        customer, facility = values["customer"], values["facility"]
        refusals = rule_missing(cls, "create", by) + customer.against_new_work() + facility.against_new_work()
        if refusals:
            raise Refused(refusals, customer)
        refuse_others(customer, values)
        with db.atomic():
            number = Series.take("quote", start=FIRST_NUMBER)
            quote = cls.create(number=number, store=customer.store_id, made_by=by, **values)
            Event.record("quote.created", by=by, about=quote)
            return quote

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        self.demand("edit", by)
        refuse_others(self.customer, values)
        return revise(self, "quote.changed", values, by=by, seen=seen)

    def _against_edit(self, by) -> list[Refusal]:
        return [] if self.is_draft else self.refuse_status("edit")

    _against_edit_lines = _against_edit

    def refuse_status(self, verb: str) -> list[Refusal]:
        if self.status is DRAFT:
            return [refuse("quote.draft", quote_id=self.id)]
        if self.status is VOIDED:
            return [refuse("quote.voided", since=self.voided_at, quote_id=self.id)]
        if self.status is SENT:
            return [refuse("quote.sent", since=self.sent_at, quote_id=self.id)]
        return [refuse("quote.answered", status=self.status, since=self.answered_at, quote_id=self.id)]

    def refigure(self) -> None:
        totals = self.totals
        self.net, self.gross = totals.net, totals.gross
        Quote.update(net=self.net, gross=self.gross).where(Quote.id == self.id).execute()

    # Sending

    def _against_send(self, by) -> list[Refusal]:
        if not self.is_draft:
            return []
        empty = [] if self.lines.exists() else [refuse("quote.empty", quote_id=self.id)]
        return empty + self._against_days()

    def _against_days(self) -> list[Refusal]:
        today = Organisation.today()
        return [] if self.valid_until >= today else [refuse("quote.expired", until=self.valid_until, quote_id=self.id)]

    def send(self, *, by: User) -> None:
        """From now on it stands; the worker makes the PDF and then writes to the contact."""
        with db.atomic():
            self.lock()
            self.demand("send", by)
            self._move("send", sent_at=now(), next_try_at=now())
            Event.record("quote.sent", by=by, about=self)

    @classmethod
    def unprinted(cls) -> list["Quote"]:
        """Sent, without a PDF and due for a try, oldest first."""
        due = cls.sent_at.is_null(False) & cls.printed_at.is_null() & (cls.next_try_at <= now())
        return list(cls.select().where(due).order_by(cls.id).limit(20))

    def attempted(self) -> None:
        """Note a try before it begins: one that kills the worker waits longer and longer, and never gives up."""
        wait = min(FIRST_WAIT * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        Quote.update(attempts=Quote.attempts + 1, next_try_at=now() + wait).where(Quote.id == self.id).execute()
        self.reload()

    def printed(self, **facts: Any) -> bool:
        """Keep the finished PDF. Of two workers one wins; what is stored is never made again."""
        with db.atomic():
            unmade = (Quote.id == self.id) & Quote.printed_at.is_null()
            made = Quote.update(printed_at=now()).where(unmade).execute()
            if made:
                self.reload()
                File.attach(self, by=None, tell=False, kind=FileKind.QUOTE, **facts)
                Event.record("quote.ready", by=None, about=self)
            return bool(made)

    def _against_make_now(self, by) -> list[Refusal]:
        return [] if self.is_held_up else [refuse("quote.not_held_up", quote_id=self.id)]

    def make_now(self, *, by: User) -> None:
        """Try again at once instead of waiting; the caller rings for the worker."""
        self.demand("make_now", by)
        Quote.update(next_try_at=now()).where((Quote.id == self.id) & Quote.printed_at.is_null()).execute()

    # The answer

    def _against_prolong(self, by) -> list[Refusal]:
        return [] if self.status is SENT else self.refuse_status("prolong")

    def prolong(self, until: date, *, by: User) -> None:
        """The customer has longer to answer; the paper that was sent stays as it is."""
        if until < Organisation.today():
            raise Refused([refuse("quote.expired", until=until, quote_id=self.id)], self)
        self.demand("prolong", by)
        revise(self, "quote.prolonged", {"valid_until": until}, by=by, seen=self.version)

    def _against_accept(self, by) -> list[Refusal]:
        return self._against_days() if self.status is SENT else []

    def accept(self, note: str, *, by: User) -> None:
        """The customer has said yes; `note` is how, in words."""
        self._answer("accept", "quote.accepted", note, by)

    def decline(self, note: str, *, by: User) -> None:
        self._answer("decline", "quote.declined", note, by)

    def _answer(self, verb: str, event: str, note: str, by: User) -> None:
        self.demand(verb, by)
        with db.atomic():
            self._move(verb, answered_at=now(), answered_by=by, answer_note=note)
            Event.record(event, by=by, about=self, text=note)

    def void(self, *, by: User) -> None:
        """It does not hold any more; it stays in the lists as voided."""
        self.demand("void", by)
        with db.atomic():
            self._move("void", voided_at=now())
            Event.record("quote.voided", by=by, about=self)

    def _against_make_order(self, by) -> list[Refusal]:
        if self.status is not ACCEPTED:
            return [refuse("quote.not_accepted", status=self.standing, quote_id=self.id)]
        return [refuse("quote.ordered", order=self.order.number, order_id=self.order_id)] if self.order_id else []

    def make_order(self, *, by: User) -> Order:
        """An order of what was accepted, with the same lines; one quote makes one order."""
        with db.atomic():
            self.lock()
            self.demand("make_order", by)
            who = {"contact_name": self.contact.name, "contact_phone": self.contact.phone} if self.contact else {}
            values = {"heading": self.heading, "description": self.introduction, "facility": self.facility, **who}
            order = Order.add({**values, "customer": self.customer}, checklist=Checklist.usual(), by=by)
            self.copy_lines_to(order)
            Quote.update(order=order, version=Quote.version + 1).where(Quote.id == self.id).execute()
            self.reload()
            Event.record("quote.ordered", by=by, about=self, order=order.number, order_id=order.id)
            return order

    def comment(self, text: str, *, by: User) -> Event:
        self.demand("comment", by)
        with db.atomic():
            return Event.record("comment.written", by=by, about=self, internal=True, text=text)


def refuse_others(customer: Customer, values: dict) -> None:
    """Facility and contact are the customer's own."""
    refuse_foreign(customer, values)
    contact = values.get("contact")
    if contact is not None and contact.customer_id != customer.id:
        raise Refused([refuse("quote.other_contact", contact=contact.name, customer_id=customer.id)], customer)


class QuoteLine(Line):
    OWNER = "quote"

    quote = peewee.ForeignKeyField(Quote, backref="lines", on_delete="CASCADE")

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select().where(one_of(cls.quote, Quote.visible_to(user)))
