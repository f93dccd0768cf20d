"""Reporting a fault, and following what becomes of it."""

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import RadioField

from blueprints import timeline
from blueprints.actions import Why, act, explain
from blueprints.forms import REQUIRED, Form, RecordSelect, email, long_text, phone, text
from blueprints.object_field import ObjectField
from blueprints.portal.cards import CaseView, asked_before, everything, older, parts, shown
from blueprints.web import blueprint, done, on, page
from models.base import db
from models.fault_report import FaultReport, Priority
from models.portal import against_reporting, places_of, reaches, report_fault
from models.portal_case import case_of, order_behind, report_page
from models.refusals import Refused
from models.rights import Right
from tasks import uploads

bp = blueprint("fault_reports")

URGENCY = [
    (Priority.NORMAL.value, _l("It can wait a few days")),
    (Priority.SOON.value, _l("Soon, it is in our way")),
    (Priority.EMERGENCY.value, _l("Emergency, something is being damaged")),
]


class PlaceSelect(RecordSelect):
    """The account's own facilities; a single one is chosen already. A facility the account does not reach does
    not exist."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        if len(self.known) == 1 and not self.raw_data:
            self.data = next(iter(self.known))

    def pre_validate(self, form: Form) -> None:
        if str(self.data).isdecimal() and not reaches(current_user, int(self.data)):
            abort(404)
        super().pre_validate(form)


def place_words(facility: Any) -> str:
    return ", ".join(part for part in (facility.name, facility.place) if part)


class ReportForm(Form):
    facility = PlaceSelect(
        _l("Where is it?"), places_of, blank=_l("Choose where"), words=place_words, validators=[REQUIRED]
    )
    service_object = ObjectField(_l("What is it about?"), blank=_l("Something else, or I do not know"))
    place = text(_l("Where is it?"), 200, required=True)
    heading = text(_l("What is wrong?"), 120, required=True)
    description = long_text(
        _l("Tell us more"), description=_l("Since when, what you hear or see, what the display says.")
    )
    priority = RadioField(_l("How urgent is it?"), choices=URGENCY, coerce=Priority, default=Priority.NORMAL)
    contact_name = text(_l("Whom do we call?"), 80)
    contact_phone = phone(_l("Phone"))
    contact_email = email(_l("E-mail"))

    @classmethod
    def mine(cls) -> "ReportForm":
        """With my own contact details; asked for a place only where there are several, or none at all."""
        me = {
            "contact_name": current_user.name,
            "contact_phone": current_user.phone,
            "contact_email": current_user.email,
        }
        form = cls(None if request.method == "POST" else request.args, data=me) if request.args else cls(data=me)
        if not form.facility.known:
            del form.facility, form.service_object
            return form
        del form.place
        form.service_object.offer(form.facility.record)
        form.facility.render_kw = {"hx-get": url_for(".objects"), "hx-trigger": "change", "hx-target": "#object-field"}
        return form


@bp.get("/")
@on(FaultReport, "view")
def index() -> Response:
    cases, mark = report_page(current_user, everything=everything(), before=asked_before())
    return page(
        "portal/fault_reports.html",
        cases=shown(cases),
        older=older(".index", mark),
        parts=parts(".index", _("Going on")),
        everything=everything(),
        reasons=explain(against_reporting(current_user)),
    )


@bp.get("/new")
@on(FaultReport, "create")
def new() -> Response:
    return form_page(ReportForm.mine())


@bp.post("/new")
@on(FaultReport, "create")
def create() -> Response:
    form = ReportForm.mine()
    if "look" in request.form:
        return form_page(form)
    if not form.validate():
        return form_page(form, 422)
    try:
        report = report_fault(form.values(), by=current_user, attach=take_photos)
    except Refused as refusal:
        return form_page(form, refusal.status, explain(refusal.refusals))
    return done(
        _("We have your report. Its number is %(number)s.", number=report.number), url_for(".show", id=report.id)
    )


@bp.get("/objects")
@on(FaultReport, "create")
def objects() -> Response:
    """What stands where it was just said to be."""
    return page("service_objects/choices.html", form=ReportForm.mine())


def form_page(form: ReportForm, status: int = 200, reasons: list[Why] | None = None) -> Response:
    reasons = reasons if reasons is not None else explain(against_reporting(current_user))
    return page(
        "portal/fault_report_new.html",
        form=form,
        reasons=reasons,
        may_upload=current_user.has(Right.PORTAL_UPLOAD),
        status=status,
    )


def take_photos(report: FaultReport) -> None:
    """The report's own event tells of them."""
    if photos():
        report.demand("upload", current_user)
        uploads.receive(report, photos(), by=current_user, tell=False)


def photos() -> list[FileStorage]:
    return [photo for photo in request.files.getlist("photos") if photo.filename]


@bp.get("/<int:id>")
@on(FaultReport, "view")
def show(report: FaultReport) -> Response:
    return report_card(report)


def report_card(report: FaultReport, status: int = 200, reasons: list[Why] | None = None) -> Response:
    order = order_behind(report, current_user)
    return page(
        "portal/fault_report.html",
        report=report,
        view=CaseView(case_of(report)),
        order=order,
        reasons=reasons or [],
        rejection=report.rejection if report.is_rejected else None,
        history=timeline.of_records(*filter(None, (report, order))),
        withdraw=act(report, "cancel", _("Withdraw the report"), url_for(".cancel", id=report.id))
        if report.is_waiting
        else None,
        may_comment=current_user.has(Right.PORTAL_COMMENT),
        may_upload=current_user.has(Right.PORTAL_UPLOAD),
        status=status,
        typed=request.form.get("text", ""),
    )


@bp.post("/<int:id>/cancellation")
@on(FaultReport, "cancel")
def cancel(report: FaultReport) -> Response:
    report.cancel(by=current_user)
    return done(_("The report is withdrawn."), url_for(".show", id=report.id))


@bp.post("/<int:id>/additions")
@on(FaultReport, "view")
def add(report: FaultReport) -> Response:
    """A comment, photos, or both; all of it or nothing."""
    words = request.form.get("text", "").strip()[:4000]
    try:
        with db.atomic():
            if words:
                report.comment(words, internal=False, by=current_user)
            if photos():
                report.demand("upload", current_user)
                uploads.receive(report, photos(), by=current_user)
    except Refused as refusal:
        return report_card(report, refusal.status, explain(refusal.refusals))
    return done(
        _("Added to the report.") if words or photos() else _("There was nothing to add."),
        url_for(".show", id=report.id),
    )
