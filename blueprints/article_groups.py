"""The product groups, kept by the administrator, with the highest discount that each allows (S0.15, S0.16)."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import amounts, forms
from blueprints.actions import act
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from models.article import ArticleGroup
from models.base import Taken
from models.lifecycle import Conflict

bp = blueprint("article_groups", at="/settings/article-groups")


class GroupForm(Form):
    name = forms.text(ArticleGroup.LABELS["name"], 60, required=True)
    max_discount = amounts.percent(ArticleGroup.LABELS["max_discount"])


@bp.get("/")
@on(ArticleGroup, "view")
def index() -> Response:
    return list_page(GroupForm(None))


def list_page(form: GroupForm, status: int = 200) -> Response:
    return page("article_groups/index.html", sections=SECTIONS, counts=ArticleGroup.counted(), form=form, status=status)


def taken(form: GroupForm) -> None:
    form.blame("name", _("There is a product group of this name."))


@bp.post("/")
@on(ArticleGroup, "create")
def add() -> Response:
    form = GroupForm()
    if not form.validate():
        return list_page(form, 422)
    try:
        group = ArticleGroup.add(form.values(), by=current_user)
    except Taken:
        taken(form)
        return list_page(form, 422)
    return done(_("%(name)s is added.", name=group.name), url_for("article_groups.index"))


@bp.get("/<int:id>")
@on(ArticleGroup, "edit")
def edit(group: ArticleGroup) -> Response:
    return form_page(GroupForm.over(group), group)


def form_page(form: GroupForm, group: ArticleGroup, status: int = 200) -> Response:
    removal = act(
        group,
        "remove",
        _("Remove the product group"),
        url_for("article_groups.remove", id=group.id),
        danger=True,
    )
    return page("article_groups/edit.html", form=form, group=group, removal=removal, status=status)


@bp.post("/<int:id>")
@on(ArticleGroup, "edit")
def change(group: ArticleGroup) -> Response:
    form = GroupForm.over(group)
    if not form.validate():
        return form_page(form, group, 422)
    try:
        group.change(chosen(form, group), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for("article_groups.index"))
    except Taken:
        taken(form)
        return form_page(form, group, 422)
    return done(_("%(name)s is saved.", name=group.name), url_for("article_groups.index"))


@bp.post("/<int:id>/removal")
@on(ArticleGroup, "remove")
def remove(group: ArticleGroup) -> Response:
    group.remove(by=current_user)
    return done(_("%(name)s is removed.", name=group.name), url_for("article_groups.index"))
