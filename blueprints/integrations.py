"""The integrations: which systems customers and orders are exported to, and how it went last."""

from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Regexp

from blueprints import forms, timeline
from blueprints.actions import act, explain, link
from blueprints.conflicts import both_values, chosen
from blueprints.forms import REQUIRED, ChoiceSelect, Form, clean
from blueprints.settings import SECTIONS
from blueprints.web import alone, blueprint, done, house, on, page
from models.base import Taken
from models.integration import Integration, IntegrationKind
from models.lifecycle import Conflict
from models.refusals import Refused
from tasks import accounting

bp = blueprint("integrations", at="/settings/integrations")

LABELS = Integration.LABELS
ACCOUNT = Regexp(r"^[0-9]{3,8}$", message=_l("An account has three to eight digits."))


def account(label: Any) -> StringField:
    return StringField(label, [REQUIRED, ACCOUNT], filters=[clean], render_kw={"inputmode": "numeric"})


class IntegrationForm(Form):
    kind = ChoiceSelect(LABELS["kind"], IntegrationKind, description=_l("It stays as it is chosen now."))
    name = forms.text(LABELS["name"], 60, required=True)
    company_number = forms.text(LABELS["company_number"], 20, required=True)
    sales_account = account(LABELS["sales_account"])
    receivables_account = account(LABELS["receivables_account"])
    assigned_as_reference = forms.yes_no(LABELS["assigned_as_reference"])


@bp.get("/")
@on(Integration, "view")
def index() -> Response:
    rows = [
        SimpleNamespace(one=one, error=explain([one.error], one)[0] if one.error else None)
        for one in Integration.in_order()
    ]
    new = link(_("Add an integration"), url_for(".new"), icon="plus-lg", primary=True)
    return page("integrations/index.html", sections=SECTIONS, rows=rows, new=new)


@bp.route("/new", methods=("GET", "POST"))
@on(Integration, "create")
def new() -> Response:
    form = IntegrationForm(data=usual())
    if not form.sent():
        return form_page(form)
    try:
        made = Integration.add(form.values(), by=current_user)
    except Taken:
        return taken(form)
    return done(_("%(name)s is added. Make a test file next.", name=made.name), url_for(".edit", id=made.id))


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(Integration, "edit")
def edit(integration: Integration) -> Response:
    form = form_of(integration)
    if not form.sent():
        return form_page(form, integration)
    try:
        integration.change(chosen(form, integration), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for(".edit", id=integration.id))
    except Taken:
        return taken(form, integration)
    return done(_("%(name)s is saved.", name=integration.name), url_for(".index"))


def usual() -> dict[str, Any]:
    """What a new one starts with."""
    fresh = Integration(kind=IntegrationKind.VISMA, name=IntegrationKind.VISMA.label, company_number=house().org_number)
    return fresh.__data__


def form_of(integration: Integration) -> IntegrationForm:
    """Of one that is there, the type stays."""
    form = IntegrationForm(obj=integration)
    del form.kind
    return form


def form_page(form: Any, integration: Integration | None = None, *, status: int = 0, **more: Any) -> Response:
    return page(
        "integrations/edit.html",
        status=status or (422 if form.errors else 200),
        form=form,
        integration=integration,
        error=explain([integration.error], integration) if integration and integration.error else [],
        ways=ways(integration) if integration else [],
        history=timeline.of_records(integration) if integration else None,
        **{"reasons": [], **more},
    )


def ways(integration: Integration) -> list:
    here: dict[str, Any] = {"id": integration.id}
    turn = (
        act(integration, "switch_on", _("Switch on"), url_for(".switch_on", **here))
        if integration.off_at
        else act(integration, "switch_off", _("Switch off"), url_for(".switch_off", **here))
    )
    test = act(
        integration, "make_test_file", _("Make a test file"), url_for(".make_test_file", **here), icon="file-earmark"
    )
    return [test, turn, act(integration, "remove", _("Remove"), url_for(".remove", **here), danger=True)]


def taken(form: Any, integration: Integration | None = None) -> Response:
    form.blame("name", _("There is an integration of this name."))
    return form_page(form, integration)


@bp.post("/<int:id>/test-file")
@alone
@on(Integration, "make_test_file")
def make_test_file(integration: Integration) -> Response:
    try:
        return send(accounting.test_file(integration, by=current_user))
    except Refused as error:
        return form_page(form_of(integration), integration, status=error.status, reasons=explain(error.refusals))


def send(paper: accounting.Paper) -> Response:
    response = Response(paper.content, mimetype=paper.mime)
    response.headers.set("Content-Disposition", "attachment", filename=paper.name)
    return response


@bp.post("/<int:id>/off")
@on(Integration, "switch_off")
def switch_off(integration: Integration) -> Response:
    integration.switch_off(by=current_user)
    return done(_("%(name)s is switched off.", name=integration.name), url_for(".index"))


@bp.post("/<int:id>/on")
@on(Integration, "switch_on")
def switch_on(integration: Integration) -> Response:
    integration.switch_on(by=current_user)
    return done(_("%(name)s is in use again.", name=integration.name), url_for(".index"))


@bp.post("/<int:id>/removal")
@on(Integration, "remove")
def remove(integration: Integration) -> Response:
    integration.remove(by=current_user)
    return done(_("%(name)s is removed.", name=integration.name), url_for(".index"))
