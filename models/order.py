"""An order: work to be done at a facility, from planned to performed and invoiced."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import peewee
from flask_babel import lazy_gettext as _l

from models.auto_article import AutoArticle
from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.checklist import Checklist, OrderPoint
from models.customer import Customer, rule_missing
from models.customised import Customised
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, Priority
from models.file import File
from models.lifecycle import Noun, Step, revise
from models.line import Lined
from models.order_work import Working
from models.organisation import Organisation, Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable
from models.series import Series
from models.service_object import ServiceObject, against_elsewhere
from models.user import User


class OrderStatus(Choice):
    PLANNED = "planned", _l("Planned"), "info"
    WAITING = "waiting", _l("Waiting for delivery"), "warning"
    READY = "ready", _l("Ready to start"), "info"
    IN_PROGRESS = "in_progress", _l("In progress"), "progress"
    PERFORMED = "performed", _l("Performed"), "good"
    TO_INVOICE = "to_invoice", _l("Ready for invoicing"), "progress"
    INVOICED = "invoiced", _l("Invoiced"), "good"
    VOIDED = "voided", _l("Voided"), "neutral"

    @property
    def is_open(self) -> bool:
        return self in OPEN


class OrderKind(Choice):
    WORK = "work", _l("Work order")
    SERVICE = "service", _l("Service order")


PLANNED, WAITING, READY, IN_PROGRESS, PERFORMED, TO_INVOICE, INVOICED, VOIDED = OrderStatus
NOT_STARTED = (PLANNED, WAITING, READY)
OPEN = (*NOT_STARTED, IN_PROGRESS)
DONE = (PERFORMED, TO_INVOICE, INVOICED)

_PERFORM = everything_or_assigned(Right.ORDER_PERFORM, Right.ORDER_PERFORM_ASSIGNED)
_VIEW = everything_or_assigned(Right.ORDER_VIEW, Right.ORDER_VIEW_ASSIGNED)
_EDIT = everything_or_assigned(Right.ORDER_EDIT, Right.ORDER_EDIT_ASSIGNED)


class Order(Lined, Customised, Working, Searchable, Noun):
    MAY = {
        "view": _VIEW | holds(Right.PORTAL_ORDERS),
        "create": holds(Right.ORDER_CREATE),
        "edit": _EDIT,
        "edit_lines": _EDIT | _PERFORM,
        "comment": _VIEW | (holds(Right.PORTAL_ORDERS) & holds(Right.PORTAL_COMMENT)),
        "assign": holds(Right.ORDER_ASSIGN),
        "start": _PERFORM,
        "work": _PERFORM,
        "sign": _PERFORM,
        "perform": _PERFORM,
        "void": holds(Right.ORDER_VOID),
        "upload": holds(Right.ORDER_UPLOAD),
        "delete_files": holds(Right.ORDER_DELETE_FILES),
        "export": holds(Right.REGISTER_EXPORT),
    }
    DEMANDING = ("start", "perform")
    STEPS = {
        "start": Step(NOT_STARTED, IN_PROGRESS),
        "perform": Step((IN_PROGRESS,), PERFORMED),
        "void": Step(OPEN, VOIDED),
    }
    LINE_EVENTS = {
        "add": "order.line_added",
        "automatic": "order.line_automatic",
        "change": "order.line_changed",
        "remove": "order.line_removed",
    }
    LABELS = {
        "number": _l("Order number"),
        "heading": _l("What is to be done"),
        "description": _l("Description"),
        "kind": _l("Type"),
        "customer": _l("Customer"),
        "facility": _l("Facility"),
        "service_object": _l("Service object"),
        "status": _l("Status"),
        "priority": _l("Priority"),
        "planned_on": _l("Planned date"),
        "contact_name": _l("Contact person"),
        "contact_phone": _l("Contact's phone"),
        "internal_note": _l("Internal note"),
        "performed_action": _l("Performed action"),
        "checklist": _l("Checklist"),
        "assigned": _l("Assigned"),
        "created_at": _l("Made"),
    }

    number = peewee.IntegerField(unique=True)
    heading = peewee.CharField(max_length=120)
    description = peewee.TextField(default="")
    kind = ChoiceField(OrderKind, default=OrderKind.WORK)
    customer = peewee.ForeignKeyField(Customer, backref="orders")
    facility = peewee.ForeignKeyField(Facility, backref="orders")
    service_object = peewee.ForeignKeyField(ServiceObject, null=True, backref="orders")
    store = peewee.ForeignKeyField(Store, backref="+")
    report = peewee.ForeignKeyField(FaultReport, null=True, backref="orders", unique=True)
    status = ChoiceField(OrderStatus, default=PLANNED)
    priority = ChoiceField(Priority, default=Priority.NORMAL)
    planned_on = peewee.DateField(null=True)
    contact_name = peewee.CharField(max_length=80, default="")
    contact_phone = peewee.CharField(max_length=40, default="")
    internal_note = peewee.TextField(default="")
    performed_action = peewee.TextField(default="")
    started_at = UTCDateTimeField(null=True)
    performed_at = UTCDateTimeField(null=True)
    voided_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        table_name = "work_order"  # "order" is a word of SQL
        indexes = (
            (("status", "planned_on", "id"), False),
            (("status", "created_at", "id"), False),
            (("customer", "created_at", "id"), False),
            (("created_at", "id"), False),
        )

    @property
    def noun(self) -> str:
        return "order"

    @property
    def title(self) -> str:
        return f"{self.number} {self.heading}"

    @property
    def is_started(self) -> bool:
        return self.status is IN_PROGRESS

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_done(self) -> bool:
        return self.status in DONE

    @property
    def is_voided(self) -> bool:
        return self.status is VOIDED

    def is_late(self, today: date) -> bool:
        """The planned day has passed and it is not performed."""
        return self.is_open and self.planned_on is not None and self.planned_on < today

    @classmethod
    def overdue(cls) -> peewee.Expression:
        """The same for a query, by today's date where the organisation is."""
        return cls.status.in_(OPEN) & (cls.planned_on < datetime.now(ZoneInfo(Organisation.current().time_zone)).date())

    @property
    def points(self) -> list[OrderPoint]:
        return OrderPoint.of(self)

    def searched_by(self):
        return (
            str(self.number),
            self.heading,
            self.description[:400],
            self.customer.name,
            self.customer.number,
            self.facility.name,
            self.facility.town,
            self.contact_name,
            self.contact_phone,
        )

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Order]":
        query = cls.select(cls, Customer, Facility).join(Customer).switch(cls).join(Facility)
        if user.is_portal:
            may = user.has(Right.PORTAL_ORDERS) or user.has(Right.PORTAL_PROTOCOLS)
            seen = query.where(
                cls.facility.in_(Facility.visible_to(user).select(Facility.id)) if may else peewee.SQL("1=0")
            )
            return seen.where(cls.status != VOIDED) if Organisation.current().portal_hide_voided else seen  # S4.27
        if user.store_ids is not None:
            query = query.where(cls.store.in_(user.store_ids))
        if user.has(Right.ORDER_VIEW):
            return query
        if user.has(Right.ORDER_VIEW_ASSIGNED):
            return query.where(cls.id.in_(OrderAssignment.orders_of(user)))
        return query.where(peewee.SQL("1=0"))

    @classmethod
    def day_of(cls, user, today: date) -> list["Order"]:
        """What this person has to do: theirs and open, late and today's first, then the coming
        week's and the undated."""
        mine = cls.visible_to(user).where(cls.id.in_(OrderAssignment.orders_of(user)) & cls.status.in_(OPEN))
        soon = cls.planned_on.is_null() | (cls.planned_on <= today + timedelta(days=7))
        return list(mine.where(soon).order_by(cls.planned_on.is_null(), cls.planned_on, cls.priority, cls.id))

    def is_assigned_to(self, user) -> bool:
        return (
            OrderAssignment.select()
            .where((OrderAssignment.order == self.id) & (OrderAssignment.user == user.id))
            .exists()
        )

    @property
    def assignees(self) -> list[User]:
        return list(
            User.select().join(OrderAssignment).where(OrderAssignment.order == self.id).order_by(OrderAssignment.id)
        )

    @classmethod
    def add(cls, values: dict, *, checklist: Checklist | None, by: User) -> "Order":
        """A new order; the customer's people are put on it (S2.23)."""
        customer, facility = values["customer"], values["facility"]
        refusals = rule_missing(cls, "create", by) + customer.against_new_work() + facility.against_new_work()
        unit = values.get("service_object")
        refusals += unit.against_new_work() + against_elsewhere(unit, facility) if unit else []
        if refusals:
            raise Refused(refusals, customer)
        with db.atomic():
            order = cls._make(values, checklist, by, customer.assignees)
            return order

    @classmethod
    def from_report(cls, report: FaultReport, *, by: User) -> "Order":
        """The report's `accept`: text, contact, photos and people come along, the report is marked
        with its order."""
        with db.atomic():
            report._move("accept")
            values = {
                "heading": report.heading,
                "description": report.description,
                "customer": report.customer,
                "facility": report.facility,
                "service_object": report.service_object,
                "report": report,
                "priority": report.priority,
                "contact_name": report.contact_name,
                "contact_phone": report.contact_phone,
            }
            order = cls._make(values, Checklist.usual(), by, report.assignees or report.customer.assignees)
            File.carry_over(report, order)
            Event.record("fault_report.accepted", by=by, about=report, order=order.number, order_id=order.id)
            return order

    @classmethod
    def _make(cls, values: dict, checklist: Checklist | None, by: User, people: list[User]) -> "Order":
        order = cls.create(number=Series.take("order", start=101), store=values["customer"].store_id, **values)
        OrderPoint.copy_to(order, checklist)
        Event.record("order.created", by=by, about=order)
        AutoArticle.put_on(order, is_service=order.kind is OrderKind.SERVICE, by=by)
        for user in people:
            OrderAssignment.create(order=order, user=user)
            Event.record("order.assigned", by=by, about=order, person=user.name, person_id=user.id)
        return order

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        self.demand("edit", by)
        with db.atomic():
            changes = revise(self, "order.changed", values, by=by, seen=seen)
            elsewhere = against_elsewhere(self.service_object, self.facility)
            if elsewhere:
                raise Refused(elsewhere, self)
            return changes

    def _against_edit(self, by) -> list[Refusal]:
        return self._against_anything_more()

    def _against_anything_more(self) -> list[Refusal]:
        return [] if self.is_open else self.refuse_status("edit")

    def _against_edit_lines(self, by) -> list[Refusal]:
        """Until the order is invoiced or voided: also what was used on a performed order is written down."""
        if self.status is INVOICED:
            return [refuse("order.invoiced", order_id=self.id)]
        return self.refuse_status("edit_lines") if self.is_voided else []

    def assign(self, users: list[User], *, by: User) -> None:
        self.demand("assign", by)
        with db.atomic():
            self.lock()
            OrderAssignment.replace_all(self, users, by)

    def _against_assign(self, by) -> list[Refusal]:
        return self._against_anything_more()

    def refuse_status(self, verb: str) -> list[Refusal]:
        if self.status is VOIDED:
            return [refuse("order.voided", since=self.voided_at, order_id=self.id)]
        if self.status in DONE:
            return [refuse("order.performed", since=self.performed_at, order_id=self.id)]
        if self.status is IN_PROGRESS:
            return [refuse("order.started", order_id=self.id)]
        return [refuse("order.not_started", status=self.status, order_id=self.id)]

    def void(self, *, by: User) -> None:
        """The order will not be carried out; it stays in the lists as voided."""
        self.demand("void", by)
        with db.atomic():
            self._move("void", voided_at=now())
            Event.record("order.voided", by=by, about=self)

    def comment(self, text: str, *, internal: bool, by: User) -> Event:
        self.demand("comment", by)
        with db.atomic():
            return Event.record(
                "comment.written",
                by=by,
                about=self,
                internal=internal and not by.is_portal,
                text=text,
            )


class OrderAssignment(Record):
    order = peewee.ForeignKeyField(Order, backref="+", on_delete="CASCADE")
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("order", "user"), True),)

    @classmethod
    def orders_of(cls, user) -> "peewee.ModelSelect[OrderAssignment]":
        return cls.select(cls.order).where(cls.user == user.id)

    @classmethod
    def replace_all(cls, order: Order, users: list[User], by: User) -> None:
        before, after = (
            {user.id: user for user in order.assignees},
            {user.id: user for user in users},
        )
        for user_id in after.keys() - before.keys():
            cls.create(order=order, user=user_id)
            Event.record("order.assigned", by=by, about=order, person=after[user_id].name, person_id=user_id)
        for user_id in before.keys() - after.keys():
            cls.delete().where((cls.order == order) & (cls.user == user_id)).execute()
            Event.record(
                "order.unassigned",
                by=by,
                about=order,
                person=before[user_id].name,
                person_id=user_id,
            )
