"""A house with everything in it twice, once per store, and every route's arguments: what the tests of the
doors walk through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from werkzeug.routing import Rule

from models import TABLES
from models.access_request import AccessRequest
from models.article import Article
from models.auto_article import AutoArticle
from models.base import Record, db, now
from models.category import Category
from models.customer import Customer
from models.erasure import Erasure, ErasureStatus
from models.facility import Facility
from models.file import File, FileKind, FileState
from models.import_job import ImportJob
from models.merge import Merge
from models.nouns import NOUNS
from models.order import Order, OrderStatus
from models.organisation import Store
from models.person import Person
from models.person_export import PersonExport
from models.portal import PortalAccount
from models.protocol import Protocol, ProtocolStatus
from models.saved_filter import SavedFilter
from models.session import Link, Purpose, Session
from models.user import User
from tasks import vault
from tests import factories
from tests.cast import Cast, work

# Arguments that are no ids; a new kind of argument gets its example here.
EXAMPLES = {
    "kind": "csv",
    "token": "x" * 43,
    "code": "right.missing",
    "number": "012",
    "noun": "customer",
    "signer": "technician",
    "name": "customers",
    "filename": "css/tokens.css",
    "register": "customers",
}
OTHERS = {"filter": SavedFilter, "request": AccessRequest}
# nouns that no store or customer owns
HOUSEWIDE = {"organisation", "store", "user", "checklist", "custom_field", "category"}
HOUSEWIDE |= {"article", "article_group", "discount_letter"}
HOUSEWIDE |= {"user_group", "permission_template", "integration"}


@dataclass
class Branch:
    """One store's part of the house: a customer and one record of every kind, by its table's name."""

    store: Store
    customer: Customer
    facility: Facility
    person: User
    records: dict[str, Record]

    def id_of(self, kind: type[Record]) -> int:
        return self.records[kind._meta.table_name].id

    def files(self) -> list[File]:
        return list(File.select().where(File.customer == self.customer))


def furnish(cast: Cast) -> tuple[Branch, Branch]:
    """The northern and the southern branch, each with one of everything."""
    bath = factories.customer(cast.house.south, "Malmö Bad AB", number="2042")
    pool = factories.facility(bath, "Pool, Ribersborg", address="Badvägen 1")
    swimmer = factories.portal_user(bath, "Stina Simmare")
    checklist = factories.checklist()
    factories.custom_field(cast.owner, "Floor", "number", "facility", unit="m", in_list=True)
    housewide = [
        cast.technician.group,
        factories.permission_template(cast.owner, message__view="give"),
        factories.integration(cast.owner),
    ]
    field = factories.custom_field(cast.owner, "Key box code", hidden=True, in_list=True, searchable=True)
    north = branch(cast, cast.house.north, cast.lovskar, cast.shop, cast.marit, checklist)
    south = branch(cast, cast.house.south, bath, pool, swimmer, checklist)
    for part in (north, south):
        part.records |= {record._meta.table_name: record for record in (field, *housewide)}
        setattr(part.customer, field.name, f"Code of {part.store.number}")
        part.customer.save()
    work()
    for part in (north, south):
        part.records["message"] = NOUNS["message"].get(NOUNS["message"].customer == part.customer)
    return north, south


def branch(cast: Cast, store: Store, customer: Customer, facility: Facility, person: User, checklist) -> Branch:
    by = cast.owner
    name, email = f"Contact {store.number}", f"contact{store.number}@customer.example"
    contact = factories.contact(customer, name, email=email)
    category = Category.get_or_create(name=f"Housing {store.number}")[0]
    goods = article(by)
    letter = factories.discount_letter(by, number=f"R{store.number}")
    AutoArticle.put(customer, {"article": goods, "quantity": 2, "on_work": True, "on_service": False}, by=by)
    unit = factories.service_object(facility, f"Unit {store.number}", serial_number=f"SN-{store.number}")
    report = factories.fault_report(
        person, customer, facility, contact_name=name, contact_email=email, service_object=unit
    )
    order = factories.order(by, customer, facility, points=checklist, service_object=unit)
    protocol = signed(factories.order(by, customer, facility), by)
    report.comment("Between ourselves", internal=True, by=by)
    files = [attach(record, by) for record in (customer, facility, report, order, protocol, unit)]
    quote = factories.quote(by, customer, facility, contact=contact)
    lines = [owner.add_line({"article": goods}, by=by) for owner in (order, quote)]
    kept = SavedFilter.keep(by, "customers", f"Mine in {store.number}", {"q": "x"}, default=False)
    AccessRequest.ask(cast.nobody, store)
    twin = factories.customer(store, f"Twin in {store.number}")
    merge = Merge.perform(customer, twin, {}, by=by)
    records = [
        organisation(),
        store,
        cast.technician,
        customer,
        contact,
        facility,
        unit,
        report,
        order,
        protocol,
        *lines,
        quote,
        AutoArticle.of(customer)[0],
        goods,
        goods.group,
        letter,
        files[2],
        merge,
        kept,
        checklist,
        category,
    ]
    records += [PortalAccount.of(person), AccessRequest.get(AccessRequest.store == store), import_job(store, by)]
    records += [PersonExport.ask(Person([contact]), by=by), erasure(customer, by)]
    return Branch(store, customer, facility, person, {record._meta.table_name: record for record in records})


def article(by: User) -> Article:
    """One that both branches sell."""
    return Article.get_or_none(Article.number == "4711") or factories.article(by)


def signed(order: Order, by: User) -> Protocol:
    """The protocol of an order that is performed; its paper counts as made, so that no test prints it."""
    Order.update(status=OrderStatus.PERFORMED, performed_at=now()).where(Order.id == order.id).execute()
    with db.atomic():
        protocol = Protocol.sign(order, by=by)
    Protocol.update(status=ProtocolStatus.READY).where(Protocol.id == protocol.id).execute()
    return protocol


def text_of(answer: Any) -> str:
    """What came, also where it is a picture."""
    return answer.get_data().decode("utf-8", "replace")


def organisation() -> Record:
    return NOUNS["organisation"].current()


def attach(record: Record, by: User) -> File:
    key = File.new_key("jpg")
    vault().put(key, b"\xff\xd8\xff\xe0 a picture")
    return File.attach(
        record,
        by=by,
        tell=False,
        kind=FileKind.PHOTO,
        state=FileState.READY,
        name="gauge.jpg",
        mime="image/jpeg",
        size=14,
        key=key,
        shown_key=key,
        thumb_key=key,
    )


def erasure(customer: Customer, by: User) -> Erasure:
    """One that is done, of somebody who is gone."""
    facts = {"subjects": [["contact", 0]], "language": "en", "country": "SE", "by": by, "store": customer.store_id}
    return Erasure.create(number=customer.id, status=ErasureStatus.DONE, counts={"details": 1}, **facts)


def import_job(store: Store, by: User) -> ImportJob:
    key, raw = File.new_key("csv"), b"Name;Town\nLilla Kaffet;Kiruna\n"
    vault().put(key, raw)
    facts = {"register": "customers", "name": "customers.csv", "key": key, "sha256": "0" * 64, "size": len(raw)}
    return ImportJob.create(
        **facts, headings=["Name", "Town"], delimiter=";", encoding="utf-8", row_count=1, store=store, by=by
    )


def arguments(rule: Rule, door: Any, branch: Branch) -> dict[str, Any]:
    """What to fill the route's blanks with, so that they name this branch's records."""
    return {name: argument(name, door, branch) for name in rule.arguments}


def argument(name: str, door: Any, branch: Branch) -> Any:
    if name in EXAMPLES:
        return EXAMPLES[name]
    kind = OTHERS.get(name[:-3]) or NOUNS.get(name[:-3]) if name.endswith("_id") else (door.noun or Customer)
    if kind is Session:
        return (
            Session.get(Session.user == branch.person).id
            if Session.select().where(Session.user == branch.person).exists()
            else 0
        )
    assert kind is not None, f"tests/world.py does not know what <{name}> is"
    return branch.id_of(kind)


def routes(app) -> list[tuple[Rule, str, Any]]:
    """(rule, method, door) of every route but the static files."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found += [(rule, method, app.view_functions[rule.endpoint].door) for method in methods]
    return sorted(found, key=lambda route: (route[0].rule, route[1]))


def address(app, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


UNSEEN = {("session", "seen_at")}  # a sign of life is no change


def snapshot() -> dict[str, list[tuple]]:
    """Every row of every table."""
    return {table._meta.table_name: rows_of(table) for table in TABLES}


def rows_of(table: type[Record]) -> list[tuple]:
    fields = [field for field in table._meta.sorted_fields if (table._meta.table_name, field.name) not in UNSEEN]
    return list(table.select(*fields).order_by(table.id).tuples())


def changed(before: dict[str, list[tuple]], after: dict[str, list[tuple]]) -> list[str]:
    return [name for name in before if before[name] != after[name]]


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change something, while it is open."""
    written: list[str] = []

    def note(event) -> None:
        if event.sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(event.sql[:120])

    db.obj.query_hooks.append(note)
    try:
        yield written
    finally:
        db.obj.query_hooks.remove(note)


def reset_link(user: User) -> str:
    return Link.issue(user, Purpose.RESET)


class Forms(HTMLParser):
    """Every posting form of a page: where it goes and what it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.fields: dict[str, Any] | None = None
        self.area = self.select = ""

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form" and facts.get("method") == "post":
            self.fields = {}
            self.found.append((facts.get("action", ""), self.fields))
        if self.fields is None:
            return
        name, kind = facts.get("name"), facts.get("type", "text")
        if tag == "input" and name and (kind not in ("radio", "checkbox", "file") or "checked" in facts):
            self.fields.setdefault(name, []).append(facts.get("value", "y"))
        if tag == "button" and facts.get("formaction"):
            self.found.append((facts["formaction"], self.fields))
        if tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and ("selected" in facts or self.select not in self.fields):
            self.fields[self.select] = [facts.get("value", "")]

    def handle_data(self, data):
        if self.area and self.fields is not None:
            self.fields[self.area] = [self.fields[self.area][0] + data]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = ""
        if tag == "select":
            self.select = ""
        if tag == "form":
            self.fields = None


def forms_of(html: str, here: str) -> list[tuple[str, dict[str, Any]]]:
    parser = Forms()
    parser.feed(html)
    return [(action or here, fields) for action, fields in parser.found if action != "/account/logout"]
