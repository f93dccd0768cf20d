"""The stores of the organisation."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from blueprints import forms
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from models.base import Taken
from models.lifecycle import Conflict
from models.organisation import Store

bp = blueprint("stores", at="/settings/stores")

LABELS = Store.LABELS


class StoreForm(Form):
    number = forms.text(LABELS["number"], 12, required=True, description=_l("What people type when they log in."))
    name = forms.text(LABELS["name"], 80, required=True)
    address = forms.text(LABELS["address"], 120)
    postcode = forms.text(LABELS["postcode"], 12)
    town = forms.text(LABELS["town"], 60)
    phone = forms.phone(LABELS["phone"])
    email = forms.email(LABELS["email"])
    support_phone = forms.phone(LABELS["support_phone"], description=_l("Shown where someone is stuck."))


@bp.get("/")
@on(Store, "view")
def index():
    return page("stores/index.html", sections=SECTIONS, found=Store.visible_to(current_user).order_by(Store.number))


@bp.get("/new")
@on(Store, "create")
def new():
    return page("stores/edit.html", form=StoreForm(None), store_at_hand=None)


@bp.post("/new")
@on(Store, "create")
def create():
    form = StoreForm()
    if not form.validate():
        return page("stores/edit.html", form=form, store_at_hand=None, status=422)
    try:
        made = Store.open_new(form.values(), by=current_user)
    except Taken:
        form.blame("number", _("Another store has this number."))
        return page("stores/edit.html", form=form, store_at_hand=None, status=422)
    return done(_("The store %(store)s is open.", store=made.title), url_for("stores.index"))


@bp.get("/<int:id>")
@on(Store, "edit")
def edit(store: Store):
    return page("stores/edit.html", form=StoreForm.over(store), store_at_hand=store)


@bp.post("/<int:id>")
@on(Store, "edit")
def save(store: Store):
    form = StoreForm()
    if not form.validate():
        return page("stores/edit.html", form=form, store_at_hand=store, status=422)
    try:
        store.change(chosen(form, store), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Taken:
        form.blame("number", _("Another store has this number."))
        return page("stores/edit.html", form=form, store_at_hand=store, status=422)
    return done(_("The store %(store)s is saved.", store=store.title), url_for("stores.index"))
