"""A service object's form: what it is, at which of the customer's facilities it stands, what it is a part of."""

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from blueprints import forms
from blueprints.forms import ChoiceSelect, CustomerField, Form, clean
from blueprints.object_field import ObjectField
from blueprints.report_form import FacilityField
from blueprints.web import fetch
from models.customer import Customer
from models.facility import Facility
from models.service_object import ObjectStatus, ServiceObject

LABELS = ServiceObject.LABELS
OLDEST, NEWEST = 1800, 2100


class ServiceObjectForm(Form):
    number = forms.text(LABELS["number"], 32, required=True)
    name = forms.text(LABELS["name"], 120, required=True)
    category = forms.text(LABELS["category"], 60)
    maker = forms.text(LABELS["maker"], 60)
    model = forms.text(LABELS["model"], 80)
    serial_number = forms.text(LABELS["serial_number"], 60)
    year = IntegerField(LABELS["year"], [Optional(), NumberRange(OLDEST, NEWEST)], render_kw={"inputmode": "numeric"})
    status = ChoiceSelect(LABELS["status"], ObjectStatus)
    facility = FacilityField(
        LABELS["facility"], blank=_l("Choose a facility"), validators=[InputRequired(_l("Choose the facility."))]
    )
    place = forms.text(LABELS["place"], 120)
    parent = ObjectField(LABELS["parent"], blank=_l("Nothing: it stands by itself"))
    note = forms.long_text(LABELS["note"])

    @classmethod
    def of(cls, unit: ServiceObject, kind: type["ServiceObjectForm"]) -> "ServiceObjectForm":
        """`kind` is this form, with the custom fields."""
        form = kind(obj=unit)
        form.settle(unit.customer, url_for("service_objects.places", unit=unit.id), besides=unit)
        return form

    def settle(self, customer: Customer | None, asks: str, *, besides: ServiceObject | None = None) -> None:
        """Offer the customer's facilities, and the objects of the one that is chosen."""
        self.facility.offer(customer)
        if len(self.facility.known) == 1 and not self.facility.data:
            self.facility.data = next(iter(self.facility.known))
        self.parent.offer(self.facility.record, besides=besides)
        self.facility.render_kw = {
            "hx-get": asks,
            "hx-trigger": "change",
            "hx-target": "#there",
            "hx-include": "#customer",
        }

    @property
    def is_asking(self) -> bool:
        """Only what can be chosen is wanted, nothing is to be saved (the button for pages without script)."""
        return "look" in request.form


class NewServiceObjectForm(ServiceObjectForm):
    customer: Any = CustomerField(LABELS["customer"], [forms.REQUIRED])

    @classmethod
    def made(cls, kind: type["NewServiceObjectForm"], data: Any = None, **prefilled: Any) -> "NewServiceObjectForm":
        """From what was posted, from `data` (an address), or prefilled."""
        form = kind(data, data=prefilled) if prefilled else kind(data) if data is not None else kind()
        form.settle(form.named_customer, url_for("service_objects.places"))
        return form

    @property
    def named_customer(self) -> Customer | None:
        """Whoever stands in the customer field, before anything is checked."""
        typed = clean(self.customer.data) if isinstance(self.customer.data, str) else ""
        return self.customer._find(typed) if typed else None


def prefilled() -> dict[str, Any]:
    """The customer or facility whose page the reader comes from, and the next number."""
    facility_id, customer_id = (request.args.get(name, type=int) for name in ("facility", "customer"))
    facility = fetch(Facility, facility_id) if facility_id else None
    customer = facility.customer if facility else fetch(Customer, customer_id) if customer_id else None
    return {"customer": customer, "facility": facility, "number": ServiceObject.suggested_number()}
