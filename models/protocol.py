"""The service protocol: what was done, measured and remarked, signed. Its PDF is made once and
kept."""

from datetime import timedelta

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now, one_of
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.file import File, FileKind
from models.lifecycle import Noun
from models.message import Message
from models.order import Order
from models.organisation import Store
from models.refusals import Refusal, refuse
from models.rights import Right, holds
from models.user import User

_VIEW = holds(Right.ORDER_VIEW) | holds(Right.ORDER_VIEW_ASSIGNED)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


class ProtocolStatus(Choice):
    SIGNED = "signed", _l("PDF is being made"), "progress"
    READY = "ready", _l("Ready"), "good"


class Signer(Choice):
    TECHNICIAN = "technician", _l("Technician")
    CUSTOMER = "customer", _l("Customer")


class Protocol(Noun):
    MAY = {
        "view": _VIEW | holds(Right.PORTAL_PROTOCOLS),
        "make_now": _VIEW,
        "export": holds(Right.REGISTER_EXPORT),
    }
    LABELS = {
        "number": _l("Protocol"),
        "order": _l("Order"),
        "customer": _l("Customer"),
        "facility": _l("Facility"),
        "status": _l("Status"),
        "signed_at": _l("Signed"),
        "remarks": _l("Remarks"),
    }

    number = peewee.CharField(max_length=20, unique=True)
    sequence = peewee.IntegerField(default=1)
    order = peewee.ForeignKeyField(Order, backref="protocols")
    customer = peewee.ForeignKeyField(Customer, backref="protocols")
    facility = peewee.ForeignKeyField(Facility, backref="protocols")
    store = peewee.ForeignKeyField(Store, backref="+")
    status = ChoiceField(ProtocolStatus, default=ProtocolStatus.SIGNED)
    remarks = peewee.IntegerField(default=0)
    signed_at = UTCDateTimeField(default=now)
    signed_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    attempts = peewee.IntegerField(default=0)
    next_try_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("customer", "signed_at", "id"), False),
            (("signed_at", "id"), False),
            (("status", "next_try_at"), False),
        )

    @property
    def title(self) -> str:
        return self.number

    @property
    def is_ready(self) -> bool:
        return self.status is ProtocolStatus.READY

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Protocol]":
        query = (
            cls.select(cls, Order, Customer, Facility).join(Order).switch(cls).join(Customer).switch(cls).join(Facility)
        )
        if user.is_portal and not user.has(Right.PORTAL_PROTOCOLS):
            return query.where(peewee.SQL("1=0"))
        return query.where(one_of(cls.order, Order.visible_to(user)))

    @classmethod
    def sign(cls, order: Order, *, by: User) -> "Protocol":
        """The order's `perform`: the next protocol of the order, `107-1`, `107-2` (S2.21's
        numbering)."""
        sequence = cls.select().where(cls.order == order).count() + 1
        protocol = cls.create(
            number=f"{order.number}-{sequence}",
            sequence=sequence,
            order=order,
            customer=order.customer_id,
            facility=order.facility_id,
            store=order.store_id,
            remarks=sum(point.has_remark for point in order.points),
            signed_by=by,
        )
        Event.record("protocol.signed", by=by, about=protocol)
        return protocol

    @classmethod
    def unmade(cls) -> list["Protocol"]:
        """Signed, without a PDF and due for a try, oldest first."""
        due = (cls.status == ProtocolStatus.SIGNED) & (cls.next_try_at <= now())
        return list(cls.select().where(due).order_by(cls.id).limit(20))

    def attempted(self) -> None:
        """Note a try before it begins: one that kills the worker waits longer and longer, and never
        gives up."""
        wait = min(FIRST_WAIT * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        Protocol.update(attempts=Protocol.attempts + 1, next_try_at=now() + wait).where(
            Protocol.id == self.id
        ).execute()
        self.reload()

    def _against_make_now(self, by) -> list[Refusal]:
        return [refuse("protocol.ready", protocol_id=self.id)] if self.is_ready else []

    def make_now(self, *, by: User) -> None:
        """Try again at once instead of waiting; the caller rings for the worker."""
        self.demand("make_now", by)
        Protocol.update(next_try_at=now()).where(
            (Protocol.id == self.id) & (Protocol.status == ProtocolStatus.SIGNED)
        ).execute()

    @property
    def is_held_up(self) -> bool:
        """Tried and not made: the storage was out of reach, or something in it cannot be
        printed."""
        return not self.is_ready and self.attempts > 0

    @property
    def pdf(self) -> File | None:
        return self._paper(FileKind.PROTOCOL)

    @property
    def discreet_pdf(self) -> File | None:
        """The same paper without the performed action, for accounts that do not see it (S4.11)."""
        return self._paper(FileKind.DISCREET)

    def _paper(self, kind: FileKind) -> File | None:
        return next((file for file in File.of(self) if file.kind is kind), None)

    @property
    def messages(self) -> list[Message]:
        """Who got it, or did not and why."""
        about = (Event.noun == "protocol") & (Event.record_id == self.id)
        return list(Message.select(Message, Event).join(Event).where(about).order_by(Message.id))

    def made(self, **facts) -> bool:
        """Keep the finished PDF. Of two workers one wins; what is stored is never made again."""
        with db.atomic():
            unmade = (Protocol.id == self.id) & (Protocol.status == ProtocolStatus.SIGNED)
            ready = Protocol.update(status=ProtocolStatus.READY).where(unmade).execute()
            if ready:
                self.reload()
                File.attach(self, by=None, tell=False, kind=FileKind.PROTOCOL, **facts)
                Event.record("protocol.ready", by=None, about=self)
            return bool(ready)

    def made_discreet(self, **facts) -> bool:
        """Keep the paper without the performed action; False where another worker was quicker."""
        with db.atomic():
            self.lock()
            if self.discreet_pdf:
                return False
            File.attach(self, by=None, tell=False, kind=FileKind.DISCREET, **facts)
            return True


class Signature(Record):
    """A name, drawn on the glass or typed, under an order's protocol. A second one by the same role
    replaces the first."""

    order = peewee.ForeignKeyField(Order, backref="signatures", on_delete="CASCADE")
    signer = ChoiceField(Signer)
    name = peewee.CharField(max_length=80)
    image_key = peewee.CharField(max_length=80, default="")
    at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("order", "signer"), True),)

    @classmethod
    def of(cls, order: Order, signer: Signer) -> "Signature | None":
        return cls.get_or_none((cls.order == order.id) & (cls.signer == signer))

    @classmethod
    def write(cls, order: Order, signer: Signer, name: str, image_key: str, *, by: User) -> "Signature":
        """Sign: `image_key` is where the drawing is kept, "" where the name was typed. A finished
        order is signed for good."""
        with db.atomic():
            order.lock()
            order.demand("sign", by)
            cls.delete().where((cls.order == order) & (cls.signer == signer)).execute()
            signature = cls.create(order=order, signer=signer, name=name, image_key=image_key)
            Event.record("order.signed", by=by, about=order, signer=signer.value, person=name)
            return signature

    @property
    def is_drawn(self) -> bool:
        return bool(self.image_key)
