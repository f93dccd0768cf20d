"""Facilities: the places where the customers' service objects stand and the work is done."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import cards, forms, lists, timeline
from blueprints.actions import Action, act, explain, link
from blueprints.conflicts import both_values, chosen
from blueprints.custom_forms import customised, facts, removed_facts
from blueprints.forms import CustomerField, Form
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.web import blueprint, done, fetch, on, page
from models import listings
from models.cards import FacilityCard
from models.customer import Activity, Customer
from models.facility import Facility
from models.lifecycle import Conflict
from models.refusals import Refusal, Refused
from models.rights import Right, can
from tasks.uploads import receive

bp = blueprint("facilities")

LABELS = Facility.LABELS


class FacilityForm(Form):
    name = forms.text(LABELS["name"], 120, required=True)
    number = forms.text(LABELS["number"], 32)
    address = forms.text(LABELS["address"], 120)
    postcode = forms.text(LABELS["postcode"], 12)
    town = forms.text(LABELS["town"], 60)
    category = forms.text(LABELS["category"], 60)
    cost_centre = forms.text(LABELS["cost_centre"], 40)
    access = forms.long_text(LABELS["access"])


class NewFacilityForm(FacilityForm):
    customer: Any = CustomerField(LABELS["customer"], [forms.REQUIRED])


def row_url(row) -> str:
    return url_for("facilities.show", id=row.id)


def card(row) -> Card:
    badges = [row.status] if row.status is Activity.INACTIVE else []
    return Card(row.name, row.number, [row.customer, cards.joined(row.address, row.town)], badges=badges)


def new_one() -> Action:
    return link(_("New facility"), url_for("facilities.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    return [new_one()] if current_user.has(Right.FACILITY_CREATE) else []


def empty() -> SimpleNamespace:
    text = _("Here will be the places where you work: a shop, a cold store, a flat. Each belongs to a customer.")
    return SimpleNamespace(
        icon="buildings", title=_("No facilities yet"), text=text, action=next(iter(actions()), None)
    )


SCREEN = Screen(
    listings.facilities,
    "facilities.index",
    _l("Facilities"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "customer": lambda row: Cell(row.customer, url_for("customers.show", id=row.customer_id)),
        "status": lambda row: Cell(badge=row.status) if row.status is Activity.INACTIVE else Cell(row.status.label),
    },
    actions=actions,
    empty=empty,
    tabs=lambda: [tab("facilities.index", _("Active")), tab("facilities.index", _("Inactive"), status="inactive")],
)
lists.routes(bp, SCREEN, Facility)


@bp.get("/new")
@on(Facility, "create")
def new() -> Response:
    customer_id = request.args.get("customer_id", type=int)
    customer = fetch(Customer, customer_id) if customer_id else None
    return form_page(customised(NewFacilityForm, Facility)(None, customer=customer))


@bp.post("/new")
@on(Facility, "create")
def add() -> Response:
    form = customised(NewFacilityForm, Facility)()
    if not form.validate():
        return form_page(form, status=422)
    try:
        facility = Facility.add(form.customer.data, form.values("customer"), by=current_user)
    except Refused as error:
        return form_page(form, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is added.", name=facility.name), url_for("facilities.show", id=facility.id))


def form_page(
    form: FacilityForm, facility: Facility | None = None, *, status: int = 200, refusals: list[Refusal] | None = None
) -> Response:
    return page(
        "facilities/edit.html",
        status=status,
        form=form,
        facility=facility,
        reasons=explain(refusals or [], facility),
        kept=removed_facts(facility),
    )


@bp.get("/<int:id>/edit")
@on(Facility, "edit")
def edit(facility: Facility) -> Response:
    return form_page(customised(FacilityForm, Facility).over(facility), facility)


@bp.post("/<int:id>/edit")
@on(Facility, "edit")
def change(facility: Facility) -> Response:
    form = customised(FacilityForm, Facility).over(facility)
    if not form.validate():
        return form_page(form, facility, status=422)
    try:
        facility.change(chosen(form, facility), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Refused as error:
        return form_page(form, facility, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is saved.", name=facility.name), url_for("facilities.show", id=facility.id))


@bp.get("/<int:id>")
@on(Facility, "view")
def show(facility: Facility) -> Response:
    found = FacilityCard(facility, current_user)
    return page(
        "facilities/show.html",
        facility=facility,
        card=found,
        history=timeline.of_facility(facility),
        facts=[*cards.facility_facts(facility), *facts(facility)],
        parts=cards.facility_parts(found),
        **buttons(facility),
    )


def buttons(facility: Facility) -> dict:
    at = lambda endpoint: url_for(endpoint, id=facility.id)  # noqa: E731
    closing = (
        act(
            facility,
            "inactivate",
            _("Inactivate %(name)s", name=facility.name),
            at("facilities.inactivate"),
            danger=True,
        )
        if facility.is_active
        else act(facility, "reactivate", _("Reactivate %(name)s", name=facility.name), at("facilities.reactivate"))
    )
    work = cards.steps(facility, {"facility": facility.id}, {"facility": facility.id})
    return {
        "steps": [*work, cards.edit_step(facility, at("facilities.edit"))],
        "closing": [closing],
        "edit_url": at("facilities.edit") if can(current_user, "edit", facility) else "",
        "upload": cards.upload_box(at("facilities.upload")) if can(current_user, "upload", facility) else None,
    }


@bp.post("/<int:id>/files")
@on(Facility, "upload")
def upload(facility: Facility) -> Response:
    files = receive(facility, request.files.getlist("files"), by=current_user)
    return done(
        ngettext("%(num)s file is uploaded.", "%(num)s files are uploaded.", len(files)),
        url_for("facilities.show", id=facility.id),
    )


@bp.post("/<int:id>/inactivation")
@on(Facility, "inactivate")
def inactivate(facility: Facility) -> Response:
    facility.inactivate(by=current_user)
    return done(_("%(name)s is inactive.", name=facility.name), url_for("facilities.show", id=facility.id))


@bp.post("/<int:id>/reactivation")
@on(Facility, "reactivate")
def reactivate(facility: Facility) -> Response:
    facility.reactivate(by=current_user)
    return done(_("%(name)s is active again.", name=facility.name), url_for("facilities.show", id=facility.id))
