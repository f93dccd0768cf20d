"""Registers that know companies by their number. A new one is a class with `find` and a line in REGISTERS."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from models.organisation import Organisation
from tasks.lookup.contract import Company, CompanyRegister, LookupFailed
from tasks.lookup.json_register import JsonRegister

__all__ = ["LABELS", "REGISTERS", "Company", "CompanyRegister", "LookupFailed", "connected"]

REGISTERS: dict[str, Callable[[str], CompanyRegister]] = {"json": JsonRegister}
LABELS = {"json": _l("A register that answers in JSON")}


def connected(organisation: Organisation) -> CompanyRegister:
    """The register the organisation has chosen; LookupFailed where it has none."""
    if organisation.lookup_kind not in REGISTERS or not organisation.lookup_address:
        raise LookupFailed("lookup.off", permanent=True)
    return REGISTERS[organisation.lookup_kind](organisation.lookup_address)
