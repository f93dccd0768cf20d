"""Permission templates: sets of rights that several people follow, and what a change of one does to them."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms, timeline
from blueprints.actions import act, explain, link, tell
from blueprints.conflicts import both_values, chosen
from blueprints.forms import REQUIRED, ChoiceSelect, Form
from blueprints.web import blueprint, done, on, page
from models.base import Taken
from models.lifecycle import Conflict
from models.permission_template import Difference, Foreseen, PermissionTemplate
from models.refusals import Refused
from models.rights import MODULES, Right, Role, can

bp = blueprint("permission_templates", at="/staff/templates")

LABELS = PermissionTemplate.LABELS


class TemplateForm(Form):
    name = forms.text(LABELS["name"], 60, required=True)
    role = ChoiceSelect(LABELS["role"], Role, only=Role.of_staff(), validators=[REQUIRED], default=Role.TECHNICIAN)
    note = forms.text(LABELS["note"], 200)


def with_rights() -> type[TemplateForm]:
    """The form with a choice for every right that the reader can give; the others stay as they are."""
    mine = current_user.givable
    drawn = {
        right.value: ChoiceSelect(right.label, Difference, default=Difference.NONE)
        for right in Right.of_staff()
        if right in mine
    }
    return type("RightsForm", (TemplateForm,), drawn)


@bp.get("/")
@on(PermissionTemplate, "view")
def index() -> Response:
    may = can(current_user, "create", PermissionTemplate)
    new = link(_("New template"), url_for(".new"), icon="plus-lg", primary=True) if may else None
    return page("permission_templates/index.html", counts=PermissionTemplate.counted(), new=new)


@bp.get("/<int:id>")
@on(PermissionTemplate, "view")
def show(template: PermissionTemplate) -> Response:
    return page(
        "permission_templates/show.html",
        record=template,
        people=template.people,
        differences=differences(template),
        history=timeline.of_records(template),
        steps=steps(template),
    )


def steps(template: PermissionTemplate) -> list:
    if not can(current_user, "edit", PermissionTemplate):
        return []
    here = {"id": template.id}
    return [
        act(template, "edit", _("Change"), url_for(".edit", **here), method="get", icon="pencil", primary=True),
        act(template, "remove", _("Remove the template"), url_for(".remove", **here), danger=True),
    ]


def differences(template: PermissionTemplate) -> list[SimpleNamespace]:
    """Where it departs from its role, in words."""
    given, withdrawn = template.rights - template.role.rights, template.role.rights - template.rights
    words = {right: _("Given") for right in given} | {right: _("Withdrawn") for right in withdrawn}
    return [
        SimpleNamespace(right=right, word=words[right], tone="warning" if right in withdrawn else "info")
        for right in Right
        if right in words
    ]


@bp.route("/new", methods=("GET", "POST"))
@on(PermissionTemplate, "create")
def new() -> Response:
    form = with_rights()()
    if not form.sent():
        return form_page(form)
    try:
        template = PermissionTemplate.add(form.values(), by=current_user)
    except Taken:
        return taken(form)
    except Refused as error:
        return form_page(form, status=error.status, reasons=explain(error.refusals))
    return done(_("%(name)s is added.", name=template.name), url_for(".show", id=template.id))


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(PermissionTemplate, "edit")
def edit(template: PermissionTemplate) -> Response:
    """People's rights change only after it was shown whose and which."""
    template.demand("edit", current_user)
    form = with_rights().over(template)
    if not form.sent():
        return form_page(form, template)
    try:
        return save(form, template)
    except Conflict as conflict:
        return both_values(conflict, url_for(".edit", id=template.id))
    except Taken:
        return taken(form, template)
    except Refused as error:
        return form_page(form, template, status=error.status, reasons=explain(error.refusals, template))


def save(form: Any, template: PermissionTemplate) -> Response:
    values, seen = chosen(form, template), form.version.data
    coming = template.foresee(values, by=current_user, seen=seen)
    if coming.reached and "sure" not in request.form:
        return form_page(form, template, status=422, coming=coming, owners_told=owners_told(coming))
    template.change(values, by=current_user, seen=seen)
    return done(_("%(name)s is saved.", name=template.name), url_for(".show", id=template.id))


def owners_told(coming: Foreseen) -> Any:
    return tell("user.risky_rights_given", coming.reached[0].person) if coming.risks else None


def form_page(form: Any, template: PermissionTemplate | None = None, *, status: int = 0, **more: Any) -> Response:
    modules = [
        (label, [(right, form[right.value] if right.value in form else None) for right in of(module)])
        for module, label in MODULES.items()
        if of(module)
    ]
    facts: dict[str, Any] = {"coming": None, "owners_told": None, "reasons": []} | more
    status = status or (422 if form.errors else 200)
    return page("permission_templates/edit.html", status=status, form=form, record=template, modules=modules, **facts)


def of(module: str) -> list[Right]:
    return [right for right in Right.of_staff() if right.module == module]


def taken(form: Any, template: PermissionTemplate | None = None) -> Response:
    form.blame("name", _("There is a permission template of this name."))
    return form_page(form, template)


@bp.post("/<int:id>/removal")
@on(PermissionTemplate, "remove")
def remove(template: PermissionTemplate) -> Response:
    template.remove(by=current_user)
    return done(_("%(name)s is removed.", name=template.name), url_for(".index"))
