"""A year at the demo company, played day by day: what is not done by today is still open."""

from datetime import datetime, timedelta

from models.customer import Customer, CustomerAssignment
from models.facility import Facility
from models.fault_report import (
    FaultReport,
    Priority,
    Rejection,
    ReportAssignment,
    ReportStatus,
    Source,
)
from models.order import Order, OrderAssignment, OrderKind, OrderStatus
from models.series import Series
from models.service_object import ServiceObject
from models.user import User
from tasks.demo import words
from tasks.demo.album import Album
from tasks.demo.book import Book
from tasks.demo.people import Company, new_name
from tasks.demo.plan import ZONE, Plan, in_office_hours, morning, workday
from tasks.demo.register import add_customer
from tasks.demo.work import answer_points, copy_points, sign

FIRST_REPORT, FIRST_ORDER = 1001, 101
CLEANING = "Städning"


class Year(Plan):
    """Each method is something that somebody does, and plans what follows from it."""

    def __init__(self, book: Book, company: Company, album: Album):
        super().__init__(book)
        self.company, self.album = company, album

    def live(self, since: datetime) -> None:
        self.fill(since)
        self.play()

    def fill(self, since: datetime) -> None:
        """Reports come on most working days, more in the cold months; service is planned well ahead."""
        for day in range((self.book.moment - since).days + 1):
            moment = morning((since + timedelta(days=day)).astimezone(ZONE).date())  # whatever the hour of the loading
            cold = moment.month in (10, 11, 12, 1, 2, 3)
            for _ in range(self.chance.choice((0, 0, 1, 1) if cold else (0, 0, 0, 1))):
                self.at(in_office_hours(moment + self.minutes(0, 500)), self.report)
            if day % 7 == 0:
                self.at(in_office_hours(moment + self.minutes(0, 500)), self.plan_service)
            if day % 55 == 50:
                self.at(in_office_hours(moment), self.come_and_go)
        self.fill_these_days()

    def fill_these_days(self) -> None:
        """Whatever the weekday, there is something to decide, something under way and something planned."""
        for number in range(11):
            self.at(self.book.moment - timedelta(minutes=25 + 410 * number), self.report_undecided)
        for number in range(4):
            self.at(self.book.moment - timedelta(hours=26 + 5 * number), self.work_today)
            self.at(self.book.moment - timedelta(hours=50 + 5 * number), self.lack_a_part)
        for number in range(16):
            self.at(self.book.moment - timedelta(hours=20 + 7 * number), self.plan_service)

    def come_and_go(self) -> None:
        """A customer leaves, another comes."""
        leaving = self.chance.choice([customer for customer in self.active() if customer.id not in self.company.portal])
        by = self.company.dispatcher(leaving.store)
        leaving.inactive_at, leaving.inactive_by = self.now, by
        self.book.tell(self.now, "customer.inactivated", by, leaving)
        add_customer(
            self.book,
            self.company,
            new_name(self.book),
            "private",
            leaving.store,
            "",
            self.now,
            verb="customer.created",
        )

    def active(self) -> list[Customer]:
        return [customer for customer in self.book.all(Customer) if customer.is_active]

    def customer(self) -> Customer:
        """Those with a login in the portal report more often."""
        known = [customer for customer in self.book.all(Customer) if customer.id in self.company.portal]
        return self.chance.choice(known if self.chance.random() < 0.3 else self.active())

    def report_undecided(self) -> None:
        self.report(decided=False)

    def report(self, *, decided: bool = True) -> None:
        customer = self.customer()
        reporter = self.reporter(customer)
        facility = self.chance.choice(self.company.places[customer.id])
        fault = self.chance.choice(words.CLEAN if facility.category == CLEANING else words.HEAT)
        contact = self.company.contacts[customer.id][0]
        place = None if self.chance.random() < 0.04 else facility
        report = self.book.keep(
            FaultReport(
                number=FIRST_REPORT + len(self.book.all(FaultReport)),
                heading=fault.heading,
                description=fault.description,
                customer=customer,
                facility=place,
                service_object=self.unit(place) if place else None,
                store=customer.store,
                reporter=reporter,
                reported_at=self.now,
                source=Source.PORTAL if reporter.is_portal else Source.STAFF,
                priority=self.priority(),
                contact_name=contact.name,
                contact_phone=contact.mobile,
                contact_email=contact.email,
            )
        )
        self.book.tell(self.now, "fault_report.reported", reporter, report)
        for person in self.responsible(customer):
            self.book.keep(ReportAssignment(report=report, user=person, at=self.now))
        if fault.photo and self.chance.random() < 0.6:
            self.album.add(report, fault.photo, by=reporter, at=self.now)
        self.talk(report, reporter)
        if decided:
            self.decide(report, facility, fault)

    def unit(self, facility: Facility) -> ServiceObject | None:
        """What it is about, mostly: one of those that stand there, each in its turn."""
        units = self.company.units.get(facility.id)
        turn = len(self.book.all(FaultReport)) + len(self.book.all(Order))
        return units[turn % len(units)] if units and turn % 4 else None

    def reporter(self, customer: Customer) -> User:
        people = self.company.portal.get(customer.id, [])
        return (
            self.chance.choice(people)
            if people and self.chance.random() < 0.8
            else self.company.dispatcher(customer.store)
        )

    def responsible(self, customer: Customer) -> list[User]:
        return [row.user for row in self.book.all(CustomerAssignment) if row.customer.id == customer.id]

    def priority(self) -> Priority:
        return self.chance.choices((Priority.NORMAL, Priority.SOON, Priority.EMERGENCY), (70, 22, 8))[0]

    def talk(self, report: FaultReport, reporter: User) -> None:
        if self.chance.random() < 0.25:
            staff = self.company.dispatcher(report.store)
            self.soon(
                self.minutes(15, 90),
                lambda: self.say(report, staff, words.COMMENTS, internal=self.chance.random() < 0.5),
            )
            if reporter.is_portal:
                self.soon(self.minutes(100, 400), lambda: self.say(report, reporter, words.REPLIES, internal=False))

    def say(self, about, by: User, texts: tuple, *, internal: bool) -> None:
        self.book.tell(self.now, "comment.written", by, about, internal=internal, text=self.chance.choice(texts))

    def decide(self, report: FaultReport, facility: Facility, fault: words.Fault) -> None:
        """Accepted in most cases, within hours or days."""
        luck = self.chance.random()
        wait = self.minutes(15, 240) if luck < 0.7 or report.priority.is_pressing else self.minutes(1500, 9000)
        if luck < 0.05:
            self.soon(wait, lambda: self.reject(report))
        elif luck < 0.15 and report.reporter.is_portal:
            self.soon(wait, lambda: self.cancel(report))
        else:
            self.soon(wait, lambda: self.accept(report, facility, fault))

    def reject(self, report: FaultReport) -> None:
        by, reason = self.company.dispatcher(report.store), self.chance.choice(words.REASONS)
        report.status = ReportStatus.REJECTED
        report.version += 1
        self.book.keep(Rejection(report=report, reason=reason, by=by, at=self.now))
        self.book.tell(self.now, "fault_report.rejected", by, report, why=reason)

    def cancel(self, report: FaultReport) -> None:
        report.status = ReportStatus.CANCELLED
        report.version += 1
        self.book.tell(self.now, "fault_report.cancelled", report.reporter, report)

    def accept(self, report: FaultReport, facility: Facility, fault: words.Fault) -> None:
        by = self.company.dispatcher(report.store)
        report.status, report.facility = ReportStatus.ACCEPTED, facility
        report.version += 1
        order = self.order(report.heading, report.description, facility, by, report=report, kind=OrderKind.WORK)
        self.album.carry_over(report, order)
        self.book.tell(self.now, "fault_report.accepted", by, report, order=order.number, order_id=order.id)
        days = 0 if report.priority is Priority.EMERGENCY else self.chance.choice((0, 1, 1, 2, 3, 5))
        self.plan_work(order, days, fault.action)

    def plan_service(self) -> None:
        self.plan_work(self.service_order(), self.chance.randint(4, 18), words.SERVICED)

    def service_order(self) -> Order:
        customer = self.chance.choice(self.active())
        facility = self.chance.choice(self.company.places[customer.id])
        heading = self.chance.choice(words.SERVICE_CLEAN if facility.category == CLEANING else words.SERVICE_HEAT)
        by = self.company.dispatcher(customer.store)
        return self.order(heading, words.BY_AGREEMENT, facility, by, report=None, kind=OrderKind.SERVICE)

    def work_today(self) -> None:
        """One that is being done right now."""
        order = self.service_order()
        order.planned_on = self.book.moment.astimezone(ZONE).date()
        crew = self.crew(order)
        self.assign(order, crew)
        self.at(self.book.moment - self.minutes(5, 30), lambda: self.start(order, crew[0], words.SERVICED))

    def lack_a_part(self) -> None:
        order = self.service_order()
        order.planned_on = workday(self.now.astimezone(ZONE).date() + timedelta(days=self.chance.randint(0, 6)))
        crew = self.crew(order)
        self.assign(order, crew)
        self.wait_for_part(order, crew[0], words.SERVICED)

    def crew(self, order: Order) -> list[User]:
        trade = "Städ" if order.facility.category == CLEANING else "Värme"
        return self.responsible(order.customer) or [self.chance.choice(self.company.technicians(order.store, trade))]

    def order(
        self,
        heading: str,
        description: str,
        facility: Facility,
        by: User,
        *,
        report: FaultReport | None,
        kind: OrderKind,
    ) -> Order:
        customer = facility.customer
        contact = self.company.contacts[customer.id][0]
        order = self.book.keep(
            Order(
                number=FIRST_ORDER + len(self.book.all(Order)),
                heading=heading,
                description=description,
                kind=kind,
                customer=customer,
                facility=facility,
                store=customer.store,
                service_object=report.service_object if report else self.unit(facility),
                report=report,
                priority=report.priority if report else Priority.NORMAL,
                contact_name=contact.name,
                contact_phone=contact.mobile,
                created_at=self.now,
            )
        )
        copy_points(self.book, order, cleaning=facility.category == CLEANING)
        self.book.tell(self.now, "order.created", by, order)
        return order

    def plan_work(self, order: Order, days: int, action: str) -> None:
        """The day and the people; then it is done, or first waits for a part, or comes to nothing."""
        crew = self.crew(order)
        order.planned_on = workday((self.now + timedelta(days=days)).astimezone(ZONE).date())
        if self.chance.random() < 0.95:
            self.soon(timedelta(minutes=4), lambda: self.assign(order, crew))
        begin = max(morning(order.planned_on) + self.minutes(0, 380), self.now + timedelta(minutes=30))
        luck = self.chance.random()
        if luck < 0.03:
            self.soon(self.minutes(60, 900), lambda: self.void(order))
        elif luck < 0.09:
            self.at(begin, lambda: self.wait_for_part(order, crew[0], action))
        else:
            late = timedelta(days=self.chance.randint(1, 4)) if luck > 0.95 else timedelta()
            self.at(in_office_hours(begin + late), lambda: self.start(order, crew[0], action))

    def assign(self, order: Order, crew: list[User]) -> None:
        for person in crew:
            self.book.keep(OrderAssignment(order=order, user=person, at=self.now))
            self.book.tell(
                self.now,
                "order.assigned",
                self.company.dispatcher(order.store),
                order,
                person=person.name,
                person_id=person.id,
            )

    def void(self, order: Order) -> None:
        if order.is_open:
            order.status, order.voided_at = OrderStatus.VOIDED, self.now
            self.step(order, "order.voided", self.company.dispatcher(order.store))

    def wait_for_part(self, order: Order, by: User, action: str) -> None:
        self.turn(order, OrderStatus.WAITING, self.company.dispatcher(order.store))
        self.book.tell(self.now, "comment.written", by, order, internal=True, text=words.COMMENTS[1])
        self.soon(timedelta(days=self.chance.randint(4, 9)), lambda: self.part_came(order, by, action))

    def part_came(self, order: Order, by: User, action: str) -> None:
        self.turn(order, OrderStatus.READY, self.company.dispatcher(order.store))
        self.soon(self.minutes(300, 2000), lambda: self.start(order, by, action))

    def start(self, order: Order, by: User, action: str) -> None:
        order.status, order.started_at = OrderStatus.IN_PROGRESS, self.now
        self.step(order, "order.started", by)
        self.soon(self.minutes(35, 160), lambda: self.perform(order, by, action), even_at_night=True)

    def perform(self, order: Order, by: User, action: str) -> None:
        answered = answer_points(self.book, order, by, self.now)
        order.performed_action = action
        self.step(order, "order.worked", by, points=answered)
        order.status, order.performed_at = OrderStatus.PERFORMED, self.now
        self.step(order, "order.performed", by)
        sign(self.book, order, by, self.now)
        money = self.company.staff["farid"]
        self.soon(timedelta(days=self.chance.randint(2, 6)), lambda: self.turn(order, OrderStatus.TO_INVOICE, money))
        self.soon(timedelta(days=self.chance.randint(9, 20)), lambda: self.turn(order, OrderStatus.INVOICED, money))

    def turn(self, order: Order, status: OrderStatus, by: User) -> None:
        changes = {"status": [order.status, status]}
        order.status = status
        order.version += 1
        self.book.tell(self.now, "order.changed", by, order, changes=changes)

    def step(self, order: Order, verb: str, by: User, **data) -> None:
        order.version += 1
        self.book.tell(self.now, verb, by, order, **data)

    def count_on(self) -> None:
        """The next report and order take the next numbers."""
        self.book.keep(Series(name="fault_report", last=FIRST_REPORT + len(self.book.all(FaultReport)) - 1))
        self.book.keep(Series(name="order", last=FIRST_ORDER + len(self.book.all(Order)) - 1))
