"""Fault reports, orders, protocols and their files."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

REASONS = (
    Reason(
        "fault_report.converted",
        409,
        _l("The report is order %(order)s already"),
        remedies=(Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "fault_report.rejected",
        409,
        _l("The report was rejected: %(why)s"),
        _l("Rejected %(since)s by %(who)s."),
        (
            Remedy(
                _l("Reopen the report"),
                "fault_reports.show",
                {"id": "report_id"},
                right="fault_report.accept",
                anchor="reopen",
            ),
        ),
    ),
    Reason(
        "fault_report.cancelled",
        409,
        _l("The report was withdrawn by the one who made it"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.closed",
        409,
        _l("The report was closed in the system it came from"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.other_facility",
        409,
        _l("The facility %(facility)s belongs to another customer"),
        remedies=(
            Remedy(
                _l("Choose the facility"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="facility",
            ),
        ),
    ),
    Reason(
        "fault_report.not_yours",
        403,
        _l("Only the one who reported it can withdraw %(what)s"),
        lifted_by="fault_report.reject",
    ),
    Reason(
        "fault_report.waiting",
        409,
        _l("The report is waiting already"),
        remedies=(Remedy(_l("Open the report"), "fault_reports.show", {"id": "report_id"}),),
    ),
    Reason(
        "fault_report.no_facility",
        409,
        _l("The facility is not chosen"),
        _l("Facilities of %(customer)s: %(count)s. An order needs one."),
        (
            Remedy(
                _l("Choose the facility"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="facility",
            ),
        ),
    ),
    Reason(
        "fault_report.no_customer",
        409,
        _l("The customer is not chosen"),
        _l("An order belongs to a customer."),
        (
            Remedy(
                _l("Choose the customer"),
                "fault_reports.edit",
                {"id": "report_id"},
                right="fault_report.edit",
                anchor="customer",
            ),
        ),
    ),
    Reason(
        "order.voided",
        409,
        _l("The order is voided"),
        _l("Voided %(since)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
        lifted_by="order.void",
    ),
    Reason(
        "order.performed",
        409,
        _l("The order is performed"),
        _l("Performed %(since)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "order.not_started",
        409,
        _l("The order is not started"),
        _l("Its status is %(status)s."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "order.started",
        409,
        _l("The order is started already"),
        remedies=(Remedy(_l("Go on with the order"), "orders.work", {"id": "order_id"}),),
    ),
    Reason(
        "order.points_missing",
        409,
        _l("Points not answered: %(count)s"),
        _l("The first is number %(number)s: %(text)s"),
        (Remedy(_l("Go to the point"), "orders.work", {"id": "order_id", "_anchor": "anchor"}),),
    ),
    Reason(
        "order.remark_missing",
        409,
        _l("Point %(number)s needs a remark in words"),
        _l("A remark, or a value outside its limits, is explained: %(text)s"),
        (Remedy(_l("Go to the point"), "orders.work", {"id": "order_id", "_anchor": "anchor"}),),
    ),
    Reason(
        "order.no_action",
        409,
        _l("The performed action is not written"),
        _l("The customer reads it in the protocol."),
        (Remedy(_l("Write what was done"), "orders.work", {"id": "order_id"}, anchor="performed_action"),),
    ),
    Reason(
        "order.unsigned",
        409,
        _l("The protocol is not signed by the technician"),
        remedies=(Remedy(_l("Go to the signatures"), "orders.work", {"id": "order_id"}, anchor="signatures"),),
    ),
    Reason(
        "protocol.ready",
        409,
        _l("The PDF is made"),
        remedies=(Remedy(_l("Open the protocol"), "protocols.show", {"id": "protocol_id"}),),
    ),
    Reason(
        "checklist.changed",
        409,
        _l("%(who)s changed this checklist meanwhile"),
        _l("Saved %(since)s. Your points are kept below; saving again puts them in its place."),
        (Remedy(_l("Open it as it is now"), "checklists.edit", {"id": "checklist_id"}, right="checklist.edit"),),
    ),
    Reason(
        "protocol.making",
        409,
        _l("The PDF is being made"),
        _l("The page updates by itself when it is ready."),
        (Remedy(_l("Open the protocol"), "protocols.show", {"id": "protocol_id"}),),
    ),
    Reason(
        "upload.type",
        422,
        _l("%(name)s is not a photo, a PDF, an Excel file or a text"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.size",
        422,
        _l("%(name)s is %(size)s MB; at most %(limit)s MB is allowed"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.unreadable",
        422,
        _l("%(name)s cannot be read as a picture"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.pixels",
        422,
        _l("%(name)s has more than %(limit)s megapixels"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "signature.empty",
        422,
        _l("Nothing is drawn"),
        _l("Draw in the field, or type the name instead."),
        (Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "upload.count",
        422,
        _l("At most %(limit)s files at a time"),
        remedies=(Remedy(_l("See what can be uploaded"), "help.show", {"code": "code"}),),
    ),
    Reason(
        "logo.type",
        422,
        _l("%(name)s is no JPEG or PNG picture"),
        _l("A logo on white, about 480 pixels wide, is enough."),
        (
            Remedy(
                _l("Choose another picture"), "settings.organisation", right="organisation.administer", anchor="logo"
            ),
        ),
    ),
)
