"""What is typed about a fault: by the staff for anybody, with the customer's facilities to choose from."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from blueprints.forms import (
    ChoiceSelect,
    CustomerField,
    Form,
    RecordSelect,
    clean,
    email,
    long_text,
    phone,
    text,
)
from blueprints.object_field import ObjectField, ask_for_objects
from blueprints.web import fetch, this_store
from models.customer import Customer
from models.facility import Facility
from models.fault_report import FaultReport, Priority
from models.organisation import Store
from models.service_object import ServiceObject

LABELS = FaultReport.LABELS


class FacilityField(RecordSelect):
    """One of the chosen customer's facilities; `offer` says whose."""

    def __init__(self, label: Any, **kwargs: Any):
        super().__init__(label, lambda user: [], words=_words, **kwargs)

    def offer(self, customer: Customer | None) -> None:
        """The active ones, and the record's own even when it is inactive by now."""
        kept = self.object_data if isinstance(self.object_data, Facility) else None
        found = list(Facility.choosable_by(current_user, customer)) if customer else []
        if customer and kept and kept.customer_id == customer.id and kept not in found:
            found.append(kept)
        self.known = {str(facility.id): facility for facility in found}
        self.choices: Any = [("", self.blank), *((key, self.words(facility)) for key, facility in self.known.items())]


def _words(facility: Facility) -> str:
    return ", ".join(part for part in (facility.name, facility.place) if part)


class ReportForm(Form):
    heading = text(LABELS["heading"], 120, required=True)
    description = long_text(LABELS["description"], rows=5)
    priority = ChoiceSelect(LABELS["priority"], Priority, default=Priority.NORMAL)
    customer = CustomerField(LABELS["customer"])
    facility = FacilityField(LABELS["facility"], blank=_l("Not chosen yet"))
    service_object = ObjectField(LABELS["service_object"])
    place = text(LABELS["place"], 200)
    contact_name = text(LABELS["contact_name"], 80)
    contact_phone = phone(LABELS["contact_phone"])
    contact_email = email(LABELS["contact_email"])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.customer.render_kw = {"list": "customer-choices", "autocomplete": "off"}
        self.facility.offer(self.named_customer())
        self.service_object.offer(self.facility.record)
        ask_for_objects(self.facility)

    def named_customer(self) -> Customer | None:
        """Whoever stands in the customer field, before anything is checked."""
        named = self.customer.data
        if isinstance(named, Customer):
            return named
        return self.customer._find(clean(named)) if clean(named) else None

    def draft(self) -> FaultReport:
        """The report as it would be, for saying who will be told."""
        customer = self.named_customer()
        return FaultReport(customer=customer, store=customer.store_id if customer else this_store(), heading="")

    def facts(self) -> dict[str, Any]:
        """The values of a new report: without a customer it belongs to the store one works in."""
        return {**self.values(), "store": self.store()}

    def store(self) -> Store | None:
        return self.customer.data.store if self.customer.data else this_store()


class RejectionForm(Form):
    reason = long_text(_l("Why is it rejected?"), required=True, longest=1000)


class CommentForm(Form):
    text = long_text(_l("Remark"), required=True)


def prefilled() -> dict[str, Any]:
    """The customer, facility or service object whose page the reader comes from."""
    named = {"customer": asked(Customer), "facility": asked(Facility), "service_object": asked(ServiceObject)}
    if named["service_object"]:
        named["facility"] = named["service_object"].facility
    if named["facility"]:
        named["customer"] = named["facility"].customer
    return {name: record for name, record in named.items() if record}


def asked(noun: Any) -> Any:
    """The record that the address names, if it names one."""
    record_id = request.args.get(noun._meta.table_name, type=int)
    return fetch(noun, record_id) if record_id else None
