"""What is measured: P1 to P12, each against the null route or the least it could cost."""

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.driver import Client, Timing, load, post_for, together
from tests.bench.server import NULL, Server, serving
from tests.processes import ROOT
from tests.stand_ins.smtp import mail_server

SECONDS, MANY = 2.0, 8
PAGES = {
    "customer list": "/customers/",
    "customer search": "/customers/?q=berghotell",
    "customer card": "/customers/{customer}",
    "report list": "/fault-reports/",
    "order list": "/orders/",
}
MORE = ("/today/", "/facilities/", "/protocols/", "/messages/", "/fault-reports/waiting", "/orders/new")
IDLE_SECONDS = 80
LETTERS, KILLS = 10_000, 20


def python(code: str, data: Path, **more: str) -> str:
    """Run a piece of the bench beside this process, on that data; what it printed."""
    environment = {**os.environ, "DATA_DIR": str(data), "PASSWORD_COST": "low", **more}
    environment.pop("KUNDBOK_TESTING", None)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout.splitlines()[-1]


BUILD = """
import json
from app import create_app
app = create_app()
with app.app_context():
    from tests.bench import world
    print(json.dumps(world.build({rows})))
"""


def built(data: Path, rows: int) -> dict[str, int]:
    start = perf_counter()
    facts = json.loads(python(BUILD.format(rows=rows), data))
    print(f"({rows:,} customers built in {perf_counter() - start:.0f} s)", flush=True)
    return facts


class House:
    """One server with its data, and eight people who are logged in."""

    def __init__(self, server: Server, rows: int, facts: dict[str, int], bench):
        self.server, self.rows, self.facts, self.bench = server, rows, facts, bench
        self.cookies = [Client(server.port).log_in("owner").cookie for _ in range(MANY)]
        load(server.port, self.cookies, ["/customers/"], 1)  # warm
        self.null = self.ask(NULL)

    def ask(self, *paths: str, connections: int = MANY) -> Timing:
        return load(self.server.port, self.cookies[:connections], list(paths), SECONDS)

    def pages(self) -> None:
        for what, path in PAGES.items():
            path = path.format(**self.facts)
            alone, crowd = self.ask(path, connections=1), self.ask(path)
            self.bench.middle[self.rows, what] = alone.p50
            print(
                f"     {what}: p50 {alone.p50:.1f} ms alone; {crowd.p50:.1f}, p95 {crowd.p95:.1f} ms, "
                f"{crowd.rate:.0f}/s of eight; null p95 {self.null.p95:.1f} ms"
            )
            self.bench.note("P1", what, self.rows, MANY, crowd.p95 / self.null.p95, 6, "x null")

    def sizes(self) -> None:
        client, sizes = Client(self.server.port, self.cookies[0]), {}
        for path in (*PAGES.values(), *MORE):
            status, html = client.ask(path.format(**self.facts))
            assert status == 200, (status, path)
            sizes[path] = len(html) / 1000
        biggest = max(sizes, key=sizes.get)
        self.bench.note("P11", f"HTML of {biggest}", self.rows, 1, sizes[biggest], 100, "kB")
        first = first_visit(Client(self.server.port))
        self.bench.note("P11", "first visit, compressed", self.rows, 1, first, 60, "kB")

    def papers(self) -> None:
        stored = self.ask(f"/files/{self.facts['photo']}")
        self.bench.note("P7", "stored photo", self.rows, MANY, stored.p95 / self.null.p95, 2, "x null")

    def reports(self) -> None:
        path = f"/fault-reports/new?facility={self.facts['facility']}"
        form = {"heading": "Ice", "priority": "normal", "customer": "205"}
        jobs = [(self.server.port, cookie, path, form, SECONDS) for cookie in self.cookies]
        made, least = together(post_for, jobs), durable(self.server.data) * 1000 * MANY
        ratio = made.p95 / (least + self.null.p95)
        print(f"     fault report: p50 {made.p50:.1f}, p95 {made.p95:.1f} ms; eight commits {least:.1f}")
        self.bench.note("P4", "new fault report", self.rows, MANY, ratio, 3, "x commit")

    def undisturbed(self) -> None:
        """P8: the list again while a thousand letters are written and PDFs made."""
        calm = self.ask(PAGES["customer list"])
        code = DISTURB.format(seconds=SECONDS + 3)
        environment = {**os.environ, "DATA_DIR": str(self.server.data)}
        noise = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        noise.stdout.readline()
        loud = self.ask(PAGES["customer list"])
        noise.wait(60)
        self.bench.note("P8", "customer list beside work", self.rows, MANY, loud.p95 / calm.p95, 2, "x calm")

    def idle(self) -> None:
        time.sleep(IDLE_SECONDS)
        self.bench.note("P9", "idle memory, PSS", self.rows, 0, self.server.memory(), 200, "MB")
        waited = float(python(RING, self.server.data))
        self.bench.note("P10", f"a task starts after {IDLE_SECONDS} s", self.rows, 0, waited, 0.5, "s")


DISTURB = """
import time
from app import create_app
app = create_app()
with app.app_context():
    from models.base import connection, db
    from models.customer import Customer
    from models.event import Event
    from models.user import User
    from tasks import pdf
    from tests import paper
    with connection():
        owner, elin = User.get(User.login == "owner"), User.get(User.login == "elin")
        with db.atomic():
            for customer in Customer.select().limit(1000):
                Event.record("customer.assigned", by=owner, about=customer, person="E", person_id=elin.id)
        print("working", flush=True)
        end = time.monotonic() + {seconds}
        while time.monotonic() < end:
            pdf.render(paper.html(paper.order()), images=paper.IMAGES, language="sv")
"""

RING = """
import time
from app import create_app
app = create_app()
with app.app_context():
    from models.base import connection, db
    from models.customer import Customer
    from models.event import Event
    from models.user import User
    with connection():
        owner, elin = User.get(User.login == "owner"), User.get(User.login == "elin")
        start = time.monotonic()
        with db.atomic():
            facts = dict(person="E", person_id=elin.id)
            event = Event.record("customer.assigned", by=owner, about=Customer.select().first(), **facts)
        while not Event.get_by_id(event.id).dispatched_at and time.monotonic() - start < 20:
            time.sleep(0.01)
        print(time.monotonic() - start)
"""


def durable(data: Path) -> float:
    """Seconds of the least durable write: one row, one commit."""
    database = sqlite3.connect(data / "least.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=wal; PRAGMA synchronous=full; CREATE TABLE t (x)")
    taken = []
    for number in range(100):
        start = perf_counter()
        database.execute("INSERT INTO t VALUES (?)", (number,))
        taken.append(perf_counter() - start)
    return median(taken)


def first_visit(client: Client) -> float:
    """Kilobytes over the wire until a stranger sees the login page."""
    total = 0
    waiting, asked = ["/login/"], set()
    while waiting:
        path = waiting.pop()
        asked.add(path)
        client.connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
        answer = client.connection.getresponse()
        body = answer.read()
        total += len(body)
        if path == "/login/":
            found = re.findall(r'(?:src|<link rel="stylesheet" href)="(/static/[^"]+)"', body.decode())
            waiting += set(found) - asked
    return total / 1000


SEARCH = """
import json
from time import perf_counter
from statistics import median
from app import create_app
app = create_app()
def taken(act):
    rounds = []
    for _ in range(30):
        start = perf_counter()
        act()
        rounds.append(perf_counter() - start)
    return median(rounds) * 1000
with app.app_context():
    from models import listings
    from models.base import connection, db
    from models.customer import Customer
    from models.listing import Request
    from models.user import User
    with connection():
        owner = User.get(User.login == "owner")
        found = 'SELECT id, number, name, town FROM customer WHERE id IN '
        found += '(SELECT rowid FROM customer_search WHERE customer_search MATCH ?) LIMIT 8'
        ours = Customer.visible_to(owner).where(Customer.matches("polarbrygga"))
        ours = ours.select(Customer.id, Customer.number, Customer.name, Customer.town).limit(8)
        none = ours.clone().where(Customer.matches("xyzzyq"))
        nobody = Customer.select(Customer.id).where(Customer.matches("xyzzyq")).limit(8)
        like = "SELECT id FROM customer WHERE search_text LIKE '%xyzzyq%' LIMIT 8"
        facts = dict(
            hand=taken(lambda: db.execute_sql(found, ('"polarbrygga"',)).fetchall()),
            ours=taken(lambda: list(ours.clone().namedtuples())),
            nobody=taken(lambda: list(nobody.clone().tuples())),
            like=taken(lambda: db.execute_sql(like).fetchall()),
        )
        print(json.dumps(facts))
"""


def search(bench, data: Path, rows: int) -> None:
    facts = json.loads(python(SEARCH, data))
    print("     search:", {name: f"{value:.2f} ms" for name, value in facts.items()})
    bench.note("P3", "search and fetch", rows, 1, facts["ours"] / facts["hand"], 1.5, "x by hand")
    bench.note("P3", "search without hits", rows, 1, facts["nobody"] / facts["like"], 0.01, "x LIKE")


FILL = """
from app import create_app
app = create_app()
with app.app_context():
    from models.base import connection, db
    from models.customer import Customer
    from models.event import Event
    from models.message import Message
    from models.user import User
    with connection():
        owner, elin = User.get(User.login == "owner"), User.get(User.login == "elin")
        Event.update(dispatched_at=owner.created_at).where(Event.dispatched_at.is_null()).execute()
        Message.delete().where(Message.state.in_(["planned", "held", "failed"])).execute()
        customer = Customer.select().first()
        with db.atomic():
            for _ in range({letters}):
                Event.record("customer.assigned", by=owner, about=customer, person="E", person_id=elin.id)
    print("filled")
"""


def letters(bench, data: Path) -> None:
    """P12: ten thousand letters through a mail server on loopback; the worker is killed twenty times on the way."""
    python(FILL.format(letters=LETTERS), data)
    chance, start, limit = random.Random(12), time.monotonic(), 150
    with mail_server() as server, serving(data, SMTP_URL=server.url) as house:
        for kill in range(1, KILLS + 1):
            wait(lambda kill=kill: len(server.raw) > LETTERS * kill // (KILLS + 1), limit / KILLS)
            time.sleep(chance.uniform(0, 0.2))
            house.kill_worker()
        wait(lambda: len(server.raw) >= LETTERS and len(arrived(server)) >= LETTERS, start + limit - time.monotonic())
        took = time.monotonic() - start
    repeated = len(server.raw) - len(arrived(server))
    bench.note("P12", f"{LETTERS:,} letters, {KILLS} kills", LETTERS, 1, took, 60, "s")
    bench.note("P12", "letters lost", LETTERS, 1, LETTERS - len(arrived(server)), 0, "letters")
    bench.note("P12", "sent again under the same key", LETTERS, 1, repeated, KILLS, "letters")


def arrived(server) -> set[bytes]:
    """The identities of the letters that the mail server took."""
    return {re.search(rb"(?im)^message-id: *(\S+)", raw)[1] for raw in list(server.raw)}


def wait(true, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():
        time.sleep(0.2)


def imports_and_papers(bench) -> None:
    """P5 and P6, by their own benches."""
    code = "from tests.bench import imports; print(*imports.measure(10_000, 1))"
    least, whole = map(float, python(code, Path("var"), KUNDBOK_TESTING="1").split())
    bench.note("P5", "import", 10_000, 1, whole / least, 4, "x least")
    code = (
        "from tests.bench import pdf\n"
        "sheets = pdf.documents().values()\n"
        "print(*(ours / bare for ours, bare, *_ in (pdf.compare(*sheet, 5) for sheet in sheets)))"
    )
    for name, ratio in zip(("order", "protocol", "long protocol"), python(code, Path("var")).split(), strict=True):
        bench.note("P6", f"PDF of a {name}", 1, 1, float(ratio), 1.3, "x bare")
