"""The day: a technician's visits with place, phone and map; what is stuck at a dispatcher's; the news."""

from datetime import date, timedelta

import pytest

from blueprints.words import today
from models.fault_report import Priority
from models.message import Message
from models.order import Order
from tests import factories
from tests.cast import work
from tests.counting import queries


def order(cast, heading: str, days: int | None = 0, *, people=(), **values) -> Order:
    planned_on = None if days is None else today() + timedelta(days=days)
    made = factories.order(
        cast.dispatcher,
        cast.lovskar,
        cast.shop,
        heading=heading,
        planned_on=planned_on,
        contact_phone="070-174 06 16",
        **values,
    )
    made.assign(list(people), by=cast.dispatcher)
    return made


def page(cast, who: str) -> str:
    return cast.at(who).get("/today/").text


def places(text: str, *headings: str) -> list[int]:
    return [text.index(heading) for heading in headings]


def test_a_technicians_day_is_what_is_late_then_today_then_the_week_then_the_undated(cast):
    order(cast, "Undated", None, people=[cast.technician])
    order(cast, "Tomorrow", 1, people=[cast.technician])
    order(cast, "Today", 0, people=[cast.technician])
    order(cast, "Late one", -3, people=[cast.technician])
    order(cast, "In a month", 30, people=[cast.technician])
    order(cast, "Another's", 0, people=[cast.nobody])
    text = page(cast, "technician").partition("What you have to do")[2]
    found = places(text, "Late one", "Today", "Tomorrow", "Undated")
    assert found == sorted(found)
    assert "In a month" not in text and "Another&#39;s" not in text


def test_a_visit_says_where_and_whom_to_call_and_leads_on(cast):
    visit = order(cast, "Cold room", people=[cast.technician], priority=Priority.EMERGENCY)
    text = page(cast, "technician")
    assert 'href="tel:070-1740616"' in text
    assert "openstreetmap.org/search?query=L%C3%B6vsk%C3%A4rsv%C3%A4gen%204%2C%20Kiruna" in text
    assert "Emergency" in text and f'href="/orders/{visit.id}"' in text
    visit.start(by=cast.technician)
    assert f'href="/orders/{visit.id}/work"' in page(cast, "technician")


def test_a_technician_is_not_shown_what_is_stuck_elsewhere(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    assert "Waiting fault reports" not in page(cast, "technician")
    assert "Nothing waits for you" in page(cast, "technician")


def test_a_dispatcher_sees_what_is_stuck_with_its_count_and_the_way_to_all_of_it(cast):
    reports = [
        factories.fault_report(cast.marit, cast.lovskar, cast.shop, heading=f"Report {number}") for number in range(7)
    ]
    order(cast, "Late one", -2, people=[cast.technician])
    order(cast, "Nobody's")
    work()
    text = page(cast, "dispatcher")
    assert (
        f'href="/fault-reports/{reports[0].id}"' in text
        and f'href="/fault-reports/{reports[6].id}"' not in text.partition("News")[0]
    )
    assert "Show all 7" in text
    assert "Late one" in text and "Nobody&#39;s" in text
    assert "No mail server is set up" in text  # the technician's letter is held
    assert "Nothing waits for you" not in text


def test_another_store_is_another_day(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order(cast, "Late one", -2)
    text = page(cast, "southerner")
    assert "Late one" not in text and "Cold room" not in text
    assert "No report waits." in text and "No order is late." in text


def test_the_news_are_there_and_go_when_they_are_read(cast):
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    work()
    assert "to the customer" in page(cast, "technician")
    Message.mark_read(cast.technician)
    assert "to the customer" not in page(cast, "technician")


@pytest.mark.parametrize("who", ["owner", "administrator", "cashier", "claims_manager", "finance", "nobody"])
def test_everybody_has_a_day(cast, who):
    text = page(cast, who)
    assert text.count("<h1") == 1


def test_the_day_costs_the_same_with_two_and_with_twenty_of_everything(cast):
    def fill(count: int) -> None:
        for number in range(count):
            order(cast, f"Late {number}", -1, people=[cast.dispatcher])
            factories.fault_report(cast.marit, cast.lovskar, cast.shop)
        work()

    def cost() -> int:
        with queries() as seen:
            page(cast, "dispatcher")
        return len(seen)

    fill(5)
    cost()
    few = cost()
    fill(15)
    assert cost() == few


def test_late_is_judged_by_the_day_where_the_organisation_is(cast):
    made = order(cast, "Yesterday", -1)
    assert made.is_late(today()) and not made.is_late(date(2020, 1, 1))
