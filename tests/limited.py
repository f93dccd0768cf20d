"""A person with exactly the rights a test names, and two customers: one assigned to them, one of others."""

from dataclasses import dataclass

from models.customer import Customer
from models.fault_report import FaultReport
from models.file import File
from models.order import Order
from models.portal import PortalAccount
from models.rights import Right, Role
from models.user import User, UserRight
from tests import factories
from tests.cast import Cast
from tests.world import attach


@dataclass
class Part:
    """A customer with one of everything that must not be seen by others."""

    customer: Customer
    order: Order
    report: FaultReport
    file: File
    account: PortalAccount


@dataclass
class Stage:
    cast: Cast
    person: User
    mine: Part
    other: Part

    def allow(self, *rights: Right) -> None:
        """These and no others, from the next request on."""
        UserRight.delete().where(UserRight.user == self.person).execute()
        for right in Right.of_staff():
            if (right in rights) != (right in self.person.role.rights):
                UserRight.create(user=self.person, right=right, granted=right in rights)
        self.person.forget_rights()

    @property
    def browser(self):
        return self.cast.at(self.person)

    @property
    def ids(self) -> dict[str, int]:
        """For addresses: {mine}, {other} and what belongs to the other one."""
        return {
            "mine": self.mine.customer.id,
            "other": self.other.customer.id,
            "account": self.other.account.id,
            "file": self.other.file.id,
            "myfile": self.mine.file.id,
        }


def stage(cast: Cast) -> Stage:
    person = factories.user(Role.CASHIER, "Ronja Rätt", stores=(cast.house.north,))
    made = Stage(cast, person, part(cast, "Granlunds Bageri AB"), part(cast, "Zettervalls Rör AB"))
    made.mine.customer.assign([person], by=cast.owner)
    cast.at(person)
    return made


def part(cast: Cast, name: str) -> Part:
    customer = factories.customer(cast.house.north, name, email=f"post@{name.split()[0].casefold()}.example")
    place = factories.facility(customer, f"Place of {name}")
    factories.contact(customer, f"Contact of {name}")
    order = factories.order(cast.owner, customer, place, heading=f"Order of {name}")
    report = factories.fault_report(cast.owner, customer, place, heading=f"Report of {name}")
    customer.comment(f"Remark about {name}", by=cast.owner)
    user = factories.portal_user(customer, f"User of {name}", login=f"user{customer.id}")
    return Part(customer, order, report, attach(customer, cast.owner), PortalAccount.of(user))
