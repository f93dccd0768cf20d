"""Plain functions that make what a test needs, with believable defaults and nothing random."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from models.article import Article, ArticleGroup
from models.base import Language, db
from models.checklist import Checklist, ChecklistPoint, PointKind
from models.contact import Contact
from models.custom_field import CustomField, FieldKind, Owner
from models.customer import Customer
from models.discount_letter import DiscountLetter
from models.facility import Facility
from models.fault_report import FaultReport, Source
from models.integration import Integration, IntegrationKind
from models.order import Order
from models.organisation import Organisation, Store
from models.permission_template import Difference, PermissionTemplate
from models.portal import PortalAccount, PortalCustomer, PortalFacility
from models.quote import Quote
from models.rights import Role
from models.service_object import ServiceObject
from models.user import StoreAccess, User
from models.user_group import UserGroup

PASSWORD = "correct horse battery"  # noqa: S105  a test's own
_numbers = count(1)


@dataclass
class House:
    organisation: Organisation
    north: Store
    south: Store


def house() -> House:
    organisation = Organisation.create(
        language=Language.EN,
        name="Norrvik Kyla",
        org_number="559000-0042",
        email="hej@norrvik.example",
        phone="0980-319 201",
        town="Kiruna",
    )
    north = Store.create(number="012", name="Norrvik Kyla Kiruna", town="Kiruna")
    south = Store.create(number="031", name="Norrvik Kyla Malmö", town="Malmö")
    return House(organisation, north, south)


def user(role: Role, name: str, *, login: str = "", stores: tuple[Store, ...] = (), **values: Any) -> User:
    """A person with the password PASSWORD; staff without stores work nowhere."""
    login = login or name.split()[0].casefold()
    values = {"email": f"{login}@norrvik.example", "language": Language.EN, **values}
    made = User.found(login, name, role, password=PASSWORD, **values)
    for store in stores:
        StoreAccess.create(user=made, store=store)
    return made


def user_group(name: str) -> UserGroup:
    """The group of this name, made where there is none."""
    last = UserGroup.select().count()
    return UserGroup.get_or_none(UserGroup.name == name) or UserGroup.create(name=name, position=last + 1)


def permission_template(by: User, name: str = "Night shift", role: Role = Role.TECHNICIAN, **given: Any):
    """`given` names rights with `_` for the dot: message__view="give"."""
    differences = {right.replace("__", "."): Difference(state) for right, state in given.items()}
    return PermissionTemplate.add({"name": name, "role": role, **differences}, by=by)


def integration(by: User, name: str = "Visma", **values: Any) -> Integration:
    facts = {"kind": IntegrationKind.VISMA, "name": name, "company_number": "559000-0042"}
    return Integration.add({**facts, **values}, by=by)


def customer(store: Store, name: str = "Lövskär Livs AB", *, number: str = "", **values: Any) -> Customer:
    number = number or str(10_000 + next(_numbers))
    return Customer.create(
        store=store, name=name, number=number, **{"town": "Kiruna", "email": "info@lovskar.example", **values}
    )


def custom_field(by: User, label: str, kind: str = "text", owner: str = "customer", **values: Any) -> CustomField:
    given = {"label": label, "kind": FieldKind(kind), "owner": Owner(owner), **values}
    return CustomField.add(given, by=by)


def contact(of: Customer, name: str = "Marit Olofsgård", **values: Any) -> Contact:
    return Contact.create(
        customer=of,
        name=name,
        **{"email": "marit@lovskar.example", "phone": "070-174 06 16", "send_protocol": True, **values},
    )


def facility(of: Customer, name: str = "Store, Lövskärsvägen 4", **values: Any) -> Facility:
    return Facility.create(
        customer=of, store=of.store_id, name=name, **{"town": "Kiruna", "address": "Lövskärsvägen 4", **values}
    )


def service_object(at: Facility, name: str = "Heat pump", **values: Any) -> ServiceObject:
    facts = {"number": f"U{next(_numbers)}", "customer": at.customer, "store": at.store_id, **values}
    return ServiceObject.create(facility=at, name=name, **facts)


def fault_report(by: User, of: Customer | None = None, at: Facility | None = None, **values: Any) -> FaultReport:
    facts = {
        "heading": "Cold room 2 will not go below +9",
        "description": "Ice on the outdoor unit.",
        "customer": of,
        "facility": at,
    }
    facts |= {
        "contact_name": "Marit Olofsgård",
        "contact_phone": "070-174 06 16",
        "contact_email": "marit@lovskar.example",
    }
    source = Source.PORTAL if by.is_portal else Source.STAFF
    return FaultReport.report({**facts, **values}, by=by, source=source)


def checklist(name: str = "Yearly service", *, default: bool = True) -> Checklist:
    made = Checklist.create(name=name, is_default=default)
    ChecklistPoint.create(checklist=made, position=1, group="Unit", text="Clean the condenser")
    ChecklistPoint.create(
        checklist=made,
        position=2,
        group="Unit",
        text="Suction pressure",
        kind=PointKind.NUMBER,
        unit="bar",
        low="2.0",
        high="3.5",
    )
    ChecklistPoint.create(checklist=made, position=3, group="Safety", text="Emergency stop works")
    return made


def order(by: User, of: Customer, at: Facility, *, points: Checklist | None = None, **values: Any) -> Order:
    return Order.add({"heading": "Yearly service", "customer": of, "facility": at, **values}, checklist=points, by=by)


def article_group(by: User, name: str = "Filters", **values: Any) -> ArticleGroup:
    known = ArticleGroup.get_or_none(ArticleGroup.name == name)
    return known or ArticleGroup.add({"name": name, **values}, by=by)


def article(by: User, number: str = "4711", name: str = "Filter G4", **values: Any) -> Article:
    """In the group Filters, for 349.00 a piece, bought at 120.50."""
    group = values.pop("group", None) or article_group(by)
    prices = {"sales_price": 34_900, "purchase_price": 12_050, "vat": Decimal(25), "unit": "pcs"}
    return Article.add({"number": number, "name": name, "group": group, **prices, **values}, by=by)


def discount_letter(by: User, number: str = "R1", **values: Any) -> DiscountLetter:
    return DiscountLetter.add({"number": number, "name": "Regulars", "percent": Decimal(10), **values}, by=by)


def quote(by: User, of: Customer, at: Facility, **values: Any) -> Quote:
    facts = {"heading": "New heat pump", "valid_until": Quote.usual_end()}
    return Quote.add({**facts, "customer": of, "facility": at, **values}, by=by)


def portal_user(
    of: Customer, name: str, *, login: str = "", facilities: tuple[Facility, ...] | None = None, **switches: Any
) -> User:
    """A customer's user with a password; without `facilities` all of the customer's are linked."""
    made = user(Role.PORTAL, name, login=login, email=f"{(login or name.split()[0]).casefold()}@customer.example")
    PortalAccount.create(user=made, **switches)
    PortalCustomer.create(user=made, customer=of, whole=facilities is None)
    for linked in facilities or ():
        PortalFacility.create(user=made, facility=linked)
    return made


def committed(verb) -> Any:
    """Run inside a transaction, as a verb's caller would."""
    with db.atomic():
        return verb()
