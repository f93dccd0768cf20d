"""The settings of custom fields: which there are, how they are called, and where they show."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from blueprints import forms, timeline
from blueprints.actions import Action, act, link
from blueprints.conflicts import both_values, chosen
from blueprints.forms import ChoiceSelect, Form, clean
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from models.base import Language, Taken
from models.custom_field import CustomField, FieldKind, Need, Owner
from models.customised import nouns
from models.lifecycle import Conflict
from tasks import folding

bp = blueprint("custom_fields", at="/settings/custom-fields")

LABELS = CustomField.LABELS
MOST_DECIMALS, MOST_CHOICES, LONGEST_CHOICE = 6, 200, 80
UP, DOWN = -1, 1
IN_LANGUAGE = {
    Language.SV: _l("Name in Swedish"),
    Language.NB: _l("Name in Norwegian"),
    Language.UK: _l("Name in Ukrainian"),
    Language.EN: _l("Name in English"),
}


class FieldForm(Form):
    label = forms.text(LABELS["label"], 60, required=True)
    kind = ChoiceSelect(LABELS["kind"], FieldKind, description=_l("It stays as it is chosen now."))
    unit = forms.text(LABELS["unit"], 12, description=_l("For a number, such as kg or °C."))
    decimals = IntegerField(
        LABELS["decimals"], [Optional(), NumberRange(0, MOST_DECIMALS, _l("Between %(min)d and %(max)d."))], default=0
    )
    choices = TextAreaField(
        LABELS["choices"],
        filters=[forms.clean_lines],
        description=_l("One on each line, for a field with choices."),
        render_kw={"rows": 5},
    )
    help = forms.text(LABELS["help"], 200)
    need = ChoiceSelect(LABELS["need"], Need)
    need_from = SelectField(LABELS["need_from"], choices=[])
    in_list = forms.yes_no(LABELS["in_list"])
    searchable = forms.yes_no(LABELS["searchable"])
    hidden = forms.yes_no(LABELS["hidden"])
    label_sv = forms.text(IN_LANGUAGE[Language.SV], 60)
    label_nb = forms.text(IN_LANGUAGE[Language.NB], 60)
    label_uk = forms.text(IN_LANGUAGE[Language.UK], 60)
    label_en = forms.text(IN_LANGUAGE[Language.EN], 60)

    @classmethod
    def of(cls, owner: Owner, field: CustomField | None = None) -> "FieldForm":
        """For a new field of the noun, or over one that is there, which keeps its kind."""
        form = cls(data=stored(field) if field else {"kind": FieldKind.TEXT, "need": Need.NEVER})
        statuses = nouns()[owner.value].demanding_statuses()
        form.need_from.data = form.need_from.data or (statuses[0].value if statuses else "")
        form.need_from.choices = [SelectChoice(status.value, status.label) for status in statuses]
        if not statuses:
            del form.need_from
            form.need.choices = [one for one in form.need.choices if one.value != Need.FROM_STATUS]
        return form.without_the_rest(field.kind) if field else form

    chosen_kind: FieldKind | None = None  # of a field that is there

    def without_the_rest(self, kind: FieldKind) -> "FieldForm":
        """A field that is there keeps its kind and is asked only what belongs to it."""
        self.chosen_kind = kind
        for name in ("kind", *foreign(kind)):
            delattr(self, name)
        return self

    @property
    def has_choices(self) -> bool:
        kind = self.chosen_kind or self.kind.data
        return bool(kind) and kind.has_choices

    @property
    def names_in_languages(self) -> list[Any]:
        return [self[f"label_{language.value}"] for language in Language]

    @property
    def lines(self) -> list[str]:
        """The choices as they were written, without empty lines and doubles."""
        return list(dict.fromkeys(filter(None, map(clean, (self.choices.data or "").splitlines()))))

    def validate_choices(self, field: Any) -> None:
        if self.has_choices and not self.lines:
            raise ValidationError(_("Write at least one choice."))
        if len(self.lines) > MOST_CHOICES or any(len(line) > LONGEST_CHOICE for line in self.lines):
            raise ValidationError(
                _("At most %(most)s choices of %(longest)s characters.", most=MOST_CHOICES, longest=LONGEST_CHOICE)
            )

    def values(self, *leave_out: str) -> dict[str, Any]:
        own = [f"label_{language.value}" for language in Language]
        values = super().values(*own, *leave_out)
        called = {language.value: self[f"label_{language.value}"].data for language in Language}
        labels = {language: label for language, label in called.items() if label}
        mended = {"decimals": values.get("decimals") or 0, "choices": self.lines if "choices" in self else []}
        kept = {name: mended.get(name, value) for name, value in values.items()}
        for name in foreign(self.chosen_kind or self.kind.data):
            kept.pop(name, None)
        return {**kept, "labels": labels}


def foreign(kind: FieldKind) -> list[str]:
    """What is not asked of a field of this kind."""
    numeric = [] if kind is FieldKind.NUMBER else ["unit", "decimals"]
    return numeric if kind.has_choices else [*numeric, "choices"]


def stored(field: CustomField) -> dict[str, Any]:
    """What the form shows of a field that is there."""
    called = {f"label_{language}": label for language, label in field.labels.items()}
    return {**field.__data__, **called, "choices": "\n".join(field.choices)}


@bp.get("/")
@on(CustomField, "view")
def index() -> Response:
    fields = CustomField.overview(current_user)
    groups = [group(owner, [field for field in fields if field.owner is owner]) for owner in Owner]
    return page("custom_fields/index.html", sections=SECTIONS, groups=groups)


def group(owner: Owner, fields: list[CustomField]) -> SimpleNamespace:
    """A noun's fields, the offered ones in their order and the removed ones after them."""
    offered = [field for field in fields if field.is_offered]
    removed = [field for field in fields if not field.is_offered]
    new = link(_("New field"), url_for(".new", noun=owner.value), icon="plus-lg", id=f"new-{owner.value}")
    rows = [row(field, first=field is offered[0], last=field is offered[-1]) for field in offered]
    return SimpleNamespace(owner=owner, new=new, rows=[*rows, *(row(field) for field in removed)])


def row(field: CustomField, *, first: bool = True, last: bool = True) -> SimpleNamespace:
    used = ngettext("%(num)s record has a value", "%(num)s records have a value", field.uses)
    moves = [] if first else [move_to(field, UP, _("Up"), "arrow-up")]
    moves += [] if last else [move_to(field, DOWN, _("Down"), "arrow-down")]
    return SimpleNamespace(
        label=field.spoken,
        is_removed=not field.is_offered,
        url=url_for(".edit", id=field.id),
        sub=" · ".join([str(field.kind.label), *marks(field), used]),
        moves=moves,
        ways=ways(field),
    )


def move_to(field: CustomField, step: int, label: str, icon: str) -> Action:
    url, fields = url_for(".move", id=field.id), {"step": str(step)}
    return Action(of(label, field), url, method="post", icon=icon, size="sm", fields=fields)


def ways(field: CustomField) -> list[Action]:
    """Out of use and back; an unused one may go for good."""
    here: dict[str, Any] = {"id": field.id}
    turn = (
        act(field, "remove", of(_("Take out of use"), field), url_for(".remove", **here))
        if field.is_offered
        else act(field, "bring_back", of(_("Bring back"), field), url_for(".bring_back", **here))
    )
    delete = act(field, "delete", of(_("Delete"), field), url_for(".delete", **here), danger=True)
    return [replace(way, id="", size="sm") for way in (turn, delete)]


def of(label: str, field: CustomField) -> Markup:
    """The same word stands on every row: which field it means is said to those who do not see the row."""
    return Markup('%s<span class="visually-hidden"> %s</span>') % (label, field.spoken)


def marks(field: CustomField) -> list[str]:
    """Where it shows, in a few words."""
    said = (
        (field.need is not Need.NEVER, _("must be filled in")),
        (field.in_list, _("in the list")),
        (field.searchable, _("in the search")),
        (field.hidden, _("hidden from customers")),
    )
    return [words for holds, words in said if holds]


@bp.route("/new/<noun>", methods=("GET", "POST"))
@on(CustomField, "create")
def new(noun: str) -> Response:
    if noun not in set(Owner):
        abort(404)
    owner = Owner(noun)
    form = FieldForm.of(owner)
    if not form.sent():
        return form_page(form, owner)
    try:
        field = CustomField.add({**form.values(), "owner": owner}, by=current_user)
    except Taken:
        return taken(form, owner)
    return done(_("The field %(field)s is added.", field=field.label), url_for(".index"))


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(CustomField, "edit")
def edit(field: CustomField) -> Response:
    form = FieldForm.of(field.owner, field)
    if not form.sent():
        return form_page(form, field.owner, field)
    try:
        field.change(chosen(form, field), by=current_user, seen=form.version.data)
        folding.ring(field)
    except Conflict as conflict:
        return both_values(conflict, url_for(".edit", id=field.id))
    except Taken:
        return taken(form, field.owner, field)
    return done(_("The field %(field)s is saved.", field=field.label), url_for(".index"))


def form_page(form: FieldForm, owner: Owner, field: CustomField | None = None) -> Response:
    return page(
        "custom_fields/edit.html",
        status=422 if form.errors else 200,
        form=form,
        owner=owner,
        field=field,
        history=timeline.of_records(field) if field else None,
    )


def taken(form: FieldForm, owner: Owner, field: CustomField | None = None) -> Response:
    form.blame("label", _("Another field has this name, maybe a removed one."))
    return form_page(form, owner, field)


@bp.post("/<int:id>/place")
@on(CustomField, "move")
def move(field: CustomField) -> Response:
    step = request.form.get("step", type=int)
    field.move(UP if step == UP else DOWN, by=current_user)
    return redirect(url_for(".index"))


@bp.post("/<int:id>/removal")
@on(CustomField, "remove")
def remove(field: CustomField) -> Response:
    field.remove(by=current_user)
    return done(_("%(field)s is not offered any more.", field=field.label), url_for(".index"))


@bp.post("/<int:id>/return")
@on(CustomField, "bring_back")
def bring_back(field: CustomField) -> Response:
    field.bring_back(by=current_user)
    return done(_("%(field)s is offered again.", field=field.label), url_for(".index"))


@bp.post("/<int:id>/deletion")
@on(CustomField, "delete")
def delete(field: CustomField) -> Response:
    field.delete_unused(by=current_user)
    return done(_("The field %(field)s is deleted.", field=field.label), url_for(".index"))
