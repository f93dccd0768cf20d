"""Bookkeeping by file. A new connection is a class with `write` and a line in EXPORTS."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from models.customer import Customer
from models.integration import Integration, IntegrationKind
from models.order import Order
from models.organisation import Organisation
from models.refusals import Refused, refuse
from tasks.accounting.contract import AccountingError, AccountingExport, Document, Paper, Party, Work
from tasks.accounting.visma import VismaExport

__all__ = ["EXPORTS", "AccountingError", "AccountingExport", "Document", "Paper", "export", "test_file"]

EXPORTS: dict[IntegrationKind, Callable[[Integration], AccountingExport]] = {IntegrationKind.VISMA: VismaExport}
EXAMPLE = Document(
    Party("10001", "Example Ltd", "556000-0001", email="post@example.com", address="Example Street 1"), "Our Technician"
)


def export(record: Customer | Order, integration: Integration, *, by) -> Paper:
    """The record as a file for bookkeeping; that it left the house is on its log.

    Raises Refused; what went wrong stands in the list of integrations too, so not inside a transaction that fails.
    """
    integration.demand("use", by)
    record.demand("export", by)
    paper = _write(document_of(record, integration), integration)
    integration.note_file(paper.name, by=by, about=record)
    return paper


def test_file(integration: Integration, *, by) -> Paper:
    """An invented customer as a file, to try the other side with before anything real leaves."""
    integration.demand("make_test_file", by)
    paper = _write(EXAMPLE, integration)
    integration.note_file(paper.name, by=by)
    return paper


def _write(document: Document, integration: Integration) -> Paper:
    try:
        return EXPORTS[integration.kind](integration).write(document)
    except AccountingError as error:
        refusal = refuse(error.code, code=error.code, **error.params)
        integration.note_failure(refusal)
        raise Refused([refusal]) from error


def document_of(record: Customer | Order, integration: Integration) -> Document:
    reference = integration.reference_of(record)
    name = reference.name if reference else ""
    if isinstance(record, Order):
        return Document(party_of(record.customer), name, work_of(record))
    return Document(party_of(record), name)


def party_of(customer: Customer) -> Party:
    return Party(
        number=customer.number,
        name=customer.name,
        org_number=customer.org_number,
        vat_number=customer.vat_number,
        email=customer.invoice_email or customer.email,
        phone=customer.phone,
        address=customer.address,
        postcode=customer.postcode,
        town=customer.town,
        country=customer.dialled_from.value,
        payment_days=customer.payment_days,
    )


def work_of(order: Order) -> Work:
    return Work(
        number=order.number,
        heading=order.heading,
        done=order.performed_action,
        performed_on=local_date(order.performed_at),
        facility=order.facility.name,
        your_reference=order.contact_name,
    )


def local_date(moment: datetime | None) -> str:
    """The day it was where the organisation is."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(Organisation.current().time_zone)).date().isoformat()
