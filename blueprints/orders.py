"""Orders: planned in the office, carried out on the technician's phone."""

from types import SimpleNamespace

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import conflicts, files, lines, lists, timeline
from blueprints.actions import Action, act, explain, link
from blueprints.custom_forms import customised, facts, removed_facts
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.order_forms import OrderForm
from blueprints.people import by_group, chosen_people
from blueprints.sheets import Sheet
from blueprints.web import blueprint, done, on, page
from blueprints.words import show as words
from blueprints.words import today
from models import listings
from models.file import File
from models.lifecycle import Conflict
from models.order import Order
from models.protocol import Signature, Signer
from models.refusals import Refused
from models.rights import Right, can
from tasks import uploads

bp = blueprint("orders")


def card(row) -> Card:
    place = " · ".join(part for part in (row.customer, row.facility) if part)
    return Card(
        row.heading,
        number=str(row.number),
        lines=[place, _when(row), row.assigned or _("Nobody")],
        badges=[row.status],
    )


def _when(row) -> str:
    return _("Planned %(day)s", day=words(row.planned_on)) if row.planned_on else _("No date yet")


def _planned(row) -> Cell:
    late = row.status.is_open and row.planned_on is not None and row.planned_on < today()
    return Cell(words(row.planned_on), over=late, numeric=True)


def tabs() -> list[SimpleNamespace]:
    me = str(current_user.id)
    return [
        tab("orders.index", _("Open")),
        tab("orders.index", _("Mine"), assigned=me),
        tab("orders.index", _("Unassigned"), assigned="0"),
        tab("orders.index", _("Late"), late="1"),
        tab("orders.index", _("Finished"), status="done"),
        tab("orders.index", _("Voided"), status="voided"),
    ]


def new_action() -> list[Action]:
    return (
        [link(_("New order"), url_for("orders.new"), icon="plus-lg", primary=True)]
        if current_user.has(Right.ORDER_CREATE)
        else []
    )


def none_yet() -> SimpleNamespace:
    text = _("An order comes from a fault report, or is made here.")
    return SimpleNamespace(
        icon="clipboard-check",
        title=_("No open orders"),
        text=text,
        action=next(iter(new_action()), None),
    )


SCREEN = Screen(
    listings.orders,
    "orders.index",
    _l("Orders"),
    row_url=lambda row: url_for("orders.show", id=row.id),
    card=card,
    cells={
        "number": lambda row: Cell(row.number, url=url_for("orders.show", id=row.id), strong=True),
        "heading": lambda row: Cell(row.heading, url=url_for("orders.show", id=row.id)),
        "assigned": lambda row: Cell(row.assigned or _("Nobody"), muted=not row.assigned),
        "planned_on": _planned,
        "status": lambda row: Cell(badge=row.status),
    },
    actions=new_action,
    empty=none_yet,
    tabs=tabs,
)
lists.routes(bp, SCREEN, Order)
lines.routes(bp, Order)


@bp.route("/new", methods=("GET", "POST"))
@on(Order, "create")
def new() -> Response:
    """A new order; from a customer's or facility's page with that chosen already."""
    form = customised(OrderForm, Order).blank()
    if form.is_asking or not form.sent():
        return page(
            "orders/edit.html",
            form=form,
            order=None,
            kept=[],
            status=200 if form.is_asking or request.method == "GET" else 422,
        )
    order = Order.add(form.values("checklist"), checklist=form.values()["checklist"], by=current_user)
    return done(_("Order %(number)s is made.", number=order.number), url_for("orders.show", id=order.id))


@bp.get("/facilities")
@on(Order, "create")
def facilities() -> Response:
    """The facilities to choose from, for the customer that was just typed."""
    return page("orders/facilities.html", form=OrderForm.blank())


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(Order, "edit")
def edit(order: Order) -> Response:
    order.demand("edit", current_user)
    form = customised(OrderForm, Order).of(order)
    if form.is_asking or not form.sent():
        return page(
            "orders/edit.html", form=form, order=order, kept=removed_facts(order), status=422 if form.errors else 200
        )
    try:
        order.change(
            conflicts.chosen(form, order, "customer", "checklist"),
            by=current_user,
            seen=form.version.data,
        )
    except Conflict as conflict:
        return conflicts.both_values(conflict)
    return done(_("Order %(number)s is saved.", number=order.number), url_for("orders.show", id=order.id))


@bp.get("/<int:id>")
@on(Order, "view")
def show(order: Order) -> Response:
    protocols = list(order.protocols)
    return page(
        "orders/show.html",
        order=order,
        protocols=protocols,
        late=order.is_late(today()),
        own=facts(order),
        steps=steps(order),
        points=order.points,
        lines=lines.table(order),
        files=files.views(File.of(order)),
        may_remove=not order.why_not("delete_files", current_user),
        people=by_group(order.store_id, order.assignees),
        remark=act(order, "comment", _("Write a comment"), url_for(".comment", id=order.id)),
        upload=act(order, "upload", _("Upload"), url_for(".upload", id=order.id)),
        assign=act(order, "assign", _("Save who is assigned"), url_for(".assign", id=order.id)),
        history=timeline.of_records(*filter(None, (order, order.report, *protocols))),
    )


def bookkeeping(order: Order) -> list[Action]:
    url = url_for("accounting.order", id=order.id)
    way = link(_("Export to bookkeeping"), url, icon="file-earmark-arrow-down")
    return [way] if can(current_user, "export", order) else []


def steps(order: Order) -> list[Action]:
    """The next steps, each alive or explaining itself. What is over is not offered any more."""
    here = {"id": order.id}
    if order.is_done:
        papers = [
            link(
                _("Open the protocol"),
                url_for("protocols.show", id=protocol.id),
                icon="file-earmark-check",
                primary=True,
            )
            for protocol in order.protocols[:1]
        ]
        return [*papers, *bookkeeping(order)]
    if order.is_voided:
        return []
    on_with = (
        act(
            order,
            "work",
            _("Go on"),
            url_for(".work", **here),
            method="get",
            icon="pencil",
            primary=True,
        )
        if order.is_started
        else act(order, "start", _("Start"), url_for(".start", **here), icon="play", primary=True)
    )
    finish = (
        [act(order, "perform", _("Finish"), url_for(".perform", **here), icon="clipboard-check")]
        if order.is_started
        else []
    )
    return [
        on_with,
        *finish,
        act(order, "edit", _("Edit"), url_for(".edit", **here), method="get"),
        act(order, "void", _("Void the order"), url_for(".void", **here), danger=True),
    ]


@bp.post("/<int:id>/assignment")
@on(Order, "assign")
def assign(order: Order) -> Response:
    order.assign(chosen_people(order.store_id, order.assignees), by=current_user)
    names = ", ".join(person.name for person in order.assignees)
    return done(_("Assigned: %(names)s.", names=names or _("nobody")), url_for(".show", id=order.id))


@bp.post("/<int:id>/start")
@on(Order, "start")
def start(order: Order) -> Response:
    order.start(by=current_user)
    return redirect(url_for(".work", id=order.id))


@bp.post("/<int:id>/void")
@on(Order, "void")
def void(order: Order) -> Response:
    order.void(by=current_user)
    return done(
        _("Order %(number)s is voided.", number=order.number),
        url_for(".show", id=order.id),
        "neutral",
    )


@bp.post("/<int:id>/comments")
@on(Order, "comment")
def comment(order: Order) -> Response:
    text = request.form.get("text", "").strip()[:4000]
    if text:
        order.comment(text, internal="internal" in request.form, by=current_user)
    return redirect(url_for(".show", id=order.id))


@bp.post("/<int:id>/files")
@on(Order, "upload")
def upload(order: Order) -> Response:
    kept = uploads.receive(order, request.files.getlist("files"), by=current_user)
    return done(
        ngettext("%(num)s file is uploaded.", "%(num)s files are uploaded.", len(kept)),
        url_for(".show", id=order.id),
    )


@bp.get("/<int:id>/signatures/<any(technician,customer):signer>")
@on(Order, "view")
def signature(order: Order, signer: str) -> Response:
    """The drawing under the protocol, as it was drawn."""
    found = Signature.of(order, Signer(signer))
    if found is None or not found.is_drawn:
        abort(404)
    return files.send_bytes(found.image_key, "image/png", f"{signer}.png", inline=True)


# The technician's page


@bp.get("/<int:id>/work")
@on(Order, "work")
def work(order: Order) -> Response:
    return redirect(url_for(".show", id=order.id)) if not order.is_open else on_site(Sheet(order))


def on_site(sheet: Sheet, status: int = 200) -> Response:
    """The page as it is carried around: facts to go there by, the sheet, and the one next step."""
    order = sheet.order
    begin = (
        None
        if order.is_started
        else act(order, "start", _("Start"), url_for(".start", id=order.id), icon="play", primary=True)
    )
    return page(
        "orders/work.html",
        status=status,
        sheet=sheet,
        order=order,
        begin=begin,
        lines=lines.table(order),
        lines_next=url_for(".work", id=order.id, _anchor=lines.ANCHOR),
        own=[*facts(order.facility), *facts(order)],
        photos=files.views(File.of(order)),
        me_name=current_user.name,
    )


@bp.post("/<int:id>/work")
@on(Order, "work")
def save_work(order: Order) -> Response:
    """Keep what is written so far. The page saves by itself while it is filled in, and then gets
    only what changed."""
    if request.form.get("by_itself"):
        return saved_by_itself(order)
    return kept(order, lambda: done(_("Saved."), url_for(".work", id=order.id)))


@bp.post("/<int:id>/performance")
@on(Order, "perform")
def perform(order: Order) -> Response:
    """Keep what is written and finish; with all that is missing said at once, nothing that was
    written is lost."""
    return kept(order, lambda: finish(order)) if Sheet.is_in(request.form) else finished(order)


def finish(order: Order) -> Response:
    missing = order.why_not("perform", current_user)
    if not missing:
        return finished(order)
    text = ngettext(
        "Saved. One thing is missing before it can be finished.",
        "Saved. %(num)s things are missing before it can be finished.",
        len(missing),
    )
    return done(text, url_for(".work", id=order.id, _anchor="missing"), "warning")


def finished(order: Order) -> Response:
    protocol = order.perform(by=current_user)
    return done(
        _("Order %(number)s is performed.", number=order.number),
        url_for("protocols.show", id=protocol.id),
    )


def kept(order: Order, then) -> Response:
    """Save the sheet; where that does not go, the page with everything typed still on it."""
    sheet = Sheet(order, request.form)
    if not sheet.is_right():
        return on_site(sheet, 422)
    try:
        sheet.keep()
        return then()
    except Conflict as conflict:
        sheet.collide(conflict)
        return on_site(sheet, 409)
    except Refused as refused:
        sheet.reasons = explain(refused.refusals, order)
        return on_site(sheet, refused.status)


def saved_by_itself(order: Order) -> Response:
    """What is shown changes only around the fields, never under the reader's fingers."""
    typed = Sheet(order, request.form)
    try:
        right = typed.is_right()
        changed = typed.keep() if right else False
    except (Conflict, Refused):
        return page("orders/saved.html", sheet=typed, order=order, held=True, turned=[])
    turned = typed.turned if changed else []
    return page(
        "orders/saved.html",
        sheet=Sheet(order) if right else typed,
        order=order,
        held=not right,
        turned=turned,
    )
