"""A page asks the database as often for thirty rows as for a dozen, or it would grow with the house.

A dozen, because shorter lists save the queries for what is beyond their first ten.
"""

import re

import pytest

from models.auto_article import AutoArticle
from models.category import Category
from models.message import Message
from models.protocol import Protocol
from models.rights import Role
from tasks import notifications
from tests import factories
from tests.counting import queries
from tests.factories import committed
from tests.world import import_job

LISTS = (
    "/customers/",
    "/facilities/",
    "/service-objects/",
    "/fault-reports/",
    "/fault-reports/waiting",
    "/orders/",
    "/protocols/",
    "/messages/",
    "/staff/",
    "/imports/",
    "/inbox/",
    "/today/",
    "/portal-accounts/",
    "/checklists/",
    "/search/?q=Norrland",
    "/staff/logins",
    "/settings/stores/",
    "/contacts/",
    "/settings/categories/",
    "/articles/",
    "/quotes/",
    "/discount-letters/",
    "/settings/article-groups/",
)
PORTAL_LISTS = ("/portal/home/", "/portal/fault-reports/", "/portal/orders/", "/portal/protocols/", "/portal/news/")


def fill(cast, rows: int) -> None:
    """So many more of everything, with people, papers and messages that belong to it."""
    for _ in range(rows):
        customer = factories.customer(cast.house.north, "Norrland Livs AB")
        facility = factories.facility(customer, "Norrland store")
        factories.contact(customer, "Norrland Reader", facility=facility)
        unit = factories.service_object(facility, "Norrland pump")
        Category.create(name=f"Norrland {customer.id}")
        customer.assign([cast.dispatcher, cast.technician], by=cast.owner)
        factories.portal_user(customer, "Norrland Reader", login=f"reader{customer.id}")
        factories.user(Role.TECHNICIAN, "Norrland Worker", login=f"worker{customer.id}", stores=(cast.house.north,))
        factories.fault_report(cast.dispatcher, customer, facility, heading="Norrland fault")
        factories.order(cast.dispatcher, customer, facility, heading="Norrland order", service_object=unit)
        factories.fault_report(cast.marit, cast.lovskar, cast.shop)
        committed(lambda: Protocol.sign(factories.order(cast.owner, cast.lovskar, cast.shop), by=cast.owner))
        factories.checklist(f"Norrland {customer.id}", default=False)
        import_job(cast.house.north, cast.owner)
        goods = factories.article(cast.owner, f"N{customer.id}", group=group_of(cast, customer.id))
        factories.discount_letter(cast.owner, f"N{customer.id}")
        AutoArticle.put(customer, {"article": goods, "quantity": 1, "on_work": True, "on_service": True}, by=cast.owner)
        factories.quote(cast.owner, cast.lovskar, cast.shop, heading="Norrland quote")
    notifications.run_until_done()


def group_of(cast, number: int):
    return factories.article_group(cast.owner, f"Norrland {number}")


def asked(browser, path: str) -> tuple[int, list[str]]:
    """How many queries a second visit costs, and which."""
    browser.get(path)
    with queries() as seen:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return len(seen), seen


def more(before: list[str], after: list[str]) -> str:
    """The table that was asked more often."""
    tables = [re.findall(r'FROM "(\w+)"', " ".join(statements)) for statements in (before, after)]
    return ", ".join(name for name in sorted(set(tables[1])) if tables[1].count(name) > tables[0].count(name))


@pytest.mark.parametrize(("name", "paths"), [("owner", LISTS), ("dispatcher", LISTS[:8]), ("marit", PORTAL_LISTS)])
def test_a_page_costs_as_many_queries_with_thirty_rows_as_with_a_dozen(cast, name, paths):
    fill(cast, 12)
    few = {path: asked(cast.at(name), path) for path in paths}
    fill(cast, 18)
    many = {path: asked(cast.at(name), path) for path in paths}
    grown = [
        f"{path}: {few[path][0]} -> {many[path][0]} ({more(few[path][1], many[path][1])})"
        for path in paths
        if many[path][0] > few[path][0]
    ]
    assert grown == []


def test_a_card_costs_as_many_queries_with_much_on_it_as_with_little(cast):
    fill(cast, 12)
    path = f"/customers/{cast.lovskar.id}"
    few = asked(cast.at("owner"), path)
    fill(cast, 18)
    many = asked(cast.at("owner"), path)
    assert many[0] <= few[0], more(few[1], many[1])
    assert Message.select().count() > 30  # the control: there is much
