"""What the demo company's administrators have set up around it: bookkeeping, and a right for one person alone."""

from datetime import datetime, timedelta

from models.granting import UserRight
from models.integration import Integration, IntegrationKind
from models.organisation import Organisation
from models.permission_template import PermissionTemplate
from models.rights import Right
from models.user_group import UserGroup
from tasks.demo.book import Book
from tasks.demo.people import Company

SOON, LATER = timedelta(minutes=20), timedelta(days=9)


def connect(book: Book, company: Company, organisation: Organisation, at: datetime) -> None:
    annika, james, piotr = (company.staff[login] for login in ("annika", "james", "piotr"))
    for group in book.all(UserGroup):
        book.tell(at + SOON, "user_group.created", annika, group)
    for template in book.all(PermissionTemplate):
        book.tell(at + SOON, "permission_template.created", annika, template)
    book.keep(UserRight(user=piotr, right=Right.CUSTOMER_UPLOAD, granted=True))
    book.tell(at + LATER, "user.rights_changed", annika, piotr, given=[Right.CUSTOMER_UPLOAD.value], withdrawn=[])
    visma = Integration(
        kind=IntegrationKind.VISMA,
        name="Visma eEkonomi",
        company_number=organisation.org_number,
        assigned_as_reference=True,
        last_run_at=at + LATER,
        created_at=at + LATER,
    )
    book.keep(visma)
    book.tell(at + LATER, "integration.added", james, visma)
    book.tell(at + LATER + SOON, "integration.tested", james, visma, file="visma-customer-10001.csv")
