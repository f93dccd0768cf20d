"""A customer's contacts: who they are, how to reach them, and which papers they want."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms
from blueprints.conflicts import both_values, chosen
from blueprints.forms import ChoiceSelect, Form
from blueprints.web import blueprint, done, fetch, on, page
from models.base import Language
from models.contact import Contact
from models.customer import Customer
from models.lifecycle import Conflict

bp = blueprint("contacts")

LABELS = Contact.LABELS


class ContactForm(Form):
    name = forms.text(LABELS["name"], 80, required=True)
    function = forms.text(LABELS["function"], 60)
    phone = forms.phone(LABELS["phone"])
    email = forms.email(LABELS["email"])
    language = ChoiceSelect(LABELS["language"], Language, blank=_l("As the customer"))
    send_protocol = forms.yes_no(LABELS["send_protocol"])
    send_order = forms.yes_no(LABELS["send_order"])
    wants_news = forms.yes_no(LABELS["wants_news"], default=True)


def form_page(form: ContactForm, customer: Customer, contact: Contact | None = None, status: int = 200) -> Response:
    return page("contacts/edit.html", status=status, form=form, customer=customer, contact=contact)


def card_of(customer_id: int) -> str:
    return url_for("customers.show", id=customer_id)


@bp.get("/new/<int:customer_id>")
@on(Contact, "edit")
def new(customer_id: int) -> Response:
    return form_page(ContactForm(None), fetch(Customer, customer_id, "edit"))


@bp.post("/new/<int:customer_id>")
@on(Contact, "edit")
def add(customer_id: int) -> Response:
    form, customer = ContactForm(), fetch(Customer, customer_id, "edit")
    if not form.validate():
        return form_page(form, customer, status=422)
    contact = Contact.add(customer, form.values(), by=current_user)
    return done(_("%(name)s is added.", name=contact.name), card_of(customer.id))


@bp.get("/<int:id>")
@on(Contact, "edit")
def edit(contact: Contact) -> Response:
    return form_page(ContactForm.over(contact), contact.customer, contact)


@bp.post("/<int:id>")
@on(Contact, "edit")
def change(contact: Contact) -> Response:
    form = ContactForm.over(contact)
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
