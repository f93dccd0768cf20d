"""SQL that is written once answers for the one who asks, with what is true at that moment."""

import subprocess
import sys

from models import listings
from models.base import one_of
from models.customer import Customer
from models.listing import Request
from models.order import Order
from models.ready import Ready, count, listed, ready, slots
from models.rights import Right
from models.user import User, UserRight
from tests import factories
from tests.counting import queries
from tests.processes import ROOT, Installation

BUILD = """
from app import create_app
with create_app().app_context():
    from models.base import connection
    from models.rights import Role
    from tests import factories
    with connection():
        house = factories.house()
        factories.user(Role.DISPATCHER, "Sanna Lindmo", login="dispatcher", stores=(house.north,))
        factories.customer(house.north, "Lövskär Livs AB")
"""
WITHDRAW = """
from app import create_app
with create_app().app_context():
    from models.base import connection
    from models.rights import Right
    from models.user import User, UserRight
    with connection():
        user = User.get(User.login == "dispatcher")
        for right in (Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED):
            UserRight.create(user=user, right=right, granted=False)
"""


def names(user) -> list[str]:
    return [row.shown.name for row in listings.customers().page(user, Request()).rows]


def again(user: User) -> User:
    """The person as the next request reads them."""
    return User.get_by_id(user.id)


def test_a_ready_query_gives_what_the_query_gives_for_each_value(cast):
    customer = Ready(Customer.select().where(Customer.number == slots(1)[0]))
    assert [customer.rows(number)[0].name for number in ("1042", "1033")] == [
        "Lövskär Livs AB",
        "Hotell Midnattssolen AB",
    ]
    assert customer.rows("none") == []


def test_its_sql_is_written_once_and_its_answer_never_kept(cast):
    written = []

    @ready
    def called(name):
        written.append(name)
        return Customer.select(Customer.number).where(Customer.name == name).tuples()

    assert called("Lövskär Livs AB") == [("1042",)]
    factories.customer(cast.house.north, "Lövskär Livs AB", number="2000")
    assert called("Lövskär Livs AB") == [("1042",), ("2000",)]
    assert len(written) == 1


def test_two_people_with_different_stores_and_rights_never_share_an_answer(cast):
    assert names(cast.dispatcher) == ["Hotell Midnattssolen AB", "Lövskär Livs AB"]
    assert names(cast.southerner) == []
    assert names(cast.technician) == []
    cast.lovskar.assign([cast.technician], by=cast.owner)
    assert names(cast.technician) == ["Lövskär Livs AB"]


def test_a_right_withdrawn_empties_the_list_at_once(cast):
    assert len(names(again(cast.dispatcher))) == 2
    for right in (Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED):
        UserRight.create(user=cast.dispatcher, right=right, granted=False)
    assert names(again(cast.dispatcher)) == []
    assert listed(Customer.choosable_by, again(cast.dispatcher)) == []
    assert count(Customer.visible_to, again(cast.dispatcher)) == 0


def test_a_customers_user_is_asked_about_anew_each_time(cast):
    assert count(Order.visible_to, cast.marit) == 0
    factories.order(cast.owner, cast.lovskar, cast.shop)
    assert count(Order.visible_to, cast.marit) == 1
    assert [customer.name for customer in listed(Customer.visible_to, cast.marit)] == ["Lövskär Livs AB"]


def test_the_menu_counts_what_waits_now(cast):
    browser = cast.at("dispatcher")
    assert 'class="count hot"' not in browser.get("/help/").text.partition("<main")[0]
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    assert '<span class="count hot">1</span>' in browser.get("/help/").text.partition("<main")[0]


def test_a_list_reads_its_keys_and_its_count_from_its_own_table(cast):
    """Relatives are joined for the page's rows alone, or a hundred thousand of them are looked up to show 25."""
    factories.order(cast.owner, cast.lovskar, cast.shop)
    with queries() as seen:
        listings.orders().page(cast.owner, Request())
    assert [statement.count("JOIN") for statement in seen if '"work_order"' in statement.split("WHERE")[0]][:2] == [
        0,
        0,
    ]
    with queries() as seen:
        assert len(listings.orders().page(cast.owner, Request(sort="customer")).rows) == 1
    assert 'JOIN "customer"' in seen[0]


def test_one_of_finds_what_in_finds(cast):
    order = factories.order(cast.owner, cast.lovskar, cast.shop)
    factories.order(cast.owner, cast.hotel, cast.laundry)
    cast.lovskar.assign([cast.technician], by=cast.owner)
    for user in (cast.owner, cast.technician, cast.southerner, cast.marit):
        seen = Customer.visible_to(user)
        looked_up = Order.select().where(one_of(Order.customer, seen)).order_by(Order.id)
        listed_first = Order.select().where(Order.customer.in_(seen.select(Customer.id))).order_by(Order.id)
        assert list(looked_up) == list(listed_first)
    assert list(Order.select().where(one_of(Order.customer, Customer.visible_to(cast.marit)))) == [order]


def test_a_right_withdrawn_by_another_process_holds_at_the_next_request(tmp_path):
    """Each web process keeps SQL for readers it has met; none of them keeps a right."""
    from tests.bench.driver import Client

    installation = Installation(tmp_path).migrated()
    run(installation, BUILD)
    with installation.running() as running:
        running.wait_until_started()
        client = Client(installation.port).log_in("dispatcher")
        for _ in range(8):  # as many as make both processes meet the reader
            assert Client(installation.port, client.cookie).ask("/customers/")[0] == 200
        run(installation, WITHDRAW)
        assert {Client(installation.port, client.cookie).ask("/customers/")[0] for _ in range(8)} == {403}


def run(installation: Installation, code: str) -> None:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
