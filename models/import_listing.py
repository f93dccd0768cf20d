"""The list of imports."""

from typing import Any

from flask_babel import lazy_gettext as _l

from models.import_job import ImportJob
from models.import_standing import ImportStatus
from models.list_parts import Lazily, choices, status_filter
from models.listing import Column, Filter, Listing
from models.register import RegisterName
from models.user import User


@Lazily
def imports() -> Listing:
    return Listing(
        "imports",
        ImportJob,
        sort="at",
        descending=True,
        source=lambda user: ImportJob.visible_to(user),
        joined=lambda: ImportJob.select().join(User),
        keep=(ImportJob.row_count, User.name.alias("by_name")),
        columns=(
            Column("name", _l("File"), ImportJob.name, wide=True),
            Column("register", _l("Register"), ImportJob.register, sortable=False),
            Column("at", _l("When"), ImportJob.at, sort=ImportJob.id, numeric=True),
            Column("by", _l("By"), User.name),
            Column("created", _l("Created"), ImportJob.created, numeric=True),
            Column("updated", _l("Updated"), ImportJob.updated, numeric=True),
            Column("skipped", _l("Skipped"), ImportJob.skipped, numeric=True, less_needed=True),
            Column("rejected", _l("Rejected"), ImportJob.rejected, numeric=True),
            Column("status", _l("Status"), ImportJob.status, sortable=False),
        ),
        filters=(
            status_filter(ImportJob, ImportStatus, ImportJob.status),
            Filter(
                "register",
                _l("Register"),
                lambda value: ImportJob.register == RegisterName(value),
                choices(RegisterName),
            ),
        ),
        search=lambda text: ImportJob.name.contains(text.strip()) | ImportJob.by.in_(_named(text.strip())),
    )


def _named(text: str) -> Any:
    return User.select(User.id).where(User.name.contains(text))
