"""Where a fault report stands, and in words why it cannot go on from there."""

from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.facility import Facility
from models.refusals import Refusal, refuse


class ReportStatus(Choice):
    WAITING = "waiting", _l("Waiting"), "info"
    ACCEPTED = "accepted", _l("Order made"), "good"
    REJECTED = "rejected", _l("Rejected"), "bad"
    CANCELLED = "cancelled", _l("Withdrawn"), "neutral"
    CLOSED = "closed", _l("Closed elsewhere"), "neutral"


class Priority(Choice):
    NORMAL = "normal", _l("Normal"), "neutral"
    SOON = "soon", _l("Soon"), "warning"
    EMERGENCY = "emergency", _l("Emergency"), "bad"

    @property
    def is_pressing(self) -> bool:
        return self is not Priority.NORMAL


class Source(Choice):
    STAFF = "staff", _l("Staff")
    PORTAL = "portal", _l("Portal")
    IMPORT = "import", _l("Import")


WAITING, ACCEPTED, REJECTED, CANCELLED, CLOSED = ReportStatus


class Standing:
    """A report's reasons; the fields are FaultReport's."""

    id: Any
    status: ReportStatus
    customer: Any
    facility: Any

    def refuse_status(self, verb: str) -> list[Refusal]:
        return {
            WAITING: self._is_waiting,
            ACCEPTED: self._is_accepted,
            REJECTED: self._is_rejected,
            CANCELLED: lambda: [refuse("fault_report.cancelled", report_id=self.id)],
            CLOSED: lambda: [refuse("fault_report.closed", report_id=self.id)],
        }[self.status]()

    def _is_waiting(self) -> list[Refusal]:
        return [refuse("fault_report.waiting", report_id=self.id)]

    def _is_accepted(self) -> list[Refusal]:
        order = self.order
        return [refuse("fault_report.converted", order=order.number, order_id=order.id)]

    def _is_rejected(self) -> list[Refusal]:
        rejection = self.rejection
        return [
            refuse(
                "fault_report.rejected",
                why=rejection.reason,
                who=rejection.by.name,
                since=rejection.at,
                report_id=self.id,
            )
        ]

    def _against_accept(self, by) -> list[Refusal]:
        if self.status is not WAITING:
            return []
        if not self.customer_id:
            return [refuse("fault_report.no_customer", report_id=self.id)]
        refusals = self.customer.against_new_work()
        if not self.facility_id:
            count = (
                Facility.select()
                .where((Facility.customer == self.customer_id) & Facility.inactive_at.is_null())
                .count()
            )
            refusals.append(
                refuse("fault_report.no_facility", customer=self.customer.name, count=count, report_id=self.id)
            )
        return refusals + (self.facility.against_new_work() if self.facility_id else [])
