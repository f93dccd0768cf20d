"""Fault reports: the dispatcher's pile with one opened beside it, the full list, and what is done with a report."""

from itertools import groupby
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import conflicts, files, lists, timeline
from blueprints.actions import Action, act, explain, link, notices, tell
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.people import group_name
from blueprints.report_form import CommentForm, RejectionForm, ReportForm, prefilled
from blueprints.web import blueprint, done, on, page
from blueprints.words import show as words
from models import listings
from models.base import db
from models.fault_report import FaultReport, Source
from models.file import File
from models.lifecycle import Conflict
from models.notification import plan_acceptance
from models.pile import PilePart, lookalikes, pile
from models.refusals import Refused
from models.user import User
from tasks import uploads

bp = blueprint("fault_reports")

PILE = 50


def card(row: Any) -> Card:
    """A report on a phone: what, who and where, how pressing."""
    lines = [text for text in (row.customer, row.facility or row.place) if text]
    return Card(
        row.heading,
        str(row.number),
        [" · ".join(lines), words(row.reported_at)],
        [row.priority, row.status] if row.priority.is_pressing else [row.status],
    )


def page_for(row: Any) -> str:
    return url_for("fault_reports.show", id=row.id)


SCREEN = Screen(
    listings.fault_reports,
    "fault_reports.index",
    _l("Fault reports"),
    row_url=page_for,
    card=card,
    cells={
        "number": lambda row: Cell(row.number, url=page_for(row), numeric=True),
        "heading": lambda row: Cell(row.heading, url=page_for(row), strong=True),
    },
    actions=lambda: [link(_("To the pile"), url_for("fault_reports.inbox"), icon="inbox"), new_report()],
    tabs=lambda: [
        tab("fault_reports.index", _("Waiting")),
        tab("fault_reports.index", pgettext("several", "Rejected"), status="rejected"),
        tab("fault_reports.index", _("All"), status="all"),
    ],
    empty=lambda: nothing_yet(),
)
lists.routes(bp, SCREEN, FaultReport)


def new_report(name: str = "new") -> Action:
    missing = explain(FaultReport.MAY["create"].missing(current_user, None))
    return link(
        _("New report"),
        url_for("fault_reports.new"),
        icon="plus-lg",
        primary=True,
        reasons=missing,
        id=name,
        about=_("New report"),
    )


def nothing_yet() -> Any:
    return {
        "icon": "exclamation-diamond",
        "title": _("No faults reported"),
        "action": new_report("first"),
        "text": _(
            "Here you will see what customers report in the portal, and what you write down yourself when they call."
        ),
    }


@bp.get("/waiting")
@on(FaultReport, "view")
def inbox() -> Response:
    """The pile, with its first report opened beside it where there is room."""
    part = chosen_part(PilePart.WAITING)
    reports = pile(current_user, part, PILE)
    return draw(part, reports, reports[0] if reports else None)


@bp.get("/<int:id>")
@on(FaultReport, "view")
def show(report: FaultReport) -> Response:
    part = chosen_part(PilePart.WAITING if report.is_waiting else PilePart.DONE)
    return draw(part, pile(current_user, part, PILE), report, alone=True)


def chosen_part(otherwise: PilePart) -> PilePart:
    asked = request.args.get("part", "")
    return PilePart(asked) if asked in set(PilePart) else otherwise


def draw(part: PilePart, reports: list[FaultReport], report: FaultReport | None, *, alone: bool = False) -> Response:
    """`alone`: on a phone the opened report has the page to itself."""
    opened = opening(report) if report else {}
    return page(
        "fault_reports/inbox.html",
        part=part,
        parts=PilePart,
        reports=reports,
        report=report,
        alone=alone,
        waiting=FaultReport.waiting_for(current_user).count(),
        is_full=len(reports) == PILE,
        new=new_report(),
        nothing=nothing_yet(),
        **neighbours(reports, report),
        **opened,
    )


def neighbours(reports: list[FaultReport], report: FaultReport | None) -> dict[str, Any]:
    ids = [other.id for other in reports]
    at = ids.index(report.id) if report and report.id in ids else None
    if at is None:
        return {"earlier": None, "later": None}
    return {"earlier": reports[at - 1] if at else None, "later": reports[at + 1] if at + 1 < len(reports) else None}


def opening(report: FaultReport) -> dict[str, Any]:
    """What the opened report's side shows."""
    order = report.order
    notified = notices(plan_acceptance(report, by=current_user)) if report.is_waiting else None
    return {
        "order": order,
        "steps": steps(report, order),
        "notified": notified,
        "files": files.views(File.of(report)),
        "lookalikes": lookalikes(report, current_user),
        "assignees": report.assignees,
        "history": timeline.of_records(report, order),
        "comment": CommentForm(None),
        "may_upload": FaultReport.MAY["upload"].allows(current_user, report),
        "may_comment": FaultReport.MAY["comment"].allows(current_user, report),
    }


def steps(report: FaultReport, order: Any) -> list[Action]:
    """The next real things: decide while it waits, go to the order when there is one, reopen what was rejected."""
    at = {"id": report.id}
    if order:
        return [
            link(
                _("Open order %(number)s", number=order.number),
                url_for("orders.show", id=order.id),
                icon="clipboard-check",
                primary=True,
            )
        ]
    if report.is_rejected:
        return [
            act(
                report,
                "reopen",
                _("Reopen the report"),
                url_for("fault_reports.reopen", **at),
                icon="arrow-counterclockwise",
                primary=True,
            )
        ]
    if not report.is_waiting:
        return []
    return [
        act(
            report,
            "accept",
            _("Accept, make an order"),
            url_for("fault_reports.accept", **at),
            icon="check-lg",
            primary=True,
        ),
        act(
            report,
            "reject",
            _("Reject, tell why"),
            url_for("fault_reports.rejection", **at),
            method="get",
            icon="x-lg",
            danger=True,
        ),
        act(
            report, "assign", _("Assign"), url_for("fault_reports.assignment", **at), method="get", icon="person-check"
        ),
        act(report, "edit", _("Change"), url_for("fault_reports.edit", **at), method="get", icon="pencil"),
    ]


@bp.get("/new")
@on(FaultReport, "create")
def new() -> Response:
    return form_page(ReportForm(None, **prefilled()))


@bp.post("/")
@on(FaultReport, "create")
def create() -> Response:
    form = ReportForm()
    if "reload" in request.form:
        return form_page(form)
    if form.validate() and form.store() is None:
        form.blame("customer", _("Choose the customer, since you work in no store."))
    if form.errors:
        return form_page(form, status=422)
    try:
        report = keep(form)
    except Refused as error:
        return form_page(form, reasons=explain(error.refusals), status=error.status)
    return done(_("Fault report %(number)s is in the pile.", number=report.number), page_for(report))


def keep(form: ReportForm) -> FaultReport:
    """The report and its photos, or neither."""
    with db.atomic():
        report = FaultReport.report(form.facts(), by=current_user, source=Source.STAFF)
        uploads.receive(report, request.files.getlist("photos"), by=current_user, tell=False)
        return report


@bp.get("/choices")
@on(FaultReport, "create")
def choices() -> Response:
    """The facilities of the customer that was just named, and who will be told of a report for it."""
    form = ReportForm(formdata=request.args)
    return page("fault_reports/chosen.html", form=form, notified=tell("fault_report.reported", form.draft()))


def form_page(form: ReportForm, report: FaultReport | None = None, status: int = 200, **context: Any) -> Response:
    told = tell("fault_report.reported", form.draft()) if report is None else None
    return page("fault_reports/edit.html", form=form, report=report, notified=told, status=status, **context)


@bp.get("/<int:id>/edit")
@on(FaultReport, "edit")
def edit(report: FaultReport) -> Response:
    report.demand("edit", current_user)
    return form_page(ReportForm.over(report), report)


@bp.post("/<int:id>/edit")
@on(FaultReport, "edit")
def change(report: FaultReport) -> Response:
    form = ReportForm.over(report)
    if "reload" in request.form:
        return form_page(form, report)
    if not form.validate():
        return form_page(form, report, status=422)
    try:
        report.change(conflicts.chosen(form, report), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return conflicts.both_values(conflict)
    return done(_("Fault report %(number)s is changed.", number=report.number), page_for(report))


@bp.post("/<int:id>/acceptance")
@on(FaultReport, "accept")
def accept(report: FaultReport) -> Response:
    order = report.accept(by=current_user)
    return done(_("Order %(number)s is made of the report.", number=order.number), url_for("orders.show", id=order.id))


@bp.get("/<int:id>/rejection")
@on(FaultReport, "reject")
def rejection(report: FaultReport) -> Response:
    report.demand("reject", current_user)
    return rejection_page(RejectionForm(None), report)


@bp.post("/<int:id>/rejection")
@on(FaultReport, "reject")
def reject(report: FaultReport) -> Response:
    form = RejectionForm()
    if not form.validate():
        return rejection_page(form, report, status=422)
    report.reject(form.reason.data, by=current_user)
    return done(_("Fault report %(number)s is rejected.", number=report.number), url_for("fault_reports.inbox"))


def rejection_page(form: RejectionForm, report: FaultReport, status: int = 200) -> Response:
    return page(
        "fault_reports/rejection.html",
        form=form,
        report=report,
        notified=tell("fault_report.rejected", report),
        status=status,
    )


@bp.post("/<int:id>/reopening")
@on(FaultReport, "reopen")
def reopen(report: FaultReport) -> Response:
    report.reopen(by=current_user)
    return done(_("Fault report %(number)s waits again.", number=report.number), page_for(report))


@bp.get("/<int:id>/assignment")
@on(FaultReport, "assign")
def assignment(report: FaultReport) -> Response:
    report.demand("assign", current_user)
    groups = [(name, list(people)) for name, people in groupby(assignable(report), key=group_name)]
    return page(
        "fault_reports/assignment.html", report=report, groups=groups, chosen={user.id for user in report.assignees}
    )


@bp.post("/<int:id>/assignment")
@on(FaultReport, "assign")
def assign(report: FaultReport) -> Response:
    chosen = request.form.getlist("user")
    report.assign([user for user in assignable(report) if str(user.id) in chosen], by=current_user)
    return done(_("Fault report %(number)s is assigned.", number=report.number), page_for(report))


def assignable(report: FaultReport) -> list[User]:
    """Who works in the report's store, and who has it already, by group."""
    people = {user.id: user for user in [*report.assignees, *User.assignable(report.store_id)]}
    return sorted(people.values(), key=lambda user: user.place)


@bp.post("/<int:id>/comments")
@on(FaultReport, "comment")
def comment(report: FaultReport) -> Response:
    form = CommentForm()
    if not form.validate():
        return redirect(page_for(report))
    report.comment(form.text.data, internal="internal" in request.form, by=current_user)
    return done(_("Your remark is written down."), page_for(report))


@bp.post("/<int:id>/files")
@on(FaultReport, "upload")
def upload(report: FaultReport) -> Response:
    kept = uploads.receive(report, request.files.getlist("files"), by=current_user)
    return done(_("Files kept: %(count)s", count=len(kept)), page_for(report))
