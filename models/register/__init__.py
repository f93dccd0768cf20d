"""Registers that can be imported: customers, contacts, facilities and service objects, fault reports, articles."""

from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.register.articles import Articles
from models.register.column import Column, propose
from models.register.contacts import Contacts
from models.register.customers import Customers
from models.register.facilities import Facilities
from models.register.fault_reports import FaultReports
from models.register.problems import Problem
from models.register.register import Outcome, Register, Row
from models.register.rules import Rules
from models.register.service_objects import ServiceObjects

__all__ = ["Column", "Outcome", "Problem", "Register", "RegisterName", "Row", "Rules", "propose"]


class RegisterName(Choice):
    """In the order they are brought in: contacts and facilities need their customer, service objects their facility."""

    CUSTOMERS = "customers", _l("Customers")
    CONTACTS = "contacts", _l("Contacts")
    FACILITIES = "facilities", _l("Facilities")
    SERVICE_OBJECTS = "service_objects", _l("Service objects")
    FAULT_REPORTS = "fault_reports", _l("Fault reports")
    ARTICLES = "articles", _l("Articles")

    @property
    def register(self) -> type[Register]:
        return REGISTERS[self]

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.register.every_column()


REGISTERS: dict[RegisterName, type[Register]] = {
    RegisterName.CUSTOMERS: Customers,
    RegisterName.CONTACTS: Contacts,
    RegisterName.FACILITIES: Facilities,
    RegisterName.SERVICE_OBJECTS: ServiceObjects,
    RegisterName.FAULT_REPORTS: FaultReports,
    RegisterName.ARTICLES: Articles,
}
