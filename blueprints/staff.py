"""The staff: who works here, what each may do and why, and in which stores."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms, lists
from blueprints.actions import act, explain, link
from blueprints.conflicts import both_values, chosen
from blueprints.devices import device_name
from blueprints.forms import REQUIRED, Form
from blueprints.lists import Card, Cell, Screen
from blueprints.rights_form import RoleOrTemplate, Wanted, bases, rights_of, states_of, warning
from blueprints.web import blueprint, done, fetch, house, on, page
from blueprints.words import ago
from models import listings
from models.base import Taken
from models.customer import Activity
from models.granting import risky_among, role_of
from models.lifecycle import Conflict
from models.login import LoginRecord
from models.organisation import Store
from models.permission_template import PermissionTemplate
from models.refusals import Refused, refuse
from models.rights import MODULES, RISKY, Right, Role, can
from models.user import StoreAccess, User, knowing_rights
from models.user_group import UserGroup

bp = blueprint("staff")

LABELS = User.LABELS
LINES = 50  # of the log, on a page


def status_of(row: Any) -> Activity:
    return Activity.ACTIVE if row.inactive_at is None else Activity.INACTIVE


def actions() -> list:
    new = (
        [link(_("Invite"), url_for("staff.invite"), icon="person-plus", primary=True)]
        if can(current_user, "invite", User)
        else []
    )
    log = (
        [link(_("Log of logins"), url_for("staff.log"), icon="clock-history")]
        if can(current_user, "view", LoginRecord)
        else []
    )
    return [link(_("Roles and rights"), url_for("staff.matrix"), icon="shield"), *log, *new]


SCREEN = Screen(
    listings.staff,
    "staff.index",
    _l("Staff"),
    row_url=lambda row: url_for("staff.show", id=row.id),
    card=lambda row: Card(row.name, row.login, [str(row.role.label)], [status_of(row)]),
    cells={
        "name": lambda row: Cell(row.name, url=url_for("staff.show", id=row.id), strong=True),
        "role": lambda row: Cell(row.role.label),
        "last_login_at": lambda row: Cell(ago(row.last_login_at), muted=True, numeric=True),
        "inactive_at": lambda row: Cell(badge=status_of(row)),
    },
    actions=actions,
    empty=lambda: SimpleNamespace(icon="person-badge", title=_("Nobody here"), text="", action=None),
)
lists.routes(bp, SCREEN, User)


class PersonForm(Form):
    name = forms.text(LABELS["name"], 80, required=True)
    login = forms.text(LABELS["login"], 80, required=True, render_kw={"autocapitalize": "none", "autocomplete": "off"})
    email = forms.email(LABELS["email"])
    phone = forms.phone(LABELS["phone"])
    language = forms.language(LABELS["language"])
    group = forms.RecordSelect(
        LABELS["group"],
        lambda user: UserGroup.in_order(),
        blank=_l("No group"),
        description=_l("People are listed by group where someone is assigned."),
    )


class InviteForm(PersonForm):
    email = forms.email(LABELS["email"], required=True)
    role = RoleOrTemplate(_l("Role or template"), [REQUIRED], default=Role.TECHNICIAN.value)
    stores = forms.TickList(_l("Works in"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.known = {store.id: store for store in Store.visible_to(current_user).order_by(Store.number)}
        self.stores.choices = [(store.id, store.title) for store in self.known.values()]

    def chosen_stores(self) -> list[Store]:
        return [self.known[store_id] for store_id in self.stores.data]

    @property
    def risks(self) -> list[Right]:
        """The risky rights of the role or template; none where the reader cannot give it anyway."""
        rights = self.role.base.rights
        return risky_among(rights) if rights <= current_user.givable else []

    def values(self, *leave_out: str) -> dict[str, Any]:
        base = self.role.base
        return super().values("role", "stores", *leave_out) | {
            "role": role_of(base),
            "template": None if isinstance(base, Role) else base,
        }


@bp.get("/invitation")
@on(User, "invite")
def invite():
    return invitation_page(InviteForm(None, language=current_user.language))


def invitation_page(form: InviteForm, status: int = 200, *, risks: list[Right] | None = None, **more: Any) -> Response:
    return page(
        "staff/invite.html", form=form, status=status, **warning(risks or [], User(name=form.name.data)), **more
    )


@bp.post("/invitation")
@on(User, "invite")
def send_invitation():
    form = InviteForm()
    if not form.validate():
        return invitation_page(form, 422)
    if form.risks and "sure" not in request.form:
        return invitation_page(form, 422, risks=form.risks)
    try:
        person = User.invite(form.values(), stores=form.chosen_stores(), by=current_user)
    except Taken:
        form.blame("login", refuse("user.login_taken", login=form.login.data).say())
        return invitation_page(form, 422)
    except Refused as error:
        return invitation_page(form, error.status, reasons=explain(error.refusals))
    return done(
        _("%(name)s gets an e-mail with a link to choose a password.", name=person.name),
        url_for("staff.show", id=person.id),
    )


@bp.post("/<int:id>/invitation")
@on(User, "invite_again")
def invite_again(person: User):
    person.invite_again(by=current_user)
    return done(_("A new link is on its way to %(name)s.", name=person.name), url_for("staff.show", id=person.id))


@bp.get("/<int:id>")
@on(User, "view")
def show(person: User):
    return page("staff/show.html", **card(person))


def card(person: User, reasons: list | None = None, **more: Any) -> dict[str, Any]:
    """What the person's page shows."""
    return {
        "person": person,
        "activity": status_of(person),
        "steps": steps(person),
        "modules": rights_of(person),
        "reasons": reasons or [],
        "accesses": StoreAccess.of(person),
        "logins": LoginRecord.latest_of(person),
        "form": more.pop("form", None) or AccessForm(None),
        "may_give": can(current_user, "give_store", person),
        **more,
    }


def steps(person: User) -> list:
    """The next steps, each alive or with its reasons."""
    if not can(current_user, "edit", User) and not can(current_user, "grant", User):
        return []
    here = {"id": person.id}
    switch = (
        act(person, "inactivate", _("Switch off"), url_for("staff.inactivate", **here), icon="person-slash")
        if person.is_active
        else act(person, "restore", _("Restore"), url_for("staff.restore", **here), icon="person-check", primary=True)
    )
    again = (
        []
        if person.has_password
        else [act(person, "invite_again", _("Send the invitation again"), url_for("staff.invite_again", **here))]
    )
    factor = act(
        person, "drop_second_factor", _("Switch off the second factor"), url_for("staff.drop_second_factor", **here)
    )
    return [
        act(person, "edit", _("Change"), url_for("staff.edit", **here), method="get", icon="pencil"),
        act(person, "grant", _("Change rights"), url_for("staff.rights", **here), method="get", icon="shield"),
        *again,
        *([factor] if person.has_second_factor else []),
        switch,
    ]


@bp.get("/<int:id>/edit")
@on(User, "edit")
def edit(person: User):
    person.demand("edit", current_user)
    return page("staff/edit.html", form=PersonForm.over(person), person=person)


@bp.post("/<int:id>/edit")
@on(User, "edit")
def save(person: User):
    form = PersonForm()
    if not form.validate():
        return page("staff/edit.html", form=form, person=person, status=422)
    try:
        person.change(chosen(form, person), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Taken:
        form.blame("login", refuse("user.login_taken", login=form.login.data).say())
        return page("staff/edit.html", form=form, person=person, status=422)
    return done(_("%(name)s is saved.", name=person.name), url_for("staff.show", id=person.id))


@bp.post("/<int:id>/inactivation")
@on(User, "inactivate")
def inactivate(person: User):
    person.inactivate(by=current_user)
    return done(
        _("%(name)s is switched off and logged out everywhere.", name=person.name), url_for("staff.show", id=person.id)
    )


@bp.post("/<int:id>/restoration")
@on(User, "restore")
def restore(person: User):
    person.restore(by=current_user)
    return done(_("%(name)s can log in again.", name=person.name), url_for("staff.show", id=person.id))


@bp.post("/<int:id>/second-factor/removal")
@on(User, "drop_second_factor")
def drop_second_factor(person: User):
    person.drop_second_factor(by=current_user)
    return done(
        _("The password alone opens %(name)s's account now.", name=person.name), url_for("staff.show", id=person.id)
    )


# Rights


@bp.get("/<int:id>/rights")
@on(User, "grant")
def rights(person: User):
    person.demand("grant", current_user)
    return rights_page(person)


def rights_page(person: User, status: int = 200, *, wanted: Wanted | None = None, **more: Any) -> Response:
    """The form, with what the person has now or with what was asked for a moment ago."""
    wanted = wanted or Wanted(person.base, person.exceptions, person.version)
    facts = warning([], person) | {"reasons": []} | more
    return page(
        "staff/rights.html",
        status=status,
        person=person,
        modules=rights_of(person),
        bases=bases(wanted.base),
        wanted=wanted,
        states=states_of(wanted),
        **facts,
    )


@bp.post("/<int:id>/rights")
@on(User, "grant")
def grant(person: User):
    """A risky right is given only after it has been named once more."""
    wanted = Wanted.of_form(person)
    risks = person.risks_of(wanted.base, wanted.exceptions)
    if risks and "sure" not in request.form:
        return rights_page(person, 422, wanted=wanted, **warning(risks, person))
    try:
        person.grant(wanted.base, wanted.exceptions, by=current_user, seen=wanted.version)
    except Refused as error:
        return rights_page(person, error.status, reasons=explain(error.refusals, person))
    return done(
        _("What %(name)s may do is changed, from the next click on.", name=person.name),
        url_for("staff.show", id=person.id),
    )


@bp.get("/rights")
@on(User, "view")
def matrix():
    people = knowing_rights(User.active_staff())
    holders = {right: [person for person in people if person.has(right)] for right in Right if right in RISKY}
    modules = [
        (label, [right for right in Right.of_staff() if right.module == module]) for module, label in MODULES.items()
    ]
    templates = list(PermissionTemplate.in_order())
    return page("staff/matrix.html", modules=modules[:-1], roles=Role.of_staff(), templates=templates, holders=holders)


# Stores


class AccessForm(Form):
    store = forms.RecordSelect(
        _l("Store"), lambda user: Store.visible_to(user).order_by(Store.number), words=lambda found: found.title
    )
    until = forms.date(_l("Last day"), description=_l("Empty: for good."))


@bp.post("/<int:id>/stores")
@on(User, "give_store")
def give_store(person: User):
    form = AccessForm()
    if not form.validate():
        return page("staff/show.html", **card(person, form=form), status=422)
    store: Any = form.store.data
    StoreAccess.give(person, store, until=end_of(form.until.data), by=current_user)
    return done(
        _("%(name)s works in %(store)s now.", name=person.name, store=form.store.data.title),
        url_for("staff.show", id=person.id),
    )


def end_of(day: date | None) -> datetime | None:
    """The moment the day is over where the organisation is."""
    zone = ZoneInfo(house().time_zone)
    return datetime.combine(day + timedelta(days=1), time(), zone) if day else None


@bp.post("/<int:id>/stores/<int:store_id>/withdrawal")
@on(User, "give_store")
def withdraw_store(person: User, store_id: int):
    store = fetch(Store, store_id, "grant")
    StoreAccess.withdraw(person, store, by=current_user)
    return done(
        _("%(name)s no longer works in %(store)s.", name=person.name, store=store.title),
        url_for("staff.show", id=person.id),
    )


# The log of logins


@bp.get("/logins")
@on(LoginRecord, "view")
def log():
    login = request.args.get("login", "")[:80]
    lines = LoginRecord.before(current_user, request.args.get("before", type=int), login, LINES + 1)
    older = lines[LINES - 1].id if len(lines) > LINES else None
    return page("staff/log.html", lines=lines[:LINES], older=older, login=login, device_name=device_name)
