"""Connections to other systems, each with its settings, and how it went last."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, JSONTextField, Record, UTCDateTimeField, db, now, unique
from models.customer import Customer
from models.event import Event
from models.lifecycle import Noun, revise
from models.order import Order
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds
from models.user import User


class IntegrationKind(Choice):
    """What can be connected; tasks/accounting has one class for each."""

    VISMA = "visma", _l("Visma")


class IntegrationState(Choice):
    IN_USE = "in_use", _l("In use"), "good"
    FAILING = "failing", _l("Needs a look"), "bad"
    OFF = "off", _l("Switched off"), "neutral"


class Integration(Noun):
    MAY = {
        verb: holds(Right.ADMINISTER)
        for verb in ("view", "create", "edit", "switch_off", "switch_on", "make_test_file", "remove")
    } | {"use": holds(Right.REGISTER_EXPORT)}
    LABELS = {
        "kind": _l("Type"),
        "name": _l("Name"),
        "company_number": _l("The company's organisation number there"),
        "sales_account": _l("Sales account"),
        "receivables_account": _l("Customer receivables account"),
        "assigned_as_reference": _l("Add assigned as our reference"),
    }

    kind = ChoiceField(IntegrationKind)
    name = peewee.CharField(max_length=60, unique=True)
    company_number = peewee.CharField(max_length=20, default="")
    sales_account = peewee.CharField(max_length=8, default="3001")
    receivables_account = peewee.CharField(max_length=8, default="1510")
    assigned_as_reference = peewee.BooleanField(default=False)
    off_at = UTCDateTimeField(null=True)
    last_run_at = UTCDateTimeField(null=True)
    last_error = JSONTextField(null=True)  # a refusal, gone with the next run that works
    created_at = UTCDateTimeField(default=now)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select() if user.has(Right.ADMINISTER) else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def in_order(cls) -> "peewee.ModelSelect[Any]":
        return cls.select().order_by(cls.name)

    @classmethod
    def in_use(cls) -> "peewee.ModelSelect[Any]":
        """What records can be exported with, whoever exports."""
        return cls.in_order().where(cls.off_at.is_null())

    @property
    def state(self) -> IntegrationState:
        if self.off_at:
            return IntegrationState.OFF
        return IntegrationState.FAILING if self.last_error else IntegrationState.IN_USE

    @property
    def error(self) -> Refusal | None:
        return Refusal.from_json(self.last_error) if self.last_error else None

    @classmethod
    def add(cls, values: dict, *, by) -> "Integration":
        """Raises Taken when there is one of this name."""
        missing = cls.MAY["create"].missing(by, None)
        if missing:
            raise Refused(missing)
        with db.atomic():
            with unique("name"):
                made = cls.create(**values)
            Event.record("integration.added", by=by, about=made)
            return made

    def change(self, values: dict, *, by, seen: int) -> dict:
        """Raises Taken when there is one of this name."""
        self.demand("edit", by)
        with unique("name"):
            return revise(self, "integration.changed", values, by=by, seen=seen)

    def _against_switch_off(self, by) -> list[Refusal]:
        return [refuse("integration.off", name=self.name, id=self.id)] if self.off_at else []

    def switch_off(self, *, by) -> None:
        """Nothing leaves by it until it is switched on again; its settings stay."""
        self.demand("switch_off", by)
        self._switch(now(), "integration.switched_off", by)

    def _against_switch_on(self, by) -> list[Refusal]:
        return [] if self.off_at else [refuse("integration.on", name=self.name, id=self.id)]

    def switch_on(self, *, by) -> None:
        self.demand("switch_on", by)
        self._switch(None, "integration.switched_on", by)

    def _switch(self, off_at: Any, verb: str, by) -> None:
        with db.atomic():
            Integration.update(off_at=off_at, version=Integration.version + 1).where(
                Integration.id == self.id
            ).execute()
            self.reload()
            Event.record(verb, by=by, about=self)

    def remove(self, *, by) -> None:
        """Its settings are gone; what was exported stays on the records' logs."""
        with db.atomic():
            self.lock()
            self.demand("remove", by)
            Event.record("integration.removed", by=by, about=self)
            Event.set_aside(self)
            self.delete_instance()

    def _against_use(self, by) -> list[Refusal]:
        return [refuse("integration.off", name=self.name, id=self.id)] if self.off_at else []

    def reference_of(self, record: Customer | Order) -> User | None:
        """Our reference on the exported document (S2.43): with the tick the first person assigned, to the order
        before the customer; without anybody assigned, or without the tick, the customer's own."""
        customer = record.customer if isinstance(record, Order) else record
        responsible = dict.fromkeys([*record.assignees, *customer.assignees]) if self.assigned_as_reference else {}
        return next(iter(responsible), customer.our_reference)

    def note_file(self, file: str, *, by, about: Record | None = None) -> None:
        """A file was made: it is on the log of what it is about, and the last error is gone."""
        with db.atomic():
            Integration.update(last_run_at=now(), last_error=None).where(Integration.id == self.id).execute()
            if about is None:
                Event.record("integration.tested", by=by, about=self, file=file)
            else:
                Event.record("integration.exported", by=by, about=about, file=file, integration=self.name)

    def note_failure(self, refusal: Refusal) -> None:
        Integration.update(last_run_at=now(), last_error=refusal.as_json()).where(Integration.id == self.id).execute()
