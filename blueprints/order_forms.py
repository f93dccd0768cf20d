"""The form of an order: the facility is one of the chosen customer's."""

from collections.abc import Iterable
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import InputRequired

from blueprints.forms import (
    REQUIRED,
    ChoiceSelect,
    CustomerField,
    Form,
    RecordSelect,
    clean,
    date,
    long_text,
    phone,
    text,
)
from blueprints.object_field import ObjectField, ask_for_objects
from blueprints.report_form import asked
from models.base import Record
from models.checklist import Checklist
from models.customer import Customer
from models.facility import Facility
from models.fault_report import Priority
from models.order import Order, OrderKind
from models.service_object import ServiceObject

LABELS = Order.LABELS


class FacilitySelect(RecordSelect):
    """Its choices are known once the form knows the customer."""

    def offer(self, records: Iterable[Record]) -> None:
        self.known = {str(record.id): record for record in records}
        self.choices = list(self.known)


class OrderForm(Form):
    customer = CustomerField(LABELS["customer"], [REQUIRED])
    facility = FacilitySelect(
        LABELS["facility"],
        lambda user: [],
        blank=_l("Choose a facility"),
        validators=[InputRequired(_l("Choose the facility."))],
    )
    service_object = ObjectField(LABELS["service_object"])
    heading = text(LABELS["heading"], 120, required=True)
    description = long_text(LABELS["description"])
    kind = ChoiceSelect(LABELS["kind"], OrderKind)
    priority = ChoiceSelect(LABELS["priority"], Priority)
    planned_on = date(LABELS["planned_on"])
    contact_name = text(LABELS["contact_name"], 80)
    contact_phone = phone(LABELS["contact_phone"])
    internal_note = long_text(LABELS["internal_note"], rows=2)
    checklist = RecordSelect(
        LABELS["checklist"],
        Checklist.visible_to,
        blank=_l("No checklist"),
        words=lambda found: found.name,
    )

    @classmethod
    def blank(cls) -> "OrderForm":
        """A new order, with what the address says chosen already."""
        unit = asked(ServiceObject)
        facility = unit.facility if unit else asked(Facility)
        customer = facility.customer if facility else asked_customer()
        chosen = {"customer": customer, "facility": facility, "service_object": unit}
        form = cls(data={**chosen, "checklist": Checklist.usual()})
        form.look_up(form.typed_customer or (None if form.is_submitted() else customer))
        return form

    @classmethod
    def of(cls, order: Order) -> "OrderForm":
        """An order stays with its customer and keeps the checklist it was made with."""
        form = cls(obj=order)
        del form.customer
        del form.checklist
        form.facility.offer(offered(order.customer, order.facility))
        form.look_for_objects()
        return form

    @property
    def is_asking(self) -> bool:
        """Only the customer's facilities are wanted, nothing is to be saved (the button for pages
        without script)."""
        return "look" in request.form

    @property
    def typed_customer(self) -> Customer | None:
        typed = clean(request.form.get("customer"))
        return Customer.numbered(Customer.choosable_by(current_user), typed) if typed else None

    def look_up(self, customer: Customer | None) -> None:
        """Offer the customer's facilities, and let the field ask for them again when another
        customer is typed."""
        known = list(offered(customer)) if customer else []
        self.facility.offer(known)
        if len(known) == 1 and not self.facility.data:
            self.facility.data = str(known[0].id)
        self.look_for_objects()
        asks: dict[str, Any] = {
            "hx-get": url_for("orders.facilities"),
            "hx-trigger": "change",
            "hx-target": "#facilities",
            "hx-swap": "innerHTML",
        }
        self.customer.render_kw = {"list": "customers", "autocomplete": "off", **asks}

    def look_for_objects(self) -> None:
        """Offer what stands at the facility, and let its field ask again when another is chosen."""
        self.service_object.offer(self.facility.record)
        ask_for_objects(self.facility)


def offered(customer: Customer, present: Facility | None = None) -> list[Facility]:
    """The customer's active facilities, and the present one even where it is inactive by now."""
    found: list[Any] = list(Facility.choosable_by(current_user, customer))
    return found if present is None or present in found else [present, *found]


def asked_customer() -> Customer | None:
    """From the address: the id that a card's button carries, or what was typed into the field."""
    typed = clean(request.args.get("customer"))
    if typed and request.endpoint == "orders.facilities":
        return Customer.numbered(Customer.choosable_by(current_user), typed)
    return asked(Customer)
