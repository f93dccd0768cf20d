"""Service objects: the register of what stands at the facilities, each with its card."""

from types import SimpleNamespace

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import cards, lists, timeline
from blueprints.actions import Action, act, explain, link
from blueprints.conflicts import both_values, chosen
from blueprints.custom_forms import customised, facts, removed_facts
from blueprints.forms import Form
from blueprints.lists import Card, Cell, Screen, chosen_ids, tab
from blueprints.object_field import ObjectField
from blueprints.service_object_form import NewServiceObjectForm, ServiceObjectForm, prefilled
from blueprints.web import blueprint, done, fetch, on, page
from models.cards import ServiceObjectCard
from models.customer import Activity
from models.facility import Facility
from models.fault_report import FaultReport
from models.lifecycle import Conflict
from models.refusals import Refusal, Refused
from models.rights import Right, can
from models.service_object import ServiceObject
from models.service_object_listing import service_objects
from tasks.uploads import receive

bp = blueprint("service_objects")


class ChoiceForm(Form):
    """What the forms of reports and orders show of a facility's objects."""

    service_object = ObjectField(FaultReport.LABELS["service_object"])


def row_url(row) -> str:
    return url_for("service_objects.show", id=row.id)


def card(row) -> Card:
    badges = [row.condition, *([row.status] if row.status is Activity.INACTIVE else [])]
    lines = [cards.joined(row.maker, row.model), cards.joined(row.customer, row.facility)]
    return Card(row.name, row.number, [text for text in lines if text], badges=badges)


def new_one() -> Action:
    return link(_("New service object"), url_for("service_objects.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    return [new_one()] if current_user.has(Right.SERVICE_OBJECT_CREATE) else []


def bulk() -> list[Action]:
    if not can(current_user, "inactivate", ServiceObject):
        return []
    return [Action(_("Inactivate"), url_for("service_objects.inactivate_several"), icon="slash-circle")]


def empty() -> SimpleNamespace:
    text = _(
        "Here will be what you look after: heat pumps, boilers, ventilation, cold stores. Each stands at a facility."
    )
    return SimpleNamespace(icon="fan", title=_("No service objects yet"), text=text, action=next(iter(actions()), None))


SCREEN = Screen(
    service_objects,
    "service_objects.index",
    _l("Service objects"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "customer": lambda row: Cell(row.customer, url_for("customers.show", id=row.customer_id)),
        "facility": lambda row: Cell(row.facility, url_for("facilities.show", id=row.facility_id)),
        "condition": lambda row: Cell(badge=row.condition),
        "status": lambda row: Cell(badge=row.status) if row.status is Activity.INACTIVE else Cell(row.status.label),
    },
    actions=actions,
    bulk=bulk,
    empty=empty,
    tabs=lambda: [
        tab("service_objects.index", _("Active")),
        tab("service_objects.index", _("Standing still"), condition="standing"),
        tab("service_objects.index", _("Inactive"), status="inactive"),
    ],
)
lists.routes(bp, SCREEN, ServiceObject)


@bp.get("/choices")
@on(ServiceObject, "view")
def choices() -> Response:
    """The objects of the facility that was just chosen on a form."""
    facility_id = request.args.get("facility", type=int)
    form = ChoiceForm(None)
    form.service_object.offer(fetch(Facility, facility_id) if facility_id else None)
    return page("service_objects/choices.html", form=form)


@bp.get("/places")
@on(ServiceObject, "view")
def places() -> Response:
    """On an object's own form: the customer's facilities, and what it may be a part of at the chosen one."""
    unit_id = request.args.get("unit", type=int)
    if unit_id is None:
        return page("service_objects/there.html", form=NewServiceObjectForm.made(NewServiceObjectForm, request.args))
    unit = fetch(ServiceObject, unit_id)
    form = ServiceObjectForm(request.args)
    form.settle(unit.customer, url_for("service_objects.places", unit=unit.id), besides=unit)
    return page("service_objects/there.html", form=form)


@bp.get("/new")
@on(ServiceObject, "create")
def new() -> Response:
    kind = customised(NewServiceObjectForm, ServiceObject)
    return form_page(NewServiceObjectForm.made(kind, **prefilled()))


@bp.post("/new")
@on(ServiceObject, "create")
def add() -> Response:
    form = NewServiceObjectForm.made(customised(NewServiceObjectForm, ServiceObject))
    if form.is_asking:
        return form_page(form)
    if not form.validate():
        return form_page(form, status=422)
    try:
        unit = ServiceObject.add(form.values("customer"), by=current_user)
    except Refused as error:
        return form_page(form, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is added.", name=unit.title), url_for("service_objects.show", id=unit.id))


def form_page(
    form: ServiceObjectForm,
    unit: ServiceObject | None = None,
    *,
    status: int = 200,
    refusals: list[Refusal] | None = None,
) -> Response:
    return page(
        "service_objects/edit.html",
        status=status,
        form=form,
        unit=unit,
        reasons=explain(refusals or [], unit),
        kept=removed_facts(unit),
    )


@bp.get("/<int:id>/edit")
@on(ServiceObject, "edit")
def edit(unit: ServiceObject) -> Response:
    return form_page(ServiceObjectForm.of(unit, customised(ServiceObjectForm, ServiceObject)), unit)


@bp.post("/<int:id>/edit")
@on(ServiceObject, "edit")
def change(unit: ServiceObject) -> Response:
    form = ServiceObjectForm.of(unit, customised(ServiceObjectForm, ServiceObject))
    if form.is_asking:
        return form_page(form, unit)
    if not form.validate():
        return form_page(form, unit, status=422)
    try:
        unit.change(chosen(form, unit), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Refused as error:
        return form_page(form, unit, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is saved.", name=unit.title), url_for("service_objects.show", id=unit.id))


@bp.get("/<int:id>")
@on(ServiceObject, "view")
def show(unit: ServiceObject) -> Response:
    return page(
        "service_objects/show.html",
        unit=unit,
        history=timeline.of_service_object(unit),
        facts=[*cards.object_facts(unit), *facts(unit)],
        parts=cards.object_parts(ServiceObjectCard(unit, current_user)),
        **buttons(unit),
    )


def buttons(unit: ServiceObject) -> dict:
    at = lambda endpoint: url_for(endpoint, id=unit.id)  # noqa: E731
    closing = (
        act(unit, "inactivate", _("Inactivate %(name)s", name=unit.name), at("service_objects.inactivate"), danger=True)
        if unit.is_active
        else act(unit, "reactivate", _("Reactivate %(name)s", name=unit.name), at("service_objects.reactivate"))
    )
    deletion = act(unit, "delete", _("Delete %(name)s", name=unit.name), at("service_objects.delete"), danger=True)
    here = {"facility": unit.facility_id, "service_object": unit.id}
    return {
        "steps": [*cards.steps(unit, here, here), cards.edit_step(unit, at("service_objects.edit"))],
        "closing": [closing, *([deletion] if can(current_user, "delete", unit) else [])],
        "edit_url": at("service_objects.edit") if can(current_user, "edit", unit) else "",
        "upload": cards.upload_box(at("service_objects.upload")) if can(current_user, "upload", unit) else None,
    }


@bp.post("/<int:id>/files")
@on(ServiceObject, "upload")
def upload(unit: ServiceObject) -> Response:
    files = receive(unit, request.files.getlist("files"), by=current_user)
    return done(
        ngettext("%(num)s file is uploaded.", "%(num)s files are uploaded.", len(files)),
        url_for("service_objects.show", id=unit.id),
    )


@bp.post("/<int:id>/inactivation")
@on(ServiceObject, "inactivate")
def inactivate(unit: ServiceObject) -> Response:
    unit.inactivate(by=current_user)
    return done(_("%(name)s is inactive.", name=unit.title), url_for("service_objects.show", id=unit.id))


@bp.post("/<int:id>/reactivation")
@on(ServiceObject, "reactivate")
def reactivate(unit: ServiceObject) -> Response:
    unit.reactivate(by=current_user)
    return done(_("%(name)s is active again.", name=unit.title), url_for("service_objects.show", id=unit.id))


@bp.post("/<int:id>/deletion")
@on(ServiceObject, "delete")
def delete(unit: ServiceObject) -> Response:
    unit.remove(by=current_user)
    return done(_("%(name)s is deleted.", name=unit.title), url_for("service_objects.index", all=1))


@bp.post("/inactivation")
@on(ServiceObject, "inactivate")
def inactivate_several() -> Response:
    """The list's ticks; one that the reader may not see makes the whole request a 404."""
    ids = chosen_ids()
    units = ServiceObject.chosen_by(current_user, ids)
    if len(units) != len(set(ids)):
        abort(404)
    count = ServiceObject.inactivate_all(units, by=current_user)
    text = ngettext("%(num)s service object is inactive now.", "%(num)s service objects are inactive now.", count)
    return done(text, url_for("service_objects.index", all=1))
