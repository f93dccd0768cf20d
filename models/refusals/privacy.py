"""Personal data: why a person cannot be exported or erased now."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_OPEN_ERASURE = Remedy(_l("Open the erasure"), "erasures.show", {"id": "erasure_id"}, right="personal_data.handle")
_HOW = Remedy(_l("How personal data is handled"), "help.show", {"code": "code"})

REASONS = (
    Reason(
        "person.erased",
        409,
        _l("The personal data of this person was erased %(since)s"),
        _l("What was erased cannot be brought back; what the law keeps goes by itself on its day."),
        (_OPEN_ERASURE,),
        lifted_by="personal_data.handle",
    ),
    Reason(
        "person.company",
        409,
        _l("%(customer)s is a company and not a person"),
        _l("Its contacts are persons; open the one who asks."),
        (Remedy(_l("Open the customer"), "customers.show", {"id": "customer_id"}),),
    ),
    Reason(
        "person.elsewhere",
        409,
        _l("%(name)s also belongs to customers you do not see: %(count)s"),
        _l("Somebody who works in all these stores can do it."),
        (_HOW,),
        lifted_by="store.all",
    ),
    Reason(
        "person.broken",
        409,
        _l("The work broke off: %(answer)s"),
        _l("Nothing is half done: each step is either done or not begun."),
        (_HOW,),
        lifted_by="personal_data.handle",
    ),
    Reason(
        "person_export.making",
        409,
        _l("The export is still being made"),
        _l("It was asked for %(since)s and takes some seconds."),
        (_HOW,),
    ),
    Reason(
        "person_export.gone",
        409,
        _l("The export is removed"),
        _l("An export lasts until its day, this one until %(since)s. Ask for a new one."),
        (_HOW,),
    ),
    Reason(
        "erasure.running",
        409,
        _l("This person is being erased"),
        _l("Begun %(since)s."),
        (_OPEN_ERASURE,),
        lifted_by="personal_data.handle",
    ),
    Reason(
        "erasure.open_reports",
        409,
        _l("Fault reports still wait for an answer: %(count)s"),
        _l("Accept or reject them first; the answer goes to the person."),
        (Remedy(_l("See the fault reports"), "fault_reports.index", {"customer": "customer_id"}),),
        lifted_by="fault_report.accept",
    ),
    Reason(
        "erasure.open_orders",
        409,
        _l("Orders are not finished: %(count)s"),
        _l("Finish or void them first."),
        (Remedy(_l("See the orders"), "orders.index", {"customer": "customer_id"}),),
        lifted_by="order.void",
    ),
    Reason(
        "erasure.not_invoiced",
        409,
        _l("Orders are still to be invoiced: %(count)s"),
        _l("Until they are paid the claim needs them (GDPR art. 17(3)(e))."),
        (Remedy(_l("See the orders"), "orders.index", {"customer": "customer_id"}),),
        lifted_by="order.edit",
    ),
)
