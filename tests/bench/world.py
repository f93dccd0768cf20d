"""A house of any size in seconds: one record of each kind made by the app itself, then multiplied inside SQLite."""

from models import schema
from models.base import connection, db
from models.event import Event
from models.message import Message
from models.rights import Role
from tasks import notifications
from tests import factories
from tests.world import attach

FIRST = 1_000  # copies are numbered from here, in every table
WORDS = ("norr", "sol", "berg", "fjord", "malm", "kyla", "skog", "havs", "granit", "polar", "alv")
ENDS = ("livs", "hotell", "skola", "brygga", "lager", "kontor", "bageri", "sjukhus", "garage")
NAME = "(SELECT text FROM word WHERE i = n.i % 11) || (SELECT text FROM ending WHERE i = n.i % 9) || ' ' || n.i"


def build(customers: int) -> dict[str, int]:
    """The house, with so many customers; what the bench asks for, by name."""
    with connection():
        schema.migrate()
        house = factories.house()
        owner = factories.user(Role.OWNER, "Olga Owner", login="owner")
        elin = factories.user(Role.TECHNICIAN, "Elin", login="elin", stores=(house.north,))
        customer = factories.customer(house.north)
        facility = factories.facility(customer)
        factories.contact(customer)
        report = factories.fault_report(owner, customer, facility)
        order = factories.order(owner, customer, facility, points=factories.checklist())
        photo = attach(customer, owner)
        customer.assign([elin], by=owner)
        notifications.run_until_done()
        multiply(customers, customer, facility, report, order)
        db.execute_sql("ANALYZE")
    return {"customer": FIRST + customers // 2, "photo": photo.id, "facility": facility.id}


def multiply(rows: int, customer, facility, report, order) -> None:
    name_lists()
    own = {"customer_id": f"{FIRST} + n.i", "facility_id": f"{FIRST} + n.i"}
    found = f"{NAME} || ' kiruna {FIRST}' || n.i"
    named = {"name": NAME, "sort_name": NAME, "search_text": found}
    copy("customer", customer.id, rows, number="'20' || n.i", **named)
    copy("facility", facility.id, rows, customer_id=own["customer_id"], **named)
    titled = {"number": "10000000 + n.i", "heading": NAME, "search_text": found, **own}
    hour = "datetime('now', '-' || n.i || ' minutes')"
    waiting = "CASE WHEN n.i % 50 THEN 'accepted' ELSE 'waiting' END"
    copy("fault_report", report.id, rows, **titled, reported_at=hour, status=waiting)
    done = "CASE WHEN n.i % 20 THEN 'performed' ELSE 'planned' END"
    copy("work_order", order.id, rows, **titled, report_id="NULL", created_at=hour, status=done)
    event = Event.get(Event.noun == "fault_report").id
    copy("event", event, rows, record_id=f"{FIRST} + n.i", customer_id=own["customer_id"])
    letter, past = Message.select().first().id, own["customer_id"]
    written = {"event_id": f"{FIRST} + n.i", "key": "'k' || n.i", "customer_id": past}
    copy("message", letter, rows, **written, state="'skipped'", read_at="datetime('now')")


def name_lists() -> None:
    for table, words in (("word", WORDS), ("ending", ENDS)):
        db.execute_sql(f"CREATE TEMP TABLE IF NOT EXISTS {table} (i INTEGER PRIMARY KEY, text)")
        for place, text in enumerate(words):
            db.execute_sql(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (place, text))


def copy(table: str, record: int, rows: int, **changed: str) -> None:
    """So many copies of one row, with some columns computed from `n.i`, the copy's number."""
    names = [column.name for column in db.get_columns(table)]
    values = {name: f'r."{name}"' for name in names} | {"id": f"{FIRST} + n.i"} | changed
    listed = ", ".join(f'"{name}"' for name in names)
    picked = ", ".join(values[name] for name in names)
    count = f"SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}"
    with db.atomic():
        db.execute_sql(
            f'WITH RECURSIVE n(i) AS ({count}) INSERT INTO "{table}" ({listed}) '
            f'SELECT {picked} FROM n, "{table}" AS r WHERE r.id = ?',
            (record,),
        )
