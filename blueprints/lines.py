"""The lines of an order or a quote: drawn as a table, written, changed and removed. One implementation for both.

A blueprint calls `lines.routes(bp, Noun)`; the pages and their addresses come with it.
"""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import Length

from blueprints import amounts, forms
from blueprints.actions import act, explain
from blueprints.conflicts import both_values, chosen
from blueprints.forms import REQUIRED, Form
from blueprints.web import done, house, on, page, safe_next
from models.article import Article
from models.lifecycle import Conflict
from models.line import Line, Lined
from models.refusals import Refusal, Refused
from models.rights import Right
from tasks.figures import amount

LABELS = Line.LABELS
ANCHOR = "lines"


class NewLineForm(Form):
    """What stands in the first field is an article, or else the text of a line without one."""

    article = amounts.ArticleField(
        _l("Article or text"), [REQUIRED, Length(max=200)], free_text=True, filters=[forms.clean]
    )
    quantity = amounts.quantity(LABELS["quantity"])
    unit = forms.text(LABELS["unit"], 12)
    price = amounts.amount(LABELS["price"])
    discount = amounts.percent(LABELS["discount"])
    vat = amounts.VatSelect(LABELS["vat"])

    def line(self) -> dict[str, Any]:
        """The values of the line; what was left empty comes from the article."""
        found = self.article.data
        typed = self.values("article", "vat")
        given = {name: value for name, value in typed.items() if value not in (None, "")}
        if isinstance(found, Article):
            return {"article": found, **given}
        return {"text": found, "vat": self.vat.data, **given}


class LineForm(Form):
    text = forms.text(LABELS["text"], 200, required=True)
    quantity = amounts.quantity(LABELS["quantity"])
    unit = forms.text(LABELS["unit"], 12)
    price = amounts.amount(LABELS["price"], required=True)
    discount = amounts.percent(LABELS["discount"], required=True)
    vat = amounts.VatSelect(LABELS["vat"])


def table(owner: Any) -> SimpleNamespace:
    """Everything the table of an order's or a quote's lines prints, the form under it too."""
    lines, totals, currency = owner.written_lines, owner.totals, house().currency
    bp = blueprint_of(owner)
    add = act(owner, "edit_lines", _("Add a line"), url_for(f"{bp}.write_line", id=owner.id), id="add-line")
    costs = current_user.has(Right.ARTICLE_SEE_PURCHASE_PRICE)
    return SimpleNamespace(
        rows=[row(owner, line, bp, not add.reasons) for line in lines],
        shares=totals.shares,
        net=totals.net,
        gross=totals.gross,
        currency=currency,
        add=add,
        form=NewLineForm(None),
        has_discounts=any(line.discount for line in lines),
        margin=margin(lines) if costs else "",
    )


def row(owner: Any, line: Any, bp: str, open_: bool) -> SimpleNamespace:
    here: dict[str, Any] = {"id": owner.id, f"{line.noun}_id": line.id}
    return SimpleNamespace(
        line=line,
        edit_url=url_for(f"{bp}.edit_line", **here) if open_ else "",
        remove_url=url_for(f"{bp}.remove_line", **here) if open_ else "",
    )


def margin(lines: list[Any]) -> str:
    """What is left over the purchase prices that are known; for those who may see them."""
    known = [line for line in lines if line.cost is not None]
    if not known:
        return ""
    left = sum(line.total - round(line.cost * line.quantity) for line in known)
    return amount(left)


def blueprint_of(owner: Any) -> str:
    return f"{owner.noun}s"


def routes(bp: Blueprint, noun: type[Lined]) -> None:
    """Give the blueprint its lines: a page to add one, one to change it, and the way to remove it."""
    line_id = f"{noun.noun.fget(noun)}_line_id"

    @bp.get("/<int:id>/lines/new")
    @on(noun, "edit_lines")
    def add_line(owner: Any) -> Response:
        owner.demand("edit_lines", current_user)
        return new_page(owner, NewLineForm(None))

    @bp.post("/<int:id>/lines/new")
    @on(noun, "edit_lines")
    def write_line(owner: Any) -> Response:
        return written(owner)

    @bp.get(f"/<int:id>/lines/<int:{line_id}>")
    @on(noun, "edit_lines")
    def edit_line(owner: Any, **ids: int) -> Response:
        owner.demand("edit_lines", current_user)
        line = line_of(owner, ids[line_id])
        return form_page(owner, line, LineForm.over(line))

    @bp.post(f"/<int:id>/lines/<int:{line_id}>")
    @on(noun, "edit_lines")
    def change_line(owner: Any, **ids: int) -> Response:
        return changed(owner, line_of(owner, ids[line_id]))

    @bp.post(f"/<int:id>/lines/<int:{line_id}>/removal")
    @on(noun, "edit_lines")
    def remove_line(owner: Any, **ids: int) -> Response:
        line = line_of(owner, ids[line_id])
        owner.remove_line(line, by=current_user)
        return done(_("%(line)s is removed.", line=line.text), back_to(owner), "neutral")


def line_of(owner: Any, line_id: int) -> Any:
    line = owner.line(line_id)
    if line is None:
        abort(404)
    return line


def back_to(owner: Any) -> str:
    """Where the form was: the order's page, or the technician's."""
    return safe_next(url_for(f"{blueprint_of(owner)}.show", id=owner.id, _anchor=ANCHOR))


def new_page(owner: Any, form: Any, *, status: int = 200, refusals: list[Refusal] | None = None) -> Response:
    return page(
        "lines/new.html",
        status=status,
        owner=owner,
        form=form,
        currency=house().currency,
        reasons=explain(refusals or [], owner),
        back=back_to(owner),
        save_url=url_for(f"{blueprint_of(owner)}.write_line", id=owner.id),
    )


def written(owner: Any) -> Response:
    form = NewLineForm()
    if not form.validate():
        return new_page(owner, form, status=422)
    if form.price.data is None and not isinstance(form.article.data, Article):
        form.blame("price", _("A line without an article needs a price."))
        return new_page(owner, form, status=422)
    try:
        line = owner.add_line(form.line(), by=current_user)
    except Refused as error:
        return new_page(owner, form, status=error.status, refusals=error.refusals)
    return done(_("%(line)s is added.", line=line.text), back_to(owner))


def form_page(
    owner: Any, line: Any, form: Any, *, status: int = 200, refusals: list[Refusal] | None = None
) -> Response:
    return page(
        "lines/edit.html",
        status=status,
        owner=owner,
        line=line,
        form=form,
        currency=house().currency,
        reasons=explain(refusals or [], owner),
        back=back_to(owner),
    )


def changed(owner: Any, line: Any) -> Response:
    form = LineForm.over(line)
    if not form.validate():
        return form_page(owner, line, form, status=422)
    try:
        owner.change_line(line, chosen(form, line), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, back_to(owner))
    except Refused as error:
        return form_page(owner, line, form, status=error.status, refusals=error.refusals)
    return done(_("%(line)s is saved.", line=line.text), back_to(owner))
