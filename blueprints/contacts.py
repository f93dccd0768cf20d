"""A customer's contacts: who they are, how to reach them, which papers they want; and the register of them all."""

from types import SimpleNamespace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import cards, forms, lists
from blueprints.actions import explain
from blueprints.conflicts import both_values, chosen
from blueprints.forms import ChoiceSelect, RecordSelect
from blueprints.lists import Card, Cell, Screen
from blueprints.switches import SwitchesForm
from blueprints.web import blueprint, done, fetch, on, page
from models import contact_listing
from models.base import Country, Language
from models.contact import Contact
from models.customer import Customer
from models.facility import Facility
from models.lifecycle import Conflict
from models.rights import can

bp = blueprint("contacts")

LABELS = Contact.LABELS


class ContactForm(SwitchesForm):
    name = forms.text(LABELS["name"], 80, required=True)
    function = forms.text(LABELS["function"], 60)
    phone = forms.phone(LABELS["phone"])
    email = forms.email(LABELS["email"])
    language = ChoiceSelect(LABELS["language"], Language, blank=_l("As the customer"))

    def __init__(self, *args, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer = customer

    @property
    def region(self) -> Country:
        return self.customer.dialled_from

    def draft(self) -> Contact:
        names = ("name", "phone", "mobile", "sms_consent_source")
        return Contact(customer=self.customer, **{name: self[name].data for name in names})


def form_of(customer: Customer, contact: Contact | None = None) -> ContactForm:
    """The form with the customer's facilities to choose from."""

    class Bound(ContactForm):
        facility = RecordSelect(
            LABELS["facility"],
            lambda user: Facility.choosable_by(user, customer),
            blank=_l("The whole customer"),
            words=lambda found: found.name,
        )

    return Bound(obj=contact, customer=customer) if contact else Bound(customer=customer)


def row_url(row) -> str:
    return url_for("contacts.edit", id=row.id) if can(current_user, "edit", Contact) else customer_url(row)


def customer_url(row) -> str:
    return url_for("customers.show", id=row.customer_id)


def card(row) -> Card:
    return Card(
        row.name, "", [cards.joined(row.function, row.customer), cards.joined(row.mobile or row.phone, row.email)]
    )


def empty() -> SimpleNamespace:
    text = _("Here will be the people at your customers. They are added on their customer's card.")
    return SimpleNamespace(icon="person-vcard", title=_("No contacts yet"), text=text, action=None)


SCREEN = Screen(
    contact_listing.contacts,
    "contacts.index",
    _l("Contacts"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "customer": lambda row: Cell(row.customer, customer_url(row)),
        "facility": lambda row: Cell(
            row.facility or "", url_for("facilities.show", id=row.facility_id) if row.facility_id else ""
        ),
    },
    empty=empty,
)
lists.routes(bp, SCREEN, Contact)


def form_page(form: ContactForm, customer: Customer, contact: Contact | None = None, status: int = 200) -> Response:
    against = explain(contact.against_sms(), contact) if contact else []
    may = contact is not None and can(current_user, "personal_data", contact)
    return page(
        "contacts/edit.html",
        status=status,
        form=form,
        customer=customer,
        contact=contact,
        against_sms=against,
        person_url=url_for("persons.show_contact", id=contact.id) if contact and may else "",
    )


def card_of(customer_id: int) -> str:
    return url_for("customers.show", id=customer_id)


@bp.get("/new/<int:customer_id>")
@on(Contact, "edit")
def new(customer_id: int) -> Response:
    customer = fetch(Customer, customer_id, "edit")
    return form_page(form_of(customer), customer)


@bp.post("/new/<int:customer_id>")
@on(Contact, "edit")
def add(customer_id: int) -> Response:
    customer = fetch(Customer, customer_id, "edit")
    form = form_of(customer)
    if not form.validate():
        return form_page(form, customer, status=422)
    contact = Contact.add(customer, form.values(), by=current_user)
    return done(_("%(name)s is added.", name=contact.name), card_of(customer.id))


@bp.get("/<int:id>")
@on(Contact, "edit")
def edit(contact: Contact) -> Response:
    return form_page(form_of(contact.customer, contact), contact.customer, contact)


@bp.post("/<int:id>")
@on(Contact, "edit")
def change(contact: Contact) -> Response:
    form = form_of(contact.customer, contact)
    if not form.validate():
        return form_page(form, contact.customer, contact, status=422)
    try:
        contact.change(chosen(form, contact), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    return done(_("%(name)s is saved.", name=contact.name), card_of(contact.customer_id))


@bp.post("/<int:id>/removal")
@on(Contact, "edit")
def remove(contact: Contact) -> Response:
    contact.remove(by=current_user)
    return done(_("%(name)s is removed.", name=contact.name), card_of(contact.customer_id))
