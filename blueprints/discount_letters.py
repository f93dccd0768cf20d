"""Discount letters: percent for everything or per product group, and the customers who have them."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from blueprints import amounts, cards, forms, lists, timeline
from blueprints.actions import Action, act, explain, link
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.web import blueprint, done, on, page
from blueprints.words import day
from models import sales_listings
from models.activity import Activity
from models.article import ArticleGroup
from models.base import Taken
from models.cards import LetterCard
from models.discount_letter import PREFIX, DiscountLetter
from models.lifecycle import Conflict
from models.refusals import Refusal, Refused
from models.rights import can
from tasks import discount_rows
from tasks.figures import short

bp = blueprint("discount_letters")

LABELS = DiscountLetter.LABELS


class LetterForm(Form):
    number = forms.text(LABELS["number"], 32, required=True)
    name = forms.text(LABELS["name"], 80, required=True)
    percent = amounts.percent(LABELS["percent"], required=True, default=0)
    valid_from = forms.date(LABELS["valid_from"])
    valid_until = forms.date(LABELS["valid_until"])
    note = forms.long_text(LABELS["note"])

    def validate_valid_until(self, field: Any) -> None:
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(_("It cannot end before it begins."))

    @property
    def group_fields(self) -> list[Any]:
        return [field for field in self if field.name.startswith(PREFIX)]

    @classmethod
    def with_groups(cls) -> "type[LetterForm]":
        """With a percent for each product group."""
        drawn = {f"{PREFIX}{group.id}": amounts.percent(group.name) for group in ArticleGroup.in_order()}
        return type(cls.__name__, (cls,), drawn)


class RowsForm(Form):
    file = FileField(
        _l("The file"),
        description=_l("CSV or Excel (.xlsx) with two columns: product group and percent."),
        render_kw={"accept": ".csv,.txt,.xlsx"},
    )


def row_url(row) -> str:
    return url_for("discount_letters.show", id=row.id)


def card(row) -> Card:
    until = _("until %(day)s", day=day(row.valid_until)) if row.valid_until else ""
    badges = [row.status] if row.status is Activity.INACTIVE else []
    return Card(row.name, row.number, [cards.joined(f"{short(row.percent)} %", until)], badges=badges)


def new_one() -> Action:
    return link(_("New discount letter"), url_for("discount_letters.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    return [new_one()] if can(current_user, "create", DiscountLetter) else []


def empty() -> SimpleNamespace:
    text = _("A discount letter gives its customers a percentage off, on everything or per product group.")
    return SimpleNamespace(
        icon="percent", title=_("No discount letters yet"), text=text, action=next(iter(actions()), None)
    )


SCREEN = Screen(
    sales_listings.discount_letters,
    "discount_letters.index",
    _l("Discount letters"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "percent": lambda row: Cell(f"{short(row.percent)} %", numeric=True),
        "status": lambda row: Cell(badge=row.status) if row.status is Activity.INACTIVE else Cell(row.status.label),
    },
    actions=actions,
    empty=empty,
    tabs=lambda: [
        tab("discount_letters.index", _("Active")),
        tab("discount_letters.index", _("Inactive"), status="inactive"),
    ],
)
lists.routes(bp, SCREEN, DiscountLetter)


@bp.get("/new")
@on(DiscountLetter, "create")
def new() -> Response:
    return form_page(LetterForm.with_groups()(None))


@bp.post("/new")
@on(DiscountLetter, "create")
def add() -> Response:
    form = LetterForm.with_groups()()
    if not form.validate():
        return form_page(form, status=422)
    try:
        letter = DiscountLetter.add(form.values(), by=current_user)
    except Taken:
        return taken(form)
    except Refused as error:
        return form_page(form, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is added.", name=letter.title), url_for("discount_letters.show", id=letter.id))


def form_page(
    form: LetterForm,
    letter: DiscountLetter | None = None,
    *,
    status: int = 200,
    refusals: list[Refusal] | None = None,
) -> Response:
    return page(
        "discount_letters/edit.html",
        status=status,
        form=form,
        letter=letter,
        reasons=explain(refusals or [], letter),
    )


def taken(form: LetterForm, letter: DiscountLetter | None = None) -> Response:
    form.blame("number", _("There is a discount letter with this number."))
    return form_page(form, letter, status=422)


@bp.get("/<int:id>/edit")
@on(DiscountLetter, "edit")
def edit(letter: DiscountLetter) -> Response:
    return form_page(LetterForm.with_groups().over(letter), letter)


@bp.post("/<int:id>/edit")
@on(DiscountLetter, "edit")
def change(letter: DiscountLetter) -> Response:
    form = LetterForm.with_groups().over(letter)
    if not form.validate():
        return form_page(form, letter, status=422)
    try:
        letter.change(chosen(form, letter), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Taken:
        return taken(form, letter)
    except Refused as error:
        return form_page(form, letter, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is saved.", name=letter.title), url_for("discount_letters.show", id=letter.id))


@bp.get("/<int:id>")
@on(DiscountLetter, "view")
def show(letter: DiscountLetter) -> Response:
    return card_page(letter)


def card_page(letter: DiscountLetter, *, status: int = 200, refusals: list[Refusal] | None = None) -> Response:
    at = lambda endpoint: url_for(endpoint, id=letter.id)  # noqa: E731
    verb, label = (
        ("inactivate", _("Inactivate %(name)s", name=letter.name))
        if letter.is_active
        else ("reactivate", _("Reactivate %(name)s", name=letter.name))
    )
    may_edit = can(current_user, "edit", letter)
    return page(
        "discount_letters/show.html",
        status=status,
        letter=letter,
        facts=facts(letter),
        rows=letter.rows,
        customers=customers(letter),
        history=timeline.of_records(letter),
        steps=[act(letter, "edit", _("Edit"), at("discount_letters.edit"), method="get", icon="pencil")],
        closing=act(letter, verb, label, at(f"discount_letters.{verb}"), danger=letter.is_active),
        rows_form=RowsForm(None) if may_edit else None,
        reasons=explain(refusals or [], letter),
    )


def facts(letter: DiscountLetter) -> list[tuple[Any, Any]]:
    return [
        (LABELS["percent"], short(letter.percent)),
        (LABELS["valid_from"], day(letter.valid_from)),
        (LABELS["valid_until"], day(letter.valid_until)),
    ]


def customers(letter: DiscountLetter) -> SimpleNamespace:
    """Who has it, of those the reader may see."""
    found = LetterCard(letter, current_user).customers
    everybody = url_for("customers.index", discount_letter=letter.id, status="all")
    return cards.first(_("Customers"), found, cards.customer_line, everybody)


@bp.post("/<int:id>/rows")
@on(DiscountLetter, "edit")
def take_rows(letter: DiscountLetter) -> Response:
    """Take in a file of rows; with one that is wrong nothing of it is taken, and each wrong row is named."""
    upload = request.files.get("file")
    try:
        percents = discount_rows.read_rows(upload.read(discount_rows.LARGEST + 1) if upload else b"")
        letter.take_rows(percents, by=current_user)
    except Refused as error:
        return card_page(letter, status=error.status, refusals=error.refusals)
    return done(_("%(name)s is saved.", name=letter.title), url_for("discount_letters.show", id=letter.id))


@bp.post("/<int:id>/inactivation")
@on(DiscountLetter, "inactivate")
def inactivate(letter: DiscountLetter) -> Response:
    letter.inactivate(by=current_user)
    return done(_("%(name)s is inactive.", name=letter.title), url_for("discount_letters.show", id=letter.id))


@bp.post("/<int:id>/reactivation")
@on(DiscountLetter, "reactivate")
def reactivate(letter: DiscountLetter) -> Response:
    letter.reactivate(by=current_user)
    return done(_("%(name)s is active again.", name=letter.title), url_for("discount_letters.show", id=letter.id))
