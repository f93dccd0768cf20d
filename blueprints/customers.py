"""Customers: the register, the card with everything that happened, who is responsible, and what is written down."""

from types import SimpleNamespace

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import cards, forms, hold_ups, lists, timeline
from blueprints.actions import Action, act, link
from blueprints.conflicts import both_values, chosen
from blueprints.custom_forms import customised, facts
from blueprints.customer_form import CustomerForm, form_page
from blueprints.doubles import found
from blueprints.lists import Card, Cell, Screen, chosen_ids, tab
from blueprints.web import blueprint, done, on, page, this_store
from blueprints.words import day
from models import listings
from models.base import Language
from models.cards import CustomerCard
from models.customer import Activity, Customer
from models.lifecycle import Conflict
from models.merge import Merge
from models.refusals import Refused
from models.rights import Right, can
from tasks.uploads import receive

bp = blueprint("customers")


def row_url(row) -> str:
    return url_for("customers.show", id=row.id)


def card(row) -> Card:
    where = [part for part in (row.contact, row.town) if part]
    busy = [ngettext("%(num)s open order", "%(num)s open orders", row.open_orders)] if row.open_orders else []
    return Card(
        row.name, row.number, [" · ".join(where), *busy], badges=[row.status] if row.status is Activity.INACTIVE else []
    )


def bulk() -> list[Action]:
    """What can be done with the ticked rows, as far as the reader may do it to any."""
    ways = (
        ("assign", Action(_("Assign"), url_for("responsibility.tick"), icon="person-plus")),
        ("merge", Action(_("Merge"), url_for("merging.tick"), icon="sign-merge-left")),
        ("inactivate", Action(_("Inactivate"), url_for("customers.inactivate_several"), icon="slash-circle")),
    )
    return [action for verb, action in ways if can(current_user, verb, Customer)]


def tabs() -> list:
    return [
        tab("customers.index", _("Active")),
        tab("customers.index", _("Mine"), responsible=str(current_user.id)),
        tab("customers.index", _("Not assigned"), responsible="0"),
        tab("customers.index", _("Inactive"), status="inactive"),
    ]


def new_one() -> Action:
    return link(_("New customer"), url_for("customers.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    to_import = (
        [link(_("Import"), url_for("imports.index"), icon="upload")] if current_user.has(Right.REGISTER_IMPORT) else []
    )
    return [*to_import, *([new_one()] if current_user.has(Right.CUSTOMER_CREATE) else [])]


def empty() -> SimpleNamespace:
    """Nobody here yet; or, under "assigned only", nobody who is theirs."""
    if not current_user.has(Right.CUSTOMER_VIEW):
        text = _("Your rights reach the customers assigned to you, and none is.")
        return SimpleNamespace(icon="people", title=_("No customer is assigned to you"), text=text, action=None)
    text = _("Here will be your customer register: add the first customer, or import the register you have.")
    return SimpleNamespace(
        icon="people",
        title=_("No customers yet"),
        text=text,
        action=new_one() if current_user.has(Right.CUSTOMER_CREATE) else None,
    )


SCREEN = Screen(
    listings.customers,
    "customers.index",
    _l("Customers"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "open_orders": lambda row: Cell(row.open_orders, muted=not row.open_orders),
        "status": lambda row: Cell(badge=row.status) if row.status is Activity.INACTIVE else Cell(row.status.label),
    },
    actions=actions,
    bulk=bulk,
    empty=empty,
    tabs=tabs,
)
lists.routes(bp, SCREEN, Customer)


@bp.get("/suggest")
@on(Customer, "view")
def suggest() -> Response:
    """Options for the customer field of any form; only active customers that the reader sees."""
    typed = forms.clean(request.args.get("q") or request.args.get("customer"))[:80]
    return page("customers/suggest.html", customers=Customer.suggested(current_user, typed) if typed else [])


@bp.get("/new")
@on(Customer, "create")
def new() -> Response:
    form = customised(CustomerForm, Customer)(
        None, number=Customer.suggested_number(), store=this_store(), language=Language(current_user.language)
    )
    return form_page(form)


@bp.post("/new")
@on(Customer, "create")
def add() -> Response:
    form = customised(CustomerForm, Customer)()
    if not form.validate():
        return form_page(form, status=422)
    doubles = found(form)
    if doubles.beyond(form.shown_doubles.data or ""):
        wrong = Customer.number_refusals(form.number.data)
        return form_page(form, status=422 if wrong else 409, doubles=doubles, refusals=wrong)
    try:
        customer = Customer.add(form.values(), by=current_user)
    except Refused as error:
        return form_page(form, status=error.status, refusals=error.refusals)
    return done(_("%(customer)s is added.", customer=customer.title), url_for("customers.show", id=customer.id))


@bp.get("/<int:id>/edit")
@on(Customer, "edit")
def edit(customer: Customer) -> Response:
    return form_page(customised(CustomerForm, Customer).over(customer), customer)


@bp.post("/<int:id>/edit")
@on(Customer, "edit")
def change(customer: Customer) -> Response:
    form = customised(CustomerForm, Customer).over(customer)
    if not form.validate():
        return form_page(form, customer, status=422)
    doubles = found(form, customer)
    if doubles.beyond(form.shown_doubles.data or ""):
        return form_page(form, customer, status=409, doubles=doubles)
    try:
        customer.change(chosen(form, customer), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Refused as error:
        return form_page(form, customer, status=error.status, refusals=error.refusals)
    return done(_("%(customer)s is saved.", customer=customer.title), url_for("customers.show", id=customer.id))


@bp.get("/<int:id>")
@on(Customer, "view")
def show(customer: Customer) -> Response:
    return card_page(customer)


@bp.post("/<int:id>/personal-number")
@on(Customer, "view_personal_number")
def personal_number(customer: Customer) -> Response:
    """The card with the whole number on it, this once; that it was read is on the log."""
    return card_page(customer, customer.show_personal_number(by=current_user))


@bp.get("/<int:id>/personal-number")
@on(Customer, "view")
def personal_number_again(customer: Customer) -> Response:
    """The same question sent twice, or the page loaded again: the number is asked for anew, or not shown."""
    return redirect(url_for("customers.show", id=customer.id))


def card_page(customer: Customer, whole_number: str = "") -> Response:
    card = CustomerCard(customer, current_user, request.args)
    return page(
        "customers/show.html",
        customer=customer,
        card=card,
        history=timeline.of_customer(customer),
        facts=[*cards.customer_facts(customer, whole_number), *facts(customer)],
        parts=cards.customer_parts(card),
        merges=merges_into(customer),
        stuck=hold_ups.stuck(card),
        hanging=hold_ups.hanging(card) if customer.is_active else [],
        **buttons(customer),
    )


def merges_into(customer: Customer) -> list[SimpleNamespace]:
    """What became one with this customer lately, each with its way back."""
    return [
        SimpleNamespace(
            text=_("%(customer)s was merged into this one", customer=merge.gone.title),
            until=_("It can be undone until %(day)s.", day=day(merge.until)),
            undo=act(merge, "undo", _("Undo the merging"), url_for("merging.undo", id=merge.id)),
        )
        for merge in Merge.into(customer)
    ]


def buttons(customer: Customer) -> dict:
    """The next steps, the rest of them under the dots, and what ends or reopens the card."""
    at = lambda endpoint: url_for(endpoint, id=customer.id)  # noqa: E731  nine addresses of one record
    may = lambda verb: can(current_user, verb, customer)  # noqa: E731
    work = cards.steps(customer, {"customer": customer.id}, {"customer": customer.id})
    assign = (
        [act(customer, "assign", _("Assign"), at("responsibility.choose"), method="get", icon="person-plus")]
        if may("assign")
        else []
    )
    edit = [cards.edit_step(customer, at("customers.edit"))]
    closing = (
        act(
            customer,
            "inactivate",
            _("Inactivate %(customer)s", customer=customer.name),
            at("customers.inactivate"),
            danger=True,
        )
        if customer.is_active
        else act(
            customer, "reactivate", _("Reactivate %(customer)s", customer=customer.name), at("customers.reactivate")
        )
    )
    deletion = (
        [act(customer, "delete", _("Delete %(customer)s", customer=customer.name), at("customers.delete"), danger=True)]
        if may("delete")
        else []
    )
    return {
        "personal_step": act(
            customer, "view_personal_number", _("Show the personal number"), at("customers.personal_number"), icon="eye"
        )
        if customer.personal_number
        else None,
        "steps": [*work, *assign, *edit],
        "closing": [closing, *deletion],
        "more": more(customer),
        "edit_url": at("customers.edit") if may("edit") else "",
        "comment": cards.comment_box(at("customers.comment")) if may("comment") else None,
        "upload": cards.upload_box(at("customers.upload")) if may("upload") else None,
    }


def more(customer: Customer) -> list[Action]:
    activity = _("Inactivate the customer") if customer.is_active else _("Reactivate the customer")
    wanted = (
        ("edit", _("Add a contact"), url_for("contacts.new", customer_id=customer.id), "person-plus"),
        ("merge", _("Merge with another customer"), url_for("merging.show", id=customer.id), "sign-merge-left"),
        (
            "export",
            _("Export to bookkeeping"),
            url_for("accounting.customer", id=customer.id),
            "file-earmark-arrow-down",
        ),
        ("edit", activity, "#activity", "slash-circle"),
    )
    papers = [
        link(
            _("Show the change log"),
            url_for("customers.show", id=customer.id, show="changes", _anchor="history-head"),
            icon="clock-history",
        )
    ]
    person = url_for("persons.show_customer", id=customer.id)
    known = (
        [link(_("Personal data"), person, icon="person-lock")]
        if customer.is_private and can(current_user, "personal_data", customer)
        else []
    )
    return [
        *(link(label, url, icon=icon) for verb, label, url, icon in wanted if can(current_user, verb, customer)),
        *papers,
        *known,
    ]


@bp.post("/<int:id>/comments")
@on(Customer, "comment")
def comment(customer: Customer) -> Response:
    text = forms.clean_lines(request.form.get("text"))[:4000]
    if text:
        customer.comment(text, by=current_user)
    return redirect(url_for("customers.show", id=customer.id))


@bp.post("/<int:id>/files")
@on(Customer, "upload")
def upload(customer: Customer) -> Response:
    files = receive(customer, request.files.getlist("files"), by=current_user)
    return done(
        ngettext("%(num)s file is uploaded.", "%(num)s files are uploaded.", len(files)),
        url_for("customers.show", id=customer.id),
    )


@bp.post("/<int:id>/inactivation")
@on(Customer, "inactivate")
def inactivate(customer: Customer) -> Response:
    customer.inactivate(by=current_user)
    return done(_("%(customer)s is inactive.", customer=customer.title), url_for("customers.show", id=customer.id))


@bp.post("/<int:id>/reactivation")
@on(Customer, "reactivate")
def reactivate(customer: Customer) -> Response:
    customer.reactivate(by=current_user)
    return done(_("%(customer)s is active again.", customer=customer.title), url_for("customers.show", id=customer.id))


@bp.post("/<int:id>/deletion")
@on(Customer, "delete")
def delete(customer: Customer) -> Response:
    customer.remove(by=current_user)
    return done(_("%(customer)s is deleted.", customer=customer.title), url_for("customers.index", all=1))


@bp.post("/inactivation")
@on(Customer, "inactivate")
def inactivate_several() -> Response:
    count = Customer.inactivate_all(ticked_customers(), by=current_user)
    return done(
        ngettext("%(num)s customer is inactive now.", "%(num)s customers are inactive now.", count),
        url_for("customers.index", all=1),
    )


def ticked_customers() -> list[Customer]:
    """The list's ticks; one that the reader may not see makes the whole request a 404."""
    ids = chosen_ids()
    customers = Customer.chosen_by(current_user, ids)
    if len(customers) != len(set(ids)):
        abort(404)
    return customers
