"""The form of a quote: facility and contact are the chosen customer's."""

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import InputRequired

from blueprints.forms import REQUIRED, CustomerField, Form, clean, long_text, text
from blueprints.forms import date as date_field
from blueprints.order_forms import FacilitySelect, offered
from blueprints.web import fetch
from models.customer import Customer
from models.facility import Facility
from models.quote import Quote

LABELS = Quote.LABELS


class QuoteForm(Form):
    customer = CustomerField(LABELS["customer"], [REQUIRED])
    facility = FacilitySelect(
        LABELS["facility"],
        lambda user: [],
        blank=_l("Choose a facility"),
        validators=[InputRequired(_l("Choose the facility."))],
    )
    contact = FacilitySelect(
        LABELS["contact"], lambda user: [], blank=_l("The customer's own e-mail"), words=lambda found: found.name
    )
    heading = text(LABELS["heading"], 120, required=True)
    introduction = long_text(LABELS["introduction"])
    valid_until = date_field(LABELS["valid_until"])
    terms = long_text(LABELS["terms"])

    def validate_valid_until(self, field: Any) -> None:
        field.data = field.data or Quote.usual_end()

    @classmethod
    def blank(cls) -> "QuoteForm":
        """A new quote, with what the address says chosen already."""
        asked = request.args.get("facility", type=int)
        facility = fetch(Facility, asked) if asked else None
        customer = facility.customer if facility else asked_customer()
        form = cls(data={"customer": customer, "facility": facility, "valid_until": Quote.usual_end()})
        form.look_up(form.typed_customer or (None if form.is_submitted() else customer))
        return form

    @classmethod
    def of(cls, quote: Quote) -> "QuoteForm":
        """A quote stays with its customer."""
        form = cls(obj=quote)
        del form.customer
        form.facility.offer(offered(quote.customer, quote.facility))
        form.contact.offer(quote.customer.contacts)
        return form

    @property
    def is_asking(self) -> bool:
        """Only the customer's facilities and contacts are wanted (the button for pages without script)."""
        return "look" in request.form

    @property
    def typed_customer(self) -> Customer | None:
        typed = clean(request.form.get("customer"))
        return Customer.numbered(Customer.choosable_by(current_user), typed) if typed else None

    def look_up(self, customer: Customer | None) -> None:
        """Offer what is the customer's, and let the field ask again when another customer is typed."""
        known = list(offered(customer)) if customer else []
        self.facility.offer(known)
        self.contact.offer(customer.contacts if customer else [])
        if len(known) == 1 and not self.facility.data:
            self.facility.data = str(known[0].id)
        asks: dict[str, Any] = {
            "hx-get": url_for("quotes.choices"),
            "hx-trigger": "change",
            "hx-target": "#choices",
            "hx-swap": "innerHTML",
        }
        self.customer.render_kw = {"list": "customers", "autocomplete": "off", **asks}


def asked_customer() -> Customer | None:
    """From the address: the id that a card's button carries, or what was typed into the field."""
    typed = clean(request.args.get("customer"))
    if typed and request.endpoint == "quotes.choices":
        return Customer.numbered(Customer.choosable_by(current_user), typed)
    asked = request.args.get("customer", type=int)
    return fetch(Customer, asked) if asked else None
