"""The categories customers can have, kept by the administrator."""

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms
from blueprints.actions import act
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from models.base import Taken
from models.category import Category
from models.lifecycle import Conflict

bp = blueprint("categories", at="/settings/categories")


class CategoryForm(Form):
    name = forms.text(Category.LABELS["name"], 60, required=True)


@bp.get("/")
@on(Category, "view")
def index() -> Response:
    return list_page(CategoryForm(None))


def list_page(form: CategoryForm, status: int = 200) -> Response:
    return page("categories/index.html", sections=SECTIONS, counts=Category.counted(), form=form, status=status)


@bp.post("/")
@on(Category, "create")
def add() -> Response:
    form = CategoryForm()
    if not form.validate():
        return list_page(form, 422)
    try:
        category = Category.add(form.name.data, by=current_user)
    except Taken:
        form.blame("name", _("There is a category of this name."))
        return list_page(form, 422)
    return done(_("%(name)s is added.", name=category.name), url_for("categories.index"))


@bp.get("/<int:id>")
@on(Category, "edit")
def edit(category: Category) -> Response:
    return form_page(CategoryForm.over(category), category)


def form_page(form: CategoryForm, category: Category, status: int = 200) -> Response:
    removal = act(
        category,
        "remove",
        _("Remove the category"),
        url_for("categories.remove", id=category.id),
        danger=True,
    )
    return page("categories/edit.html", form=form, category=category, removal=removal, status=status)


@bp.post("/<int:id>")
@on(Category, "edit")
def rename(category: Category) -> Response:
    form = CategoryForm.over(category)
    if not form.validate():
        return form_page(form, category, 422)
    try:
        category.rename(chosen(form, category)["name"], by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for("categories.index"))
    except Taken:
        form.blame("name", _("There is a category of this name."))
        return form_page(form, category, 422)
    return done(_("%(name)s is saved.", name=category.name), url_for("categories.index"))


@bp.post("/<int:id>/removal")
@on(Category, "remove")
def remove(category: Category) -> Response:
    category.remove(by=current_user)
    return done(_("%(name)s is removed.", name=category.name), url_for("categories.index"))
