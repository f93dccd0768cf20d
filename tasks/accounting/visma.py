"""Visma eEkonomi by file: a CSV whose columns bear the names of Visma's own fields.

The customer number is the key on both sides. Columns that Visma has no field for begin with `Kundbok`. The same record
gives the same bytes every time.
"""

from models.integration import Integration
from tasks.accounting.contract import AccountingError, Document, Paper, Party, Work
from tasks.tables import write_csv

LONGEST_REFERENCE = 50  # on an invoice draft; longer ones are not taken
LANGUAGE = "sv"


class VismaExport:
    def __init__(self, integration: Integration):
        self.integration = integration

    def write(self, document: Document) -> Paper:
        cells = self._cells(document)
        for field in ("OurReference", "YourReference"):
            demand_short(field, cells.get(field, ""))
        content = b"".join(write_csv(list(cells), [list(cells.values())], language=LANGUAGE))
        return Paper(name_of(document), "text/csv", content)

    def _cells(self, document: Document) -> dict[str, str]:
        ours = {"OurReference": document.our_reference, "KundbokCompany": self.integration.company_number}
        if document.work is None:
            return customer_cells(document.party) | ours | {"KundbokReceivables": self.integration.receivables_account}
        key = {"CustomerNumber": document.party.number, "Name": document.party.name}
        return key | ours | work_cells(document.work) | {"AccountNumber": self.integration.sales_account}


def customer_cells(party: Party) -> dict[str, str]:
    return {
        "CustomerNumber": party.number,
        "Name": party.name,
        "CorporateIdentityNumber": party.org_number,
        "VatNumber": party.vat_number,
        "EmailAddress": party.email,
        "Telephone": party.phone,
        "InvoiceAddress1": party.address,
        "InvoicePostalCode": party.postcode,
        "InvoiceCity": party.town,
        "InvoiceCountryCode": party.country,
        "KundbokPaymentDays": str(party.payment_days),
    }


def work_cells(work: Work) -> dict[str, str]:
    return {
        "YourReference": work.your_reference,
        "KundbokOrder": str(work.number),
        "KundbokPerformed": work.performed_on,
        "KundbokFacility": work.facility,
        "Text": " ".join(f"{work.heading}. {work.done}".split()) if work.done else work.heading,
    }


def demand_short(field: str, value: str) -> None:
    if len(value) > LONGEST_REFERENCE:
        raise AccountingError(
            "accounting.too_long",
            permanent=True,
            field=field,
            value=value,
            length=len(value),
            most=LONGEST_REFERENCE,
        )


def name_of(document: Document) -> str:
    """The number as far as every system takes it in a file's name."""
    what = f"order-{document.work.number}" if document.work else f"customer-{document.party.number}"
    return f"visma-{''.join(sign if sign.isalnum() else '-' for sign in what)}.csv"
