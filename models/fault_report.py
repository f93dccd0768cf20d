"""A fault report: somebody says something is broken. It waits until it becomes an order or is rejected with a
reason."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import ChoiceField, Record, UTCDateTimeField, db, now
from models.customer import Customer, rule_missing
from models.event import Event
from models.facility import Facility
from models.lifecycle import Noun, Step, revise
from models.organisation import Organisation, Store
from models.refusals import Refusal, Refused, refuse
from models.report_standing import (
    ACCEPTED,
    CANCELLED,
    REJECTED,
    WAITING,
    Priority,
    ReportStatus,
    Source,
    Standing,
)
from models.rights import Right, Rule, everything_or_assigned, holds
from models.search import Searchable, digits
from models.series import Series
from models.service_object import ServiceObject, against_elsewhere
from models.user import User

own_report = Rule(
    lambda user, record: record is None or record.reporter_id == user.id,
    lambda user, record: [refuse("fault_report.not_yours", what=record.title)],
)


class FaultReport(Standing, Searchable, Noun):
    MAY = {
        "view": everything_or_assigned(Right.FAULT_REPORT_VIEW, Right.FAULT_REPORT_VIEW_ASSIGNED)
        | holds(Right.PORTAL_REPORT),
        "create": holds(Right.FAULT_REPORT_CREATE) | holds(Right.PORTAL_REPORT),
        "edit": holds(Right.FAULT_REPORT_EDIT),
        "accept": holds(Right.FAULT_REPORT_ACCEPT),
        "reject": holds(Right.FAULT_REPORT_REJECT),
        "reopen": holds(Right.FAULT_REPORT_ACCEPT),
        "cancel": holds(Right.PORTAL_REPORT) & own_report,
        "assign": holds(Right.FAULT_REPORT_ASSIGN),
        "comment": everything_or_assigned(Right.FAULT_REPORT_VIEW, Right.FAULT_REPORT_VIEW_ASSIGNED)
        | (holds(Right.PORTAL_REPORT) & holds(Right.PORTAL_COMMENT)),
        "upload": holds(Right.FAULT_REPORT_UPLOAD) | (holds(Right.PORTAL_REPORT) & holds(Right.PORTAL_UPLOAD)),
        "delete_files": holds(Right.FAULT_REPORT_EDIT),
        "export": holds(Right.REGISTER_EXPORT),
        "import": holds(Right.REGISTER_IMPORT),
    }
    STEPS = {
        "accept": Step((WAITING,), ACCEPTED),
        "reject": Step((WAITING,), REJECTED),
        "cancel": Step((WAITING,), CANCELLED),
        "reopen": Step((REJECTED,), WAITING),
    }
    LABELS = {
        "number": _l("Number"),
        "heading": _l("What is wrong"),
        "description": _l("Description"),
        "customer": _l("Customer"),
        "facility": _l("Facility"),
        "service_object": _l("Service object"),
        "contact_name": _l("Contact person"),
        "contact_phone": _l("Contact's phone"),
        "contact_email": _l("Contact's e-mail"),
        "priority": _l("Priority"),
        "source": _l("Reported through"),
        "place": _l("Place"),
        "status": _l("Status"),
        "reported_at": _l("Reported"),
    }

    number = peewee.IntegerField(unique=True)
    heading = peewee.CharField(max_length=120)
    description = peewee.TextField(default="")
    customer = peewee.ForeignKeyField(Customer, null=True, backref="fault_reports")
    facility = peewee.ForeignKeyField(Facility, null=True, backref="fault_reports")
    service_object = peewee.ForeignKeyField(ServiceObject, null=True, backref="fault_reports")
    store = peewee.ForeignKeyField(Store, backref="+")
    status = ChoiceField(ReportStatus, default=WAITING)
    priority = ChoiceField(Priority, default=Priority.NORMAL)
    source = ChoiceField(Source, default=Source.STAFF)
    contact_name = peewee.CharField(max_length=80, default="")
    contact_phone = peewee.CharField(max_length=40, default="")
    contact_email = peewee.CharField(max_length=120, default="")
    place = peewee.CharField(max_length=200, default="")
    reference = peewee.CharField(max_length=60, null=True, unique=True)  # its number in the system it was imported from
    reporter = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    reported_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("status", "reported_at", "id"), False),
            (("customer", "reported_at", "id"), False),
            (("reported_at", "id"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.number} {self.heading}"

    @property
    def is_waiting(self) -> bool:
        return self.status is WAITING

    @property
    def is_rejected(self) -> bool:
        return self.status is REJECTED

    @property
    def order(self):
        """The order made of it, or None."""
        return self.orders.first()

    @property
    def is_pressing(self) -> bool:
        return self.is_waiting and self.priority.is_pressing

    @property
    def where(self) -> str:
        """Customer and facility, or the place that was told, on one line."""
        names = (self.customer.name if self.customer_id else "", self.facility.name if self.facility_id else self.place)
        return " · ".join(name for name in names if name)

    @property
    def rejection(self) -> "Rejection | None":
        return (
            Rejection.select(Rejection, User)
            .join(User)
            .where(Rejection.report == self.id)
            .order_by(Rejection.id.desc())
            .first()
        )

    def searched_by(self):
        customer = self.customer
        names = (customer.name, customer.number) if customer else ()
        facility = (self.facility.name,) if self.facility_id else ()
        return (
            str(self.number),
            self.heading,
            self.description[:400],
            self.contact_name,
            self.contact_phone,
            digits(self.contact_phone),
            self.contact_email,
            self.place,
            self.reference,
            *names,
            *facility,
        )

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Portal: reports on the account's facilities, and those without one that the account made itself."""
        query = cls.select()
        if user.is_portal:
            return query.where(cls._for_portal(user) if user.has(Right.PORTAL_REPORT) else peewee.SQL("1=0"))
        if user.store_ids is not None:
            query = query.where(cls.store.in_(user.store_ids))
        if user.has(Right.FAULT_REPORT_VIEW):
            return query
        if user.has(Right.FAULT_REPORT_VIEW_ASSIGNED):
            return query.where(cls.id.in_(ReportAssignment.reports_of(user)))
        return query.where(peewee.SQL("1=0"))

    @classmethod
    def _for_portal(cls, user):
        """A rejected report may be hidden (S4.27), but never from the person who was told that it is rejected."""
        mine = (
            (cls.reporter == user.id)
            & cls.customer.in_(Customer.visible_to(user).select(Customer.id))
            & cls.facility.is_null()
        )
        reached = mine | cls.facility.in_(Facility.visible_to(user).select(Facility.id))
        if not Organisation.current().portal_hide_voided:
            return reached
        return reached & ((cls.status != REJECTED) | (cls.reporter == user.id))

    @classmethod
    def waiting_for(cls, user) -> "peewee.ModelSelect[Any]":
        """Reports that have no order yet (S4.32)."""
        return cls.visible_to(user).where(cls.status == WAITING)

    def is_assigned_to(self, user) -> bool:
        return (
            ReportAssignment.select()
            .where((ReportAssignment.report == self.id) & (ReportAssignment.user == user.id))
            .exists()
        )

    @property
    def assignees(self) -> list[User]:
        return list(
            User.select().join(ReportAssignment).where(ReportAssignment.report == self.id).order_by(ReportAssignment.id)
        )

    @classmethod
    def report(cls, values: dict, *, by: User, source: Source) -> "FaultReport":
        """A new report. The customer's people are assigned and told (S2.37); a portal account may turn it into
        an order at once (S4.10)."""
        customer, facility, unit = (values.get(name) for name in ("customer", "facility", "service_object"))
        refusals = rule_missing(cls, "create", by)
        refusals += customer.against_new_work() if customer else []
        refusals += facility.against_new_work() if facility else []
        refusals += against_foreign(facility, customer, None)
        refusals += unit.against_new_work() + against_elsewhere(unit, facility) if unit else []
        if refusals:
            raise Refused(refusals, customer)
        values = {**values, "store": customer.store_id if customer else values["store"]}
        with db.atomic():
            report = cls.create(number=Series.take("fault_report", start=1001), reporter=by, source=source, **values)
            Event.record("fault_report.reported", by=by, about=report)
            report.assign_from_customer()
            return report

    def assign_from_customer(self) -> list[User]:
        """The customer's responsible people follow along; they are told of the report, not of an assignment as well."""
        people = self.customer.assignees if self.customer_id else []
        for user in people:
            ReportAssignment.create(report=self, user=user)
        return people

    def _against_edit(self, by) -> list[Refusal]:
        return [] if self.is_waiting else self.refuse_status("edit")

    _against_assign = _against_edit

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        """Save the form. A customer chosen later brings its store and its people along, who are told then."""
        with db.atomic():
            self.lock()
            self.demand("edit", by)
            changes = revise(self, "fault_report.changed", values, by=by, seen=seen)
            facility = self.facility if self.facility_id else None
            refusals = against_foreign(facility, self.customer, self.id)
            refusals += against_elsewhere(self.service_object, facility)
            if refusals:
                raise Refused(refusals, self)
            if "customer" in changes and self.customer_id:
                self._follow_customer(by)
            return changes

    def _follow_customer(self, by: User) -> None:
        self.store = self.customer.store
        self.save()
        for user in [] if self.assignees else self.assign_from_customer():
            Event.record("fault_report.assigned", by=by, about=self, person=user.name, person_id=user.id)

    def assign(self, users: list[User], *, by: User) -> None:
        """Exactly these people look after the report; each newcomer and leaver is told."""
        self.demand("assign", by)
        with db.atomic():
            self.lock()
            ReportAssignment.replace_all(self, users, by)

    def accept(self, *, by: User):
        """Make an order of it (S4.33): text, service object, photos, contact and people are carried along. Returns
        the order.

        Of several at once one wins; the others are refused with the order it became.
        """
        from models.order import Order  # the order is newer than the report

        self.demand("accept", by)
        return Order.from_report(self, by=by)

    def reject(self, reason: str, *, by: User) -> None:
        """Say no, with the reason the customer gets (S4.34)."""
        self.demand("reject", by)
        with db.atomic():
            self._move("reject")
            Rejection.create(report=self, reason=reason, by=by)
            Event.record("fault_report.rejected", by=by, about=self, why=reason)

    def reopen(self, *, by: User) -> None:
        self.demand("reopen", by)
        with db.atomic():
            self._move("reopen")
            Event.record("fault_report.reopened", by=by, about=self)

    def cancel(self, *, by: User) -> None:
        """The one who reported it takes it back."""
        self.demand("cancel", by)
        with db.atomic():
            self._move("cancel")
            Event.record("fault_report.cancelled", by=by, about=self)

    def comment(self, text: str, *, internal: bool, by: User) -> Event:
        """A remark on the report; an internal one is never shown to the customer."""
        self.demand("comment", by)
        with db.atomic():
            return Event.record("comment.written", by=by, about=self, internal=internal and not by.is_portal, text=text)


def against_foreign(facility: Facility | None, customer: Customer | None, report_id: int | None) -> list[Refusal]:
    """A facility of somebody else is no place for this customer's report."""
    if facility is None or (customer is not None and facility.customer_id == customer.id):
        return []
    return [refuse("fault_report.other_facility", facility=facility.name, report_id=report_id)]


class Rejection(Record):
    report = peewee.ForeignKeyField(FaultReport, backref="rejections", on_delete="CASCADE")
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, backref="+")
    at = UTCDateTimeField(default=now)


class ReportAssignment(Record):
    report = peewee.ForeignKeyField(FaultReport, backref="+", on_delete="CASCADE")
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("report", "user"), True),)

    @classmethod
    def reports_of(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select(cls.report).where(cls.user == user.id)

    @classmethod
    def replace_all(cls, report: FaultReport, users: list[User], by: User) -> None:
        before, after = {user.id: user for user in report.assignees}, {user.id: user for user in users}
        for user_id in after.keys() - before.keys():
            cls.create(report=report, user=user_id)
            Event.record("fault_report.assigned", by=by, about=report, person=after[user_id].name, person_id=user_id)
        for user_id in before.keys() - after.keys():
            cls.delete().where((cls.report == report) & (cls.user == user_id)).execute()
            Event.record("fault_report.unassigned", by=by, about=report, person=before[user_id].name, person_id=user_id)
