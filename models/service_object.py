"""A service object: a machine or an installation that stands at a customer's facility and is looked after there."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, UTCDateTimeField, db, now
from models.customer import Activity, Customer, CustomerAssignment, rule_missing
from models.customised import Customised
from models.event import Event
from models.facility import Facility
from models.lifecycle import Noun, revise
from models.object_number import Numbered
from models.organisation import Store
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable, SortKey, sort_key
from models.user import User


class ObjectStatus(Choice):
    IN_USE = "in_use", _l("In use"), "good"
    STANDING = "standing", _l("Standing still"), "warning"
    RESERVE = "reserve", _l("In reserve"), "info"
    SCRAPPED = "scrapped", _l("Scrapped"), "neutral"


IN_USE, STANDING, RESERVE, SCRAPPED = ObjectStatus

_EDIT = everything_or_assigned(Right.SERVICE_OBJECT_EDIT, Right.SERVICE_OBJECT_EDIT_ASSIGNED)


class ServiceObject(Customised, Numbered, Searchable, Noun):
    """It stays with its customer, as facilities do; between the customer's facilities it may move."""

    MAY = {
        "view": everything_or_assigned(Right.SERVICE_OBJECT_VIEW, Right.SERVICE_OBJECT_VIEW_ASSIGNED),
        "create": holds(Right.SERVICE_OBJECT_CREATE),
        "edit": _EDIT,
        "inactivate": _EDIT,
        "reactivate": _EDIT,
        "delete": holds(Right.SERVICE_OBJECT_DELETE),
        "upload": holds(Right.SERVICE_OBJECT_UPLOAD),
        "export": holds(Right.REGISTER_EXPORT),
        "import": holds(Right.REGISTER_IMPORT),
    }
    LABELS = {
        "number": _l("Object number"),
        "name": _l("Name"),
        "category": _l("Category"),
        "maker": _l("Maker"),
        "model": _l("Model"),
        "serial_number": _l("Serial number"),
        "year": _l("Year made"),
        "status": _l("Status"),
        "customer": _l("Customer"),
        "facility": _l("Facility"),
        "place": _l("Place at the facility"),
        "parent": _l("Part of"),
        "note": _l("Note"),
    }

    number = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=120)
    sort_name = SortKey()
    category = peewee.CharField(max_length=60, default="")
    maker = peewee.CharField(max_length=60, default="")
    model = peewee.CharField(max_length=80, default="")
    serial_number = peewee.CharField(max_length=60, default="")
    year = peewee.IntegerField(null=True)
    status = ChoiceField(ObjectStatus, default=IN_USE)
    customer = peewee.ForeignKeyField(Customer, backref="service_objects", on_delete="CASCADE")
    facility = peewee.ForeignKeyField(Facility, backref="service_objects", on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, backref="+")
    place = peewee.CharField(max_length=120, default="")
    parent = peewee.ForeignKeyField("self", null=True, backref="parts", on_delete="SET NULL")
    note = peewee.TextField(default="")
    inactive_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("sort_name", "id"), False),
            (("inactive_at", "sort_name", "id"), False),
            (("category", "id"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def is_scrapped(self) -> bool:
        return self.status is SCRAPPED

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    @property
    def make(self) -> str:
        """Maker and model on one line."""
        return " ".join(part for part in (self.maker, self.model) if part)

    @property
    def words(self) -> str:
        """How it is told from the others at its facility."""
        return ", ".join(part for part in (self.title, self.place) if part)

    def searched_by(self):
        return (
            self.number,
            self.name,
            self.serial_number,
            self.category,
            self.maker,
            self.model,
            self.place,
            self.facility.name,
            self.customer.name,
            self.customer.number,
        )

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, self.customer.language)
        return super().save(*args, **kwargs)

    # Whose eyes it is for

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Staff: their stores' objects, or of these those of assigned customers. Portal: those of its facilities."""
        query = cls.select(cls, Facility, Customer).join(Facility).switch(cls).join(Customer)
        if user.is_portal:
            return query.where(cls.facility.in_(Facility.visible_to(user).select(Facility.id)))
        if user.store_ids is not None:
            query = query.where(cls.store.in_(user.store_ids))
        if user.has(Right.SERVICE_OBJECT_VIEW):
            return query
        if user.has(Right.SERVICE_OBJECT_VIEW_ASSIGNED):
            return query.where(cls.customer.in_(CustomerAssignment.customers_of(user)))
        return query.where(peewee.SQL("1=0"))

    @classmethod
    def choosable_by(cls, user, facility: Facility) -> "peewee.ModelSelect[Any]":
        """For pickers: what stands at the facility and can be worked on."""
        usable = cls.inactive_at.is_null() & (cls.status != SCRAPPED)
        return cls.visible_to(user).where((cls.facility == facility) & usable).order_by(cls.sort_name, cls.id)

    @classmethod
    def chosen_by(cls, user, ids: list[int]) -> list["ServiceObject"]:
        """These objects, without those the person may not see."""
        return list(cls.visible_to(user).where(cls.id.in_(ids)).order_by(cls.sort_name, cls.id))

    def is_assigned_to(self, user) -> bool:
        return self.customer.is_assigned_to(user)

    # What is done with it

    @classmethod
    def add(cls, values: dict, *, by: User) -> "ServiceObject":
        """A new object at `values["facility"]`, whose customer and store it has."""
        facility = values["facility"]
        refusals = rule_missing(cls, "create", by) + cls.number_refusals(values["number"])
        refusals += facility.customer.against_new_work() + facility.against_new_work()
        draft = cls(**values, customer=facility.customer, store=facility.store_id)
        refusals += draft.against_its_place()
        if refusals:
            raise Refused(refusals, facility)
        with cls.number_judged(values["number"]), db.atomic():
            draft.save()
            Event.record("service_object.created", by=by, about=draft)
            return draft

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        """Save the card's form. Moved to another facility of the customer, it takes its parts along."""
        number = values.get("number", self.number)
        refusals = self.why_not("edit", by) + self.number_refusals(number, besides=self.id)
        if refusals:
            raise Refused(refusals, self)
        with self.number_judged(number), db.atomic():
            self.facility.lock()  # so that no two changes at once make a circle of parts
            changes = revise(self, "service_object.changed", values, by=by, seen=seen)
            wrong = self.against_its_place()
            if wrong:
                raise Refused(wrong, self)
            if "facility" in changes:
                self._bring_parts(by)
            return changes

    def _bring_parts(self, by: User) -> None:
        for part in self.parts:
            revise(part, "service_object.changed", {"facility": self.facility}, by=by, seen=part.version)
            part._bring_parts(by)

    def against_its_place(self) -> list[Refusal]:
        """Its facility is its customer's; what it is part of stands there too, and is no part of itself."""
        refusals = []
        if self.facility.customer_id != self.customer_id:
            refusals.append(refuse("service_object.other_customer", facility=self.facility.name))
        refusals += against_elsewhere(self.parent, self.facility)
        if self.parent and any(above.id == self.id for above in self.parent.ancestry):
            refusals.append(refuse("service_object.own_part", whole=self.parent.title, object_id=self.id))
        return refusals

    @property
    def ancestry(self) -> list["ServiceObject"]:
        """Itself, what it is part of, what that is part of, and so on."""
        found: list[ServiceObject] = []
        above: ServiceObject | None = self
        while above is not None and above not in found:
            found.append(above)
            above = above.parent
        return found

    def inactivate(self, *, by: User) -> None:
        """Not to be chosen for new work; safe to repeat."""
        self.demand("inactivate", by)
        self._set_inactive(now(), "service_object.inactivated", by)

    def reactivate(self, *, by: User) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, "service_object.reactivated", by)

    def _set_inactive(self, moment, verb: str, by: User) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at = moment
                self.version += 1
                self.save()
                Event.record(verb, by=by, about=self)

    @classmethod
    def inactivate_all(cls, units: list["ServiceObject"], *, by: User) -> int:
        """Several at once; those that are inactive already stay as they are. Returns how many were inactivated."""
        active = [unit for unit in units if unit.is_active]
        with db.atomic():
            for unit in active:
                unit.inactivate(by=by)
        return len(active)

    def _against_delete(self, by) -> list[Refusal]:
        reports, orders = self.fault_reports.count(), self.orders.count()
        if not reports and not orders:
            return []
        return [refuse("service_object.in_use", reports=reports, orders=orders, object_id=self.id)]

    def remove(self, *, by: User) -> None:
        """Take an object without history out of the register; its parts stand by themselves then. The log keeps it."""
        from models.file import File  # files are newer than the object

        with db.atomic():
            self.lock()
            self.demand("delete", by)
            Event.record("service_object.deleted", by=by, about=self)
            mine = (File.noun_name == self.noun) & (File.record_id == self.id)
            File.update(deleted_at=now()).where(mine).execute()
            Event.set_aside(self)
            self.delete_instance()

    def against_new_work(self) -> list[Refusal]:
        """Why no report or order may name it."""
        refusals = []
        if not self.is_active:
            refusals.append(refuse("service_object.inactive", what=self.title, object_id=self.id))
        if self.is_scrapped:
            refusals.append(refuse("service_object.scrapped", what=self.title, object_id=self.id))
        return refusals


def against_elsewhere(unit: ServiceObject | None, facility: Facility | None) -> list[Refusal]:
    """What stands at another facility cannot be meant."""
    if unit is None or (facility is not None and unit.facility_id == facility.id):
        return []
    return [refuse("service_object.elsewhere", what=unit.title, facility=unit.facility.name, object_id=unit.id)]
