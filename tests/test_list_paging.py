"""Every list sorts its whole set and keeps its place, whatever the values: equal ones, empty ones, other alphabets."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import listings
from models.base import now
from models.fault_report import FaultReport
from models.listing import Request
from models.order import Order
from models.protocol import Protocol
from tasks import notifications
from tests import factories

LISTS = ("customers", "facilities", "fault_reports", "orders", "protocols", "messages", "staff")
SWEDISH = ["Ek", "Ångström", "Äpple", "Östernäs", "Zeta", "élan"]


@pytest.fixture
def many(cast):
    """Nine of each with equal and empty values among them."""
    for turn in range(9):
        customer = factories.customer(
            cast.house.north, f"Kund {turn % 3}", town=("Kiruna", "")[turn % 2], phone="" if turn % 2 else "070-1"
        )
        facility = factories.facility(customer, f"Plats {turn % 2}", number=("", "A")[turn % 2] * (turn < 2))
        order = factories.order(
            cast.dispatcher, customer, facility, planned_on=None if turn % 3 else date(2026, 11, 23)
        )
        report = factories.fault_report(cast.dispatcher, customer, facility)
        moment = now() - timedelta(hours=turn // 3)
        FaultReport.update(reported_at=moment).where(FaultReport.id == report.id).execute()
        Order.update(created_at=moment).where(Order.id == order.id).execute()
        factories.committed(lambda order=order: Protocol.sign(order, by=cast.owner))
    notifications.run_until_done()
    return cast


def walk(browser, address: str) -> list[str]:
    """The rows' addresses over all pages, forwards, and the way back compared with it."""
    pages, links = [], []
    while address:
        text = browser.get(address).text
        pages.append(re.findall(r'<a class="ccard" href="([^"]+)"', text))
        links.append(address)
        after = re.search(r'href="([^"]+)" rel="next"', text)
        address = html.unescape(after[1]) if after else ""
    back = re.search(r'href="([^"]+)" rel="prev"', text)
    if back:
        again = browser.get(html.unescape(back[1])).text
        assert re.findall(r'<a class="ccard" href="([^"]+)"', again) == pages[-2]
    return [row for page in pages for row in page]


def in_pages(listing, user, column: str, descending: bool) -> list[int]:
    """The ids of all pages of four, each found by the address that the page before it gives."""
    seen, request = [], Request(sort=column, descending=descending, per_page=4, filters={"status": "all"})
    by, _ = listing.sorted_by(request)
    while request:
        page = listing.page(user, request)
        seen += [row.shown.id for row in page.rows]
        last = page.rows[-1]
        request = replace(request, after=(by.read(by.write(last.sort_value)), last.shown.id)) if page.has_next else None
    return seen


@pytest.mark.requirement("S2.18")
@pytest.mark.parametrize("name", LISTS)
def test_each_heading_sorts_the_whole_set_both_ways_and_pages_meet_every_row_once(many, name):
    listing = getattr(listings, name)()
    for column in (column.name for column in listing.columns if column.sortable):
        whole = Request(sort=column, filters={"status": "all"})
        up = [row.shown.id for row in listing.all_rows(many.owner, whole)]
        down = [row.shown.id for row in listing.all_rows(many.owner, replace(whole, descending=True))]
        assert down == up[::-1], column
        assert len(set(up)) == len(up) >= 9, column
        assert in_pages(listing, many.owner, column, False) == up, column
        assert in_pages(listing, many.owner, column, True) == down, column


def test_the_pages_of_the_screen_go_on_where_the_last_one_ended(cast):
    made = [factories.customer(cast.house.north, "Lika AB", number=str(5000 + turn)) for turn in range(60)]
    rows = walk(cast.at("dispatcher"), "/customers/?q=lika&sort=town")
    assert rows == [f"/customers/{customer.id}" for customer in made]


def test_reports_of_the_same_moment_are_paged_without_gap_or_double(cast):
    moment = now()
    for _ in range(30):
        report = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop)
        FaultReport.update(reported_at=moment).where(FaultReport.id == report.id).execute()
    rows = walk(cast.at("dispatcher"), "/fault-reports/?sort=reported_at&direction=desc")
    assert len(rows) == len(set(rows)) == 30


def test_the_next_page_starts_where_a_new_row_did_not_push_it(cast):
    for turn in range(30):
        factories.customer(cast.house.north, f"Kund {turn:02}", number=str(7000 + turn))
    browser = cast.at("dispatcher")
    following = html.unescape(re.search(r'href="([^"]+)" rel="next"', browser.get("/customers/?q=kund").text)[1])
    before = browser.get(following).text
    factories.customer(cast.house.north, "Kund 00 nykomling")
    rows = re.compile(r'<a class="ccard" href="([^"]+)"')
    assert rows.findall(browser.get(following).text) == rows.findall(before)


def test_names_stand_in_the_order_of_the_customers_alphabet(cast):
    for name in SWEDISH[::-1]:
        factories.customer(cast.house.north, name)
    shown = [row.shown.name for row in listings.customers().all_rows(cast.owner, Request(sort="name"))]
    assert [name for name in shown if name in SWEDISH] == ["Ek", "élan", "Zeta", "Ångström", "Äpple", "Östernäs"]


@pytest.mark.parametrize("limit", [3, 10_000])
def test_a_search_counts_what_it_shows_and_what_it_leaves_out(cast, monkeypatch, limit):
    """By one look at the hits, and beyond the limit by one look at each."""
    monkeypatch.setattr("models.listing.COUNTED_UP_TO", limit)
    made = [factories.customer(cast.house.north, f"Räknad {number}") for number in range(5)]
    made[0].inactivate(by=cast.owner)
    made[1].inactivate(by=cast.owner)
    listing = listings.customers()
    found = listing.page(cast.owner, Request(query="räknad"))
    assert (found.total, found.more, found.left_out) == (3, False, 2)
    filtered = listing.page(cast.owner, Request(query="räknad", filters={"kind": "private"}))
    assert (filtered.total, filtered.left_out) == (0, 2)
    everything = listing.page(cast.owner, Request(query="räknad", filters={"status": "all"}))
    assert (everything.total, everything.more, everything.left_out) == (min(5, limit), limit < 5, 0)
