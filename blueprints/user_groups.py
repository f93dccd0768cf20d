"""The user groups: how people are listed where somebody is assigned."""

from types import SimpleNamespace

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from blueprints import forms
from blueprints.actions import Action, act
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from models.base import Taken
from models.lifecycle import Conflict
from models.user_group import UserGroup

bp = blueprint("user_groups", at="/settings/user-groups")

UP, DOWN = -1, 1


class GroupForm(Form):
    name = forms.text(UserGroup.LABELS["name"], 60, required=True)


@bp.get("/")
@on(UserGroup, "view")
def index() -> Response:
    return list_page(GroupForm(None))


def list_page(form: GroupForm, status: int = 200) -> Response:
    groups = UserGroup.with_people()
    rows = [
        SimpleNamespace(group=group, people=people, moves=moves(group, first=place == 0, last=place == len(groups) - 1))
        for place, (group, people) in enumerate(groups)
    ]
    return page("user_groups/index.html", sections=SECTIONS, rows=rows, form=form, status=status)


def moves(group: UserGroup, *, first: bool, last: bool) -> list[Action]:
    up = [] if first else [move_to(group, UP, _("Up"), "arrow-up")]
    return up if last else [*up, move_to(group, DOWN, _("Down"), "arrow-down")]


def move_to(group: UserGroup, step: int, label: str, icon: str) -> Action:
    """The same word stands on every row: which group it means is said to those who do not see the row."""
    words = Markup('%s<span class="visually-hidden"> %s</span>') % (label, group.name)
    url, fields = url_for(".move", id=group.id), {"step": str(step)}
    return Action(words, url, method="post", icon=icon, size="sm", fields=fields)


@bp.post("/")
@on(UserGroup, "create")
def add() -> Response:
    form = GroupForm()
    if not form.validate():
        return list_page(form, 422)
    try:
        group = UserGroup.add(form.name.data, by=current_user)
    except Taken:
        form.blame("name", _("There is a user group of this name."))
        return list_page(form, 422)
    return done(_("%(name)s is added.", name=group.name), url_for(".index"))


@bp.get("/<int:id>")
@on(UserGroup, "edit")
def edit(group: UserGroup) -> Response:
    return form_page(GroupForm.over(group), group)


def form_page(form: GroupForm, group: UserGroup, status: int = 200) -> Response:
    removal = act(group, "remove", _("Remove the user group"), url_for(".remove", id=group.id), danger=True)
    return page("user_groups/edit.html", form=form, group=group, people=group.people, removal=removal, status=status)


@bp.post("/<int:id>")
@on(UserGroup, "edit")
def rename(group: UserGroup) -> Response:
    form = GroupForm.over(group)
    if not form.validate():
        return form_page(form, group, 422)
    try:
        group.rename(chosen(form, group)["name"], by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for(".index"))
    except Taken:
        form.blame("name", _("There is a user group of this name."))
        return form_page(form, group, 422)
    return done(_("%(name)s is saved.", name=group.name), url_for(".index"))


@bp.post("/<int:id>/place")
@on(UserGroup, "move")
def move(group: UserGroup) -> Response:
    group.move(UP if request.form.get("step", type=int) == UP else DOWN, by=current_user)
    return redirect(url_for(".index"))


@bp.post("/<int:id>/removal")
@on(UserGroup, "remove")
def remove(group: UserGroup) -> Response:
    group.remove(by=current_user)
    return done(_("%(name)s is removed.", name=group.name), url_for(".index"))
