"""Making two customers one: choose the other, look at both field by field, merge, and take it back."""

from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import explain
from blueprints.customers import ticked_customers
from blueprints.forms import REQUIRED, CustomerField, Form
from blueprints.web import blueprint, done, fetch, on, page
from blueprints.words import number
from blueprints.words import show as words
from models.base import comparable
from models.customer import Customer
from models.merge import Merge, counts, mergeable

bp = blueprint("merging", at="/customers")

WHAT: dict[str, Any] = {
    "facility.customer": _l("Facilities"),
    "service_object.customer": _l("Service objects"),
    "contact.customer": _l("Contacts"),
    "fault_report.customer": _l("Fault reports"),
    "work_order.customer": _l("Orders"),
    "protocol.customer": _l("Protocols"),
    "quote.customer": _l("Quotes"),
    "auto_article.customer": _l("Articles on every order"),
    "message.customer": _l("Messages"),
    "file.customer": _l("Files"),
    "portal_customer.customer": _l("Portal accounts"),
    "customer_assignment.customer": _l("Responsible"),
}


class OtherForm(Form):
    other = CustomerField(_l("The other customer"), [REQUIRED])


@bp.get("/<int:id>/merging")
@on(Customer, "merge")
def show(kept: Customer) -> Response:
    """First the question for the other one, then both side by side."""
    if request.args.get("with", type=int):
        return preview(kept, fetch(Customer, request.args.get("with", type=int) or 0, "merge"))
    form = OtherForm(request.args if "other" in request.args else None)
    if "other" in request.args and form.validate():
        return redirect(url_for("merging.show", id=kept.id, **{"with": form.other.data.id}))
    return page("customers/merge_with.html", status=422 if form.errors else 200, form=form, customer=kept)


@bp.post("/merging/choice")
@on(Customer, "merge")
def tick() -> Response:
    """From two ticks in the list."""
    customers = ticked_customers()
    if len(customers) != 2:
        return done(_("Tick exactly two customers to merge them."), url_for("customers.index", all=1), tone="warning")
    return redirect(url_for("merging.show", id=customers[0].id, **{"with": customers[1].id}))


@bp.post("/<int:id>/merging")
@on(Customer, "merge")
def merge(kept: Customer) -> Response:
    gone = fetch(Customer, request.form.get("with", type=int) or abort(404), "merge")
    chosen = {name: getattr(gone, name) for name in mergeable(kept) if request.form.get(f"keep-{name}") == "gone"}
    Merge.perform(kept, gone, chosen, by=current_user)
    text = _("%(gone)s is one with %(kept)s now.", gone=gone.title, kept=kept.title)
    return done(text, url_for("customers.show", id=kept.id))


@bp.post("/merges/<int:id>/undoing")
@on(Merge, "undo")
def undo(merge: Merge) -> Response:
    merge.undo(by=current_user)
    text = _("%(gone)s and %(kept)s are two customers again.", gone=merge.gone.title, kept=merge.kept.title)
    return done(text, url_for("customers.show", id=merge.kept_id))


def preview(kept: Customer, gone: Customer) -> Response:
    refusals = Merge.against(kept, gone, current_user)
    rows = [row(kept, gone, name) for name in mergeable(kept) if differs(kept, gone, name)]
    return page(
        "customers/merge.html",
        kept=kept,
        gone=gone,
        rows=rows,
        moving=moving(gone),
        reasons=explain(refusals, kept),
        swap_url=url_for("merging.show", id=gone.id, **{"with": kept.id}),
    )


def differs(kept: Customer, gone: Customer, name: str) -> bool:
    return comparable(getattr(kept, name)) != comparable(getattr(gone, name))


def row(kept: Customer, gone: Customer, name: str) -> SimpleNamespace:
    """Proposed is what the kept one has; where it has nothing, what the other has."""
    mine, theirs = getattr(kept, name), getattr(gone, name)
    hidden = kept.SENSITIVE.get(name, words)
    return SimpleNamespace(
        name=name,
        label=kept.label_of(name),
        kept=hidden(mine),
        gone=hidden(theirs),
        takes_gone=mine in (None, "", False),
    )


def moving(gone: Customer) -> list[tuple[Any, str]]:
    """What moves, with how many there are; tables that nobody knows by name go along unsaid."""
    found = counts(gone)
    return [(label, number(found[name])) for name, label in WHAT.items() if name in found]
