"""Checklists: what technicians go through, as templates that new orders get a copy of."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Form as RowForm
from wtforms import StringField
from wtforms.validators import Length, Optional, ValidationError

from blueprints.actions import explain, link
from blueprints.forms import REQUIRED, ChoiceSelect, Form, clean, text, yes_no
from blueprints.questions import parsed
from blueprints.web import blueprint, done, on, page
from models.checklist import Checklist, PointKind
from models.refusals import Refused
from tasks.figures import measured

bp = blueprint("checklists")

MOST = 300


class ChecklistForm(Form):
    name = text(Checklist.LABELS["name"], 80, required=True)
    is_default = yes_no(Checklist.LABELS["is_default"])


class LimitField(StringField):
    """A limit as people write numbers; nothing is no limit."""

    def process_data(self, value: Any) -> None:
        self.data = measured(value)

    def pre_validate(self, form) -> None:
        if clean(self.data) and parsed(self.data) is None:
            raise ValidationError(_("This is not a number."))

    @property
    def number(self) -> Any:
        return parsed(self.data)


class PointRow(RowForm):
    """One point of the checklist, as a row of the form."""

    group = StringField(_l("Group"), [Optional(), Length(max=80)], filters=[clean])
    text = StringField(_l("What is to be done or measured"), [REQUIRED, Length(max=200)], filters=[clean])
    kind = ChoiceSelect(_l("Answer"), PointKind)
    unit = StringField(_l("Unit"), [Optional(), Length(max=12)], filters=[clean])
    low = LimitField(_l("At least"), [Optional()])
    high = LimitField(_l("At most"), [Optional()])

    def validate_high(self, field: LimitField) -> None:
        if field.number is not None and self.low.number is not None and field.number < self.low.number:
            raise ValidationError(_("The upper limit is below the lower one."))

    @property
    def point(self) -> dict[str, Any]:
        measured = self.kind.data is PointKind.NUMBER
        limits = {"unit": self.unit.data or "", "low": self.low.number, "high": self.high.number} if measured else {}
        return {
            "group": self.group.data or "",
            "text": self.text.data,
            "kind": self.kind.data,
            **limits,
        }


class Editor:
    """The whole form: the checklist's own fields, and its points as rows that can be added, moved
    and taken out."""

    def __init__(self, checklist: Checklist | None):
        self.checklist = checklist
        self.form = ChecklistForm.over(checklist) if checklist else ChecklistForm()
        self.reasons: list[Any] = []
        self.rows = self._posted() if request.method == "POST" else self._stored()

    def _stored(self) -> list[PointRow]:
        points = self.checklist.points if self.checklist else []
        return [PointRow(obj=point, prefix=f"{place}-") for place, point in enumerate(points)] or [self._empty(0)]

    def _posted(self) -> list[PointRow]:
        """The rows in the order the page shows, after the button that was pressed has moved, added
        or removed one."""
        places = [int(place) for place in request.form.getlist("row")[:MOST] if place.isdigit()]
        rows = [PointRow(request.form, prefix=f"{place}-") for place in self._moved(places)]
        if request.form.get("do") in ADDING and len(places) < MOST:
            rows.append(self._empty(max(places, default=-1) + 1, rows[-1].group.data if rows else ""))
        return rows

    def _moved(self, places: list[int]) -> list[int]:
        verb, _sep, place = request.form.get("do", "").partition("-")
        at = places.index(int(place)) if place.isdigit() and int(place) in places else None
        if at is None:
            return places
        if verb in REMOVALS:
            return places[:at] + places[at + 1 :]
        to = at + MOVES.get(verb, 0)
        if 0 <= to < len(places):
            places[at], places[to] = places[to], places[at]
        return places

    @staticmethod
    def _empty(place: int, group: str = "") -> PointRow:
        """A new row, in the group of the one before it."""
        return PointRow(prefix=f"{place}-", data={"group": group})

    @property
    def is_arranging(self) -> bool:
        """A button of a row was pressed: the form comes back rearranged and nothing is saved."""
        return bool(request.form.get("do"))

    def is_right(self) -> bool:
        self.rows = [row for row in self.rows if row.text.data or row.unit.data or row.low.data or row.high.data]
        return all([self.form.validate(), *(row.validate() for row in self.rows)])

    def write(self) -> Checklist:
        seen = self.form.version.data if self.checklist else None
        return Checklist.write(
            self.checklist,
            self.form.values(),
            [row.point for row in self.rows],
            by=current_user,
            seen=seen,
        )


MOVES = {"up": -1, "down": 1}
REMOVALS = {"remove"}
ADDING = {"add"}


@bp.get("/")
@on(Checklist, "edit")
def index() -> Response:
    new = link(_("New checklist"), url_for(".new"), icon="plus-lg", primary=True)
    return page("checklists/index.html", rows=Checklist.overview(current_user), new=new)


@bp.route("/new", methods=("GET", "POST"))
@on(Checklist, "create")
def new() -> Response:
    return edited(Editor(None))


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(Checklist, "edit")
def edit(checklist: Checklist) -> Response:
    return edited(Editor(checklist))


def edited(editor: Editor) -> Response:
    if request.method == "GET" or editor.is_arranging:
        return page("checklists/edit.html", editor=editor)
    if not editor.is_right():
        return page("checklists/edit.html", editor=editor, status=422)
    try:
        checklist = editor.write()
    except Refused as refused:
        return overtaken(editor, refused)
    return done(_("The checklist %(name)s is saved.", name=checklist.name), url_for(".index"))


def overtaken(editor: Editor, refused: Refused) -> Response:
    """Somebody saved it meanwhile: what was typed stays, and saving again is a decision."""
    editor.reasons = explain(refused.refusals, editor.checklist)
    editor.form.version.process_data(editor.checklist.version)
    editor.form.version.raw_data = None
    return page("checklists/edit.html", editor=editor, status=refused.status)
