"""A customer's form: business or private, its numbers judged by their country, three addresses, tags and category."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from blueprints import forms
from blueprints.actions import explain
from blueprints.custom_forms import removed_facts
from blueprints.forms import ChoiceSelect, RecordSelect
from blueprints.switches import SwitchesForm
from blueprints.web import house, page
from models import identity_number, tag
from models.base import Country
from models.category import Category
from models.customer import Customer, CustomerKind
from models.discount_letter import DiscountLetter
from models.doubles import Doubles
from models.identity_number import WrongNumber, masked
from models.refusals import Refusal, refuse
from models.rights import Right

LABELS = Customer.LABELS
LONGEST_TERMS = 365
BUSINESS_ONLY = ("org_number", "vat_number", "peppol_id")
PRIVATE_ONLY = ("personal_number",)


class MaskedField(StringField):
    """A sensitive text is never in the page: its mask stands there, and left as it is the text stays as it is."""

    data: Any

    @property
    def mask(self) -> str:
        return masked(self.object_data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data and forms.clean(self.data) == self.mask:
            self.data = self.object_data

    def _value(self) -> str:
        return self.mask if self.data == self.object_data else (self.data or "")


class CategorySelect(SelectField):
    """One of the administrator's list; what the customer has stays choosable."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.choices = [SelectChoice("", _("None")), *(SelectChoice(name, name) for name in Category.names())]
        super().process(*args, **kwargs)

    def process_data(self, value: Any) -> None:
        super().process_data(value or "")
        if value and value not in [choice.value for choice in self.choices]:
            self.choices.append(SelectChoice(value, value))


def country_field(name: str) -> ChoiceSelect:
    return ChoiceSelect(LABELS[name], Country, blank=_l("Our country"))


class CustomerForm(SwitchesForm):
    number = StringField(LABELS["number"], [forms.REQUIRED, Length(max=32)], filters=[forms.clean])
    kind = ChoiceSelect(LABELS["kind"], CustomerKind)
    name = forms.text(LABELS["name"], 120, required=True)
    org_number = forms.text(LABELS["org_number"], 20)
    personal_number = MaskedField(LABELS["personal_number"], [Optional(), Length(max=20)], filters=[forms.clean])
    vat_number = forms.text(LABELS["vat_number"], 20)
    peppol_id = forms.text(LABELS["peppol_id"], 50)
    address = forms.text(LABELS["address"], 120)
    postcode = forms.text(LABELS["postcode"], 12)
    town = forms.text(LABELS["town"], 60)
    country = country_field("country")
    visiting_address = forms.text(LABELS["visiting_address"], 120)
    visiting_postcode = forms.text(LABELS["visiting_postcode"], 12)
    visiting_town = forms.text(LABELS["visiting_town"], 60)
    visiting_country = country_field("visiting_country")
    mail_address = forms.text(LABELS["mail_address"], 120)
    mail_postcode = forms.text(LABELS["mail_postcode"], 12)
    mail_town = forms.text(LABELS["mail_town"], 60)
    mail_country = country_field("mail_country")
    phone = forms.phone(LABELS["phone"])
    email = forms.email(LABELS["email"])
    invoice_email = forms.email(LABELS["invoice_email"])
    website = forms.text(LABELS["website"], 160)
    language = forms.language(LABELS["language"])
    payment_days = IntegerField(LABELS["payment_days"], [Optional(), NumberRange(0, LONGEST_TERMS)], default=30)
    discount_letter = RecordSelect(
        LABELS["discount_letter"],
        lambda user: DiscountLetter.choosable(),
        blank=_l("None"),
        words=lambda found: found.title,
    )
    our_reference = forms.person(LABELS["our_reference"], blank=_l("Nobody"))
    category = CategorySelect(LABELS["category"])
    tags = StringField(LABELS["tags"], [Optional(), Length(max=400)], filters=[lambda text: tag.tidy(text or "")])
    store = forms.store()
    note = forms.long_text(LABELS["note"])
    shown_doubles = HiddenField()

    @property
    def region(self) -> Country:
        return self.country.data or house().country

    def values(self, *leave_out: str) -> dict:
        """A private customer has a personal number, a business the others."""
        values = super().values("shown_doubles", *leave_out)
        for name in BUSINESS_ONLY if values["kind"] is CustomerKind.PRIVATE else PRIVATE_ONLY:
            values[name] = ""
        return {**values, "payment_days": values["payment_days"] or 0}

    def draft(self) -> Customer:
        names = ("name", "phone", "mobile", "country", "sms_consent_source")
        return Customer(**{name: self[name].data for name in names})

    def validate_org_number(self, field: StringField) -> None:
        self._judge(field, identity_number.org_number, _("This is not an organisation number; look at its last digit."))

    def validate_personal_number(self, field: StringField) -> None:
        self._judge(field, identity_number.personal_number, _("This is not a personal number; look at its last digit."))

    def validate_vat_number(self, field: StringField) -> None:
        self._judge(field, identity_number.vat_number, _("This is not a VAT number of this country."))

    def validate_peppol_id(self, field: StringField) -> None:
        sentence = _("A Peppol id is a scheme and a number, as in 0007:5560125790.")
        self._judge(field, lambda text, _country: identity_number.peppol_id(text), sentence)

    def _judge(self, field: StringField, judge: Callable[[str, Country], str], sentence: str) -> None:
        """In its one form from here on. What was there before is not held against whoever changes something else."""
        hidden = BUSINESS_ONLY if self.kind.data is CustomerKind.PRIVATE else PRIVATE_ONLY
        if field.name in hidden or field.data == field.object_data:
            return
        try:
            field.data = judge(field.data or "", self.region)
        except WrongNumber as error:
            raise ValidationError(sentence) from error

    def validate_tags(self, field: StringField) -> None:
        words = tag.words_of(field.data or "")
        if len(words) > tag.MOST or any(len(word) > tag.LONGEST for word in words):
            raise ValidationError(
                _("At most %(count)d tags of at most %(length)d characters.", count=tag.MOST, length=tag.LONGEST)
            )


def form_page(
    form: CustomerForm,
    customer: Customer | None = None,
    *,
    status: int = 200,
    refusals: list[Refusal] | None = None,
    **context: Any,
) -> Response:
    """The form for a new customer or for this one; what the domain refused stands at the number."""
    for refusal in refusals or []:
        form.blame("number", refusal.say())
    is_locked = customer is not None and not current_user.has(Right.ADMINISTER)
    if is_locked:
        form.number.render_kw = {"readonly": True}
    locked = explain([refuse("customer.number_locked")], customer) if is_locked else []
    return page(
        "customers/edit.html",
        status=status,
        form=form,
        customer=customer,
        reasons=explain(refusals or [], customer),
        locked=locked,
        kept=removed_facts(customer),
        **addresses_of(customer),
        **{"doubles": Doubles(), "filled": [], "nothing_filled": False, "lookup_reasons": [], **hints(form), **context},
    )


def hints(form: CustomerForm) -> dict[str, str]:
    """What the VAT number and the Peppol id would be by the organisation number."""
    number = form.org_number.data or ""
    return {
        "vat_hint": identity_number.suggested_vat(number, form.region),
        "peppol_hint": identity_number.suggested_peppol(number, form.region),
    }


def addresses_of(customer: Customer | None) -> dict[str, str]:
    """Where the form posts to, and its helpers."""
    more = {"id": customer.id} if customer else {}
    return {
        "save_url": url_for("customers.change" if customer else "customers.add", **more),
        "look_up_url": url_for("doubles.look_up_again" if customer else "doubles.look_up", **more),
        "doubles_url": url_for("doubles.show_again" if customer else "doubles.show", **more),
    }
