"""Help while a customer is typed: who may be in the register already, which tags are in use, and what a company
register knows by the number."""

from types import SimpleNamespace
from typing import Any

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms
from blueprints.actions import Why, explain
from blueprints.customer_form import CustomerForm, form_page, hints
from blueprints.web import alone, blueprint, house, on, page
from models.customer import Customer, CustomerKind
from models.doubles import ASKED, Doubles, doubles
from models.refusals import refuse
from models.tag import BETWEEN, SUGGESTED, Tag, words_of
from tasks.lookup import Company, LookupFailed, connected

bp = blueprint("doubles", at="/customers/help")


def found(form: CustomerForm, customer: Customer | None = None) -> Doubles:
    """Who is like the one in the form; of a customer that exists only by what was changed."""
    values = {name: form[name].data for name in ASKED}
    if customer is not None:
        values = changed(values, customer)
    return doubles(values, form.region, by=current_user, besides=customer.id if customer else 0)


def changed(values: dict[str, Any], customer: Customer) -> dict[str, Any]:
    names = {name for name, value in values.items() if (value or "") != getattr(customer, name)}
    if names & {"name", "postcode"}:
        names |= {"name", "postcode"}
    return {name: value for name, value in values.items() if name in names}


def panel(form: CustomerForm, customer: Customer | None = None) -> Response:
    form.validate()  # puts numbers into the form in which they are kept
    hint = hints(form)
    return page(
        "customers/hints.html",
        form=form,
        doubles=found(form, customer),
        vat_hint=hint["vat_hint"],
        peppol_hint=hint["peppol_hint"],
    )


@bp.post("/doubles")
@alone
@on(Customer, "create")
def show() -> Response:
    """The panel beside a new customer, and what its VAT number would be."""
    return panel(CustomerForm())


@bp.post("/<int:id>/doubles")
@alone
@on(Customer, "edit")
def show_again(customer: Customer) -> Response:
    return panel(CustomerForm.over(customer), customer)


@bp.get("/tags")
@on(Customer, "view")
def tags() -> Response:
    """Options for the tags field: the line as it would be with each word that goes on as typed."""
    *before, typed = forms.clean(request.args.get("tags"))[:400].split(",")
    known = [word for one in before for word in words_of(one.strip())]
    words = [one.word for one in Tag.beginning(typed.strip()) if one.word not in known]
    seen = [word for word in words if is_used(word)][:SUGGESTED]
    return page("customers/tags.html", lines=[BETWEEN.join([*known, word]) for word in seen])


def is_used(word: str) -> bool:
    """By a customer that the reader may see."""
    return Customer.is_tagged(word, by=current_user)


# The company register


@bp.post("/look-up")
@alone
@on(Customer, "create")
def look_up() -> Response:
    return answer(CustomerForm())


@bp.post("/<int:id>/look-up")
@alone
@on(Customer, "edit")
def look_up_again(customer: Customer) -> Response:
    return answer(CustomerForm.over(customer), customer)


@bp.get("/look-up")
@on(Customer, "create")
def back_to_new() -> Response:
    """The same question sent twice leads to an empty form; the first answer has what was typed."""
    return redirect(url_for("customers.new"))


@bp.get("/<int:id>/look-up")
@on(Customer, "edit")
def back_to(customer: Customer) -> Response:
    return redirect(url_for("customers.edit", id=customer.id))


def answer(form: CustomerForm, customer: Customer | None = None) -> Response:
    """The form again, its empty fields filled with what the register knows; nothing is saved."""
    form.validate()
    if form.org_number.errors:
        return form_page(form, customer, status=422)
    for field in form:
        field.errors = []
    try:
        company = asked(form)
    except LookupFailed as error:
        return form_page(form, customer, status=409, lookup_reasons=[reason(form, error)])
    filled = fill(form, company)
    return form_page(form, customer, filled=filled, nothing_filled=not filled)


def asked(form: CustomerForm) -> Company:
    number = form.org_number.data
    if not number or form.kind.data is CustomerKind.PRIVATE:
        raise LookupFailed("lookup.no_number", permanent=True)
    return connected(house()).find(number, form.region)


def reason(form: CustomerForm, error: LookupFailed) -> Why:
    refusal = refuse(error.code, number=form.org_number.data, answer=error.answer, code=error.code)
    return explain([refusal])[0]


def fill(form: CustomerForm, company: Company) -> list[SimpleNamespace]:
    """Only what is empty is filled; returns what was, for the page to say."""
    done = []
    for name in ("name", "address", "postcode", "town", "vat_number"):
        value, field = getattr(company, name), form[name]
        if value and not field.data:
            field.data = value
            done.append(SimpleNamespace(label=field.label.text, value=value))
    return done
