"""The customer: the hub of everything. Its number is the key to bookkeeping, import and export."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models import consent
from models.activity import Activity
from models.base import Choice, ChoiceField, Country, Language, Record, UTCDateTimeField, db, now
from models.consent import ConsentSource, Reachable, country_or_ours
from models.customer_choice import Choosable
from models.customer_number import Numbered
from models.customised import Customised
from models.discount_letter import DiscountLetter
from models.event import Event
from models.identity_number import masked
from models.lifecycle import Noun, revise
from models.organisation import Organisation, Store
from models.ready import ready
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, everything_or_assigned, holds
from models.search import Searchable, SortKey, digits, sort_key
from models.tag import Tag
from models.user import User


class CustomerKind(Choice):
    BUSINESS = "business", _l("Business")
    PRIVATE = "private", _l("Private")


class Customer(Customised, Numbered, Choosable, Reachable, Searchable, Noun):
    MAY = {
        "view": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "create": holds(Right.CUSTOMER_CREATE),
        "edit": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "inactivate": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "reactivate": everything_or_assigned(Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED),
        "comment": everything_or_assigned(Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED),
        "delete": holds(Right.CUSTOMER_DELETE),
        "merge": holds(Right.CUSTOMER_MERGE),
        "assign": holds(Right.CUSTOMER_ASSIGN),
        "upload": holds(Right.CUSTOMER_UPLOAD),
        "delete_files": holds(Right.CUSTOMER_DELETE_FILES),
        "invite_user": holds(Right.CUSTOMER_CREATE_USERS),
        "edit_user_rights": holds(Right.CUSTOMER_EDIT_USER_RIGHTS),
        "delete_user": holds(Right.CUSTOMER_DELETE_USERS),
        "import": holds(Right.REGISTER_IMPORT),
        "export": holds(Right.REGISTER_EXPORT),
        "view_personal_number": holds(Right.CUSTOMER_VIEW_PERSONAL_NUMBER),
        "personal_data": holds(Right.PERSONAL_DATA_HANDLE),
    }
    SENSITIVE = {"personal_number": masked}
    LABELS = {
        "number": _l("Customer number"),
        "name": _l("Name"),
        "kind": _l("Type"),
        "org_number": _l("Organisation number"),
        "personal_number": _l("Personal number"),
        "vat_number": _l("VAT number"),
        "peppol_id": _l("Peppol id"),
        "category": _l("Category"),
        "tags": _l("Tags"),
        "address": _l("Invoice address"),
        "postcode": _l("Postcode"),
        "town": _l("Town"),
        "country": _l("Country"),
        "visiting_address": _l("Visiting address"),
        "visiting_postcode": _l("Visiting postcode"),
        "visiting_town": _l("Visiting town"),
        "visiting_country": _l("Visiting country"),
        "mail_address": _l("Mail address"),
        "mail_postcode": _l("Mail postcode"),
        "mail_town": _l("Mail town"),
        "mail_country": _l("Mail country"),
        "phone": _l("Phone"),
        "mobile": _l("Mobile"),
        "email": _l("E-mail"),
        "invoice_email": _l("Invoice e-mail"),
        "website": _l("Website"),
        "language": _l("Language"),
        "payment_days": _l("Payment terms, days"),
        "discount_letter": _l("Discount letter"),
        "our_reference": _l("Our reference"),
        "store": _l("Store"),
        "note": _l("Note"),
        "responsible": _l("Responsible"),
        "status": _l("Status"),
        **consent.LABELS,
    }

    number = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=120)
    sort_name = SortKey()
    kind = ChoiceField(CustomerKind, default=CustomerKind.BUSINESS)
    org_number = peewee.CharField(max_length=20, default="", index=True)
    personal_number = peewee.CharField(max_length=20, default="", index=True)
    vat_number = peewee.CharField(max_length=20, default="")
    peppol_id = peewee.CharField(max_length=50, default="")
    category = peewee.CharField(max_length=60, default="")
    tags = peewee.CharField(max_length=400, default="")
    address = peewee.CharField(max_length=120, default="")
    postcode = peewee.CharField(max_length=12, default="")
    town = peewee.CharField(max_length=60, default="")
    country = ChoiceField(Country, null=True)  # none: the organisation's own
    visiting_address = peewee.CharField(max_length=120, default="")
    visiting_postcode = peewee.CharField(max_length=12, default="")
    visiting_town = peewee.CharField(max_length=60, default="")
    visiting_country = ChoiceField(Country, null=True)
    mail_address = peewee.CharField(max_length=120, default="")
    mail_postcode = peewee.CharField(max_length=12, default="")
    mail_town = peewee.CharField(max_length=60, default="")
    mail_country = ChoiceField(Country, null=True)
    phone = peewee.CharField(max_length=40, default="")
    mobile = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    invoice_email = peewee.CharField(max_length=120, default="")
    website = peewee.CharField(max_length=160, default="")
    language = ChoiceField(Language, default=Language.SV)
    payment_days = peewee.IntegerField(default=30)
    discount_letter = peewee.ForeignKeyField(DiscountLetter, null=True, backref="customers", on_delete="SET NULL")
    our_reference = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    note = peewee.TextField(default="")
    send_protocol = peewee.BooleanField(default=False)
    send_order = peewee.BooleanField(default=False)
    wants_news = peewee.BooleanField(default=True)
    news_changed_at = UTCDateTimeField(null=True)
    sms_news = peewee.BooleanField(default=False)
    sms_protocol = peewee.BooleanField(default=False)
    sms_order = peewee.BooleanField(default=False)
    sms_consent_source = ChoiceField(ConsentSource, null=True)
    sms_consent_on = peewee.DateField(null=True)
    sms_consent_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    store = peewee.ForeignKeyField(Store, backref="+", index=False)  # the one with the name begins with it
    inactive_at = UTCDateTimeField(null=True)
    inactive_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL", index=False)
    merged_into = peewee.ForeignKeyField("self", null=True, backref="+", on_delete="SET NULL")
    created_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = (
            (("sort_name", "id"), False),
            (("town", "id"), False),
            (("inactive_at", "sort_name", "id"), False),
            (("store", "inactive_at", "sort_name", "id"), False),
            (("category", "id"), False),
            (("postcode", "sort_name"), False),
        )

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def activity(self) -> Activity:
        return Activity.ACTIVE if self.is_active else Activity.INACTIVE

    def searched_by(self):
        contacts = (
            [
                text
                for contact in self.contacts
                for text in (contact.name, contact.email, *found_by(contact.phone), *found_by(contact.mobile))
            ]
            if self.id
            else []
        )
        return (
            self.number,
            self.name,
            self.org_number,
            digits(self.org_number),
            self.vat_number,
            *found_by(self.phone),
            *found_by(self.mobile),
            self.email,
            self.invoice_email,
            self.town,
            self.address,
            self.category,
            self.tags,
            *contacts,
        )

    @property
    def is_private(self) -> bool:
        return self.kind is CustomerKind.PRIVATE

    @property
    def dialled_from(self) -> Country:
        """The country of the invoice address, which also decides how its numbers are judged."""
        return country_or_ours(self.country)

    @property
    def document_reference(self) -> User | None:
        """Our reference on papers: the first person assigned, where the organisation wants that (S2.43)."""
        assigned = self.assignees[:1] if Organisation.current().assigned_as_reference else []
        return assigned[0] if assigned else self.our_reference

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name, self.language)
        return super().save(*args, **kwargs)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Staff: their stores' customers, or of these the assigned ones. Portal: the account's own."""
        if user.is_portal:
            from models.portal import PortalCustomer  # the portal knows customers, not the reverse

            return cls.select().where(cls.id.in_(PortalCustomer.ids_of(user)))
        query = cls.select() if user.store_ids is None else cls.select().where(cls.store.in_(user.store_ids))
        if user.has(Right.CUSTOMER_VIEW):
            return query
        if user.has(Right.CUSTOMER_VIEW_ASSIGNED):
            return query.where(cls.id.in_(CustomerAssignment.customers_of(user)))
        return query.where(peewee.SQL("1=0"))

    def is_assigned_to(self, user) -> bool:
        return (
            CustomerAssignment.select()
            .where((CustomerAssignment.customer == self.id) & (CustomerAssignment.user == user.id))
            .exists()
        )

    @property
    def assignees(self) -> list[User]:
        return _assigned_to(self.id)

    @classmethod
    def add(cls, values: dict, *, by: User) -> "Customer":
        """A new customer. Raises Refused with everything that is wrong with its number."""
        refusals = rule_missing(cls, "create", by) + cls.number_refusals(values["number"])
        if refusals:
            raise Refused(refusals)
        with cls.number_judged(values["number"]), db.atomic():
            customer = cls.create(**cls().with_details(values, by=by))
            Tag.note([customer.tags])
            Event.record("customer.created", by=by, about=customer)
            return customer

    def change(self, values: dict, *, by: User, seen: int) -> dict:
        """Save the card's form. The number is for administrators only; its change is logged like any other."""
        refusals = self.why_not("edit", by)
        if values.get("number", self.number) != self.number:
            locked = [] if by.has(Right.ADMINISTER) else [refuse("customer.number_locked")]
            refusals += locked or self.number_refusals(values["number"], besides=self)
        if refusals:
            raise Refused(refusals, self)
        with self.number_judged(values.get("number", self.number)), db.atomic():
            changes = revise(self, "customer.changed", self.with_details(values, by=by), by=by, seen=seen)
            if {"name", "number"} & changes.keys():
                for contact in self.contacts:
                    contact.save()  # it is found by its customer, too
            if "wants_news" in changes:
                Customer.update(news_changed_at=now()).where(Customer.id == self.id).execute()
            Tag.note([self.tags])
            return changes

    def with_details(self, values: dict, *, by: User) -> dict:
        """Tags as they were first spelled, and a consent with who noted it."""
        spelled = {"tags": Tag.spelled(values["tags"])} if values.get("tags") else {}
        return self.with_consent({**values, **spelled}, by=by)

    def show_personal_number(self, *, by: User) -> str:
        """The whole number, for those with the right; that it was read is on the log."""
        return self.reveal("personal_number", by=by)

    def _against_inactivate(self, by) -> list[Refusal]:
        return (
            [] if self.is_active else [refuse("customer.already_inactive", since=self.inactive_at, customer_id=self.id)]
        )

    def inactivate(self, *, by: User) -> None:
        """Not to be chosen for anything new from now on; what was done stays traceable. Safe to repeat."""
        self.demand("inactivate", by)
        self._set_inactive(now(), by, "customer.inactivated")

    def _against_reactivate(self, by) -> list[Refusal]:
        if self.merged_into_id:
            return self._against_merge(by)
        return [refuse("customer.already_active", customer_id=self.id)] if self.is_active else []

    def _against_merge(self, by) -> list[Refusal]:
        """A customer that has become one with another is only a number that leads there."""
        if not self.merged_into_id:
            return []
        return [refuse("customer.merged", customer=self.title, customer_id=self.merged_into_id)]

    def reactivate(self, *, by: User) -> None:
        self.demand("reactivate", by)
        self._set_inactive(None, None, "customer.reactivated", actor=by)

    def _set_inactive(self, moment, who, verb: str, actor: User | None = None) -> None:
        with db.atomic():
            self.lock()
            if bool(self.inactive_at) != bool(moment):
                self.inactive_at, self.inactive_by = moment, who
                self.version += 1
                self.save()
                Event.record(verb, by=actor or who, about=self)

    @classmethod
    def inactivate_all(cls, customers: list["Customer"], *, by: User) -> int:
        """Several at once; those that are inactive already stay as they are. Returns how many were inactivated."""
        active = [customer for customer in customers if customer.is_active]
        with db.atomic():
            for customer in active:
                customer.inactivate(by=by)
        return len(active)

    def _against_delete(self, by) -> list[Refusal]:
        from models.fault_report import FaultReport  # reports and orders are newer than the customer
        from models.order import Order
        from models.quote import Quote

        reports = FaultReport.select().where(FaultReport.customer == self.id).count()
        orders = Order.select().where(Order.customer == self.id).count()
        quotes = Quote.select().where(Quote.customer == self.id).count()
        in_use = [refuse("customer.in_use", reports=reports, orders=orders, quotes=quotes, customer_id=self.id)]
        return (in_use if reports or orders or quotes else []) + self._against_merge(by)

    def remove(self, *, by: User) -> None:
        """Take a customer without history out of the register, contacts and facilities with it. The log keeps it."""
        from models.file import File  # files are newer than the customer

        self.demand("delete", by)
        with db.atomic():
            Event.record("customer.deleted", by=by, about=self)
            File.update(deleted_at=now()).where(File.customer == self.id).execute()
            for record in (self, *self.contacts, *self.facilities, *self.service_objects):
                Event.set_aside(record)
            self.delete_instance()

    def against_new_work(self) -> list[Refusal]:
        """Why no report, order or booking may be made for this customer."""
        if self.is_active:
            return []
        return [refuse("customer.inactive", customer=self.name, customer_id=self.id, since=self.inactive_at)]

    def assign(self, users: list[User], *, by: User) -> None:
        """Make exactly these people responsible; each newcomer and leaver is told, the customer is not
        (S2.36-S2.40)."""
        self.demand("assign", by)
        with db.atomic():
            self.lock()
            before, after = {user.id: user for user in self.assignees}, {user.id: user for user in users}
            for user_id in (wanted for wanted in after if wanted not in before):  # in the order they were chosen
                CustomerAssignment.create(customer=self, user=user_id, by=by)
                Event.record("customer.assigned", by=by, about=self, person=after[user_id].name, person_id=user_id)
            for user_id in before.keys() - after.keys():
                CustomerAssignment.delete().where(
                    (CustomerAssignment.customer == self) & (CustomerAssignment.user == user_id)
                ).execute()
                Event.record("customer.unassigned", by=by, about=self, person=before[user_id].name, person_id=user_id)

    def comment(self, text: str, *, by: User) -> Event:
        self.demand("comment", by)
        with db.atomic():
            return Event.record("comment.written", by=by, about=self, internal=True, text=text)


def found_by(number: str) -> tuple[str, str]:
    """A telephone number as it is written, and as it is typed in a hurry."""
    return number, digits(number)


def rule_missing(noun, verb: str, by) -> list[Refusal]:
    return noun.MAY[verb].missing(by, None)


class CustomerAssignment(Record):
    """Who is responsible for a customer: later reports and orders from every source go to them."""

    customer = peewee.ForeignKeyField(Customer, backref="+", on_delete="CASCADE")
    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("customer", "user"), True),)

    @classmethod
    def customers_of(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select(cls.customer).where(cls.user == user.id)


@ready
def _assigned_to(customer_id) -> Any:
    query = User.select().join(CustomerAssignment, on=CustomerAssignment.user == User.id)
    return query.where(CustomerAssignment.customer == customer_id).order_by(CustomerAssignment.id)
