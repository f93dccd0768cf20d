"""What a technician writes at the demo company: answers to the points, signatures, the protocol."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models.checklist import ChecklistPoint, OrderPoint, PointOutcome
from models.order import Order
from models.protocol import Protocol, ProtocolStatus, Signature, Signer
from models.user import User
from tasks.demo import words
from tasks.demo.book import Book

ASKED = ("position", "group", "text", "kind", "unit", "low", "high")
# Due so late, a paper is not made the usual way: the demo's own task makes it, without telling anybody of it today.
LEFT_TO_DEMO = datetime(9000, 1, 1, tzinfo=UTC)


def copy_points(book: Book, order: Order, *, cleaning: bool) -> None:
    for point in book.all(ChecklistPoint):
        if point.checklist.is_default != cleaning:
            book.keep(OrderPoint(order_id=order.id, **{name: getattr(point, name) for name in ASKED}))


def answer_points(book: Book, order: Order, by: User, at: datetime) -> int:
    points = [point for point in book.all(OrderPoint) if point.order_id == order.id]
    for point in points:
        answer(book, point)
        point.answered_by, point.answered_at = by.id, at
    return len(points)


def answer(book: Book, point: OrderPoint) -> None:
    """Mostly well; now and then a value is outside its limits, or something is worth a remark."""
    luck = book.chance.random()
    if luck < 0.04 and not point.is_number:
        point.outcome = PointOutcome.NA
        return
    point.outcome = PointOutcome.OK
    if point.is_number:
        low, high = Decimal(point.low), Decimal(point.high)
        share = Decimal(book.chance.randint(8, 92)) / 100 if luck > 0.05 else Decimal("1.15")
        point.value = (low + (high - low) * share).quantize(Decimal("0.1"))
        point.low, point.high = low, high
    if luck < 0.05:
        point.outcome, point.remark = (
            PointOutcome.REMARK,
            words.REMARKS[3] if point.is_number else book.chance.choice(words.REMARKS[:3]),
        )


def sign(book: Book, order: Order, by: User, at: datetime) -> None:
    """The protocol as `perform` makes it; the customer's name is under it where somebody was there."""
    book.keep(Signature(order=order, signer=Signer.TECHNICIAN, name=by.name, at=at))
    if book.chance.random() < 0.6 and order.contact_name:
        book.keep(Signature(order=order, signer=Signer.CUSTOMER, name=order.contact_name, at=at))
    remarks = sum(point.has_remark for point in book.all(OrderPoint) if point.order_id == order.id)
    protocol = book.keep(
        Protocol(
            number=f"{order.number}-1",
            order=order,
            customer=order.customer,
            facility=order.facility,
            store=order.store,
            remarks=remarks,
            signed_at=at,
            signed_by=by,
            status=ProtocolStatus.SIGNED,
            next_try_at=LEFT_TO_DEMO,
        )
    )
    book.tell(at, "protocol.signed", by, protocol)
    book.tell(min(at + timedelta(seconds=3), book.moment), "protocol.ready", None, protocol)
