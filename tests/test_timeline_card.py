"""The timeline: what happened in words, who was told and why not, what was changed, a page at a time; nothing
internal leaves the house."""

import re
from datetime import UTC, datetime, timedelta

from flask_login import login_user
from peewee import fn
from time_machine import travel

from blueprints import timeline
from models.base import now
from models.event import HAPPENINGS, Event
from models.history import History, Kind
from models.message import Message, MessageState
from models.rights import Right
from models.session import Session
from models.user import UserRight
from tests import factories
from tests.cast import work

SECRET = "Do not tell the customer"


def lines(page: str) -> list[str]:
    """The sentences of the timeline, newest first, without their markup."""
    found = re.findall(r'<div class="head">\s*<span>(.*?)</span>', page.split('id="history-head"')[1], re.S)
    return [re.sub(r"<[^>]+>", "", line).strip() for line in found]


def seen_by(app, person, *records):
    """The drawn timeline as this person reads it."""
    session = Session.start(person, store=None, device="", address="")
    with app.test_request_context("/"):
        login_user(session.user)
        drawn = timeline.of_records(*records)
        return [entry for day in drawn for entry in day.entries]


def test_what_happened_is_told_newest_first_with_names_in_bold_and_links(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = report.accept(by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert lines(page) == [
        f"Sanna Lindmo accepted {report.title} and made an order",
        f"Sanna Lindmo added {order.title}",
        f"Marit Olofsgård reported a fault: {report.title}",
    ]
    assert f'<b>Sanna Lindmo</b> accepted <a href="/fault-reports/{report.id}">' in page
    assert f"“{report.description}”" in page


def test_a_customers_words_are_never_markup(cast):
    report = factories.fault_report(
        cast.marit, cast.lovskar, cast.shop, heading="<script>alert(1)</script>", description="<img src=x>"
    )
    report.reject("<b>no</b>", by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


def test_a_letter_that_did_not_leave_says_why_and_can_be_sent_again(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop).reject("Not ours", by=cast.dispatcher)
    work()
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert "E-mail to Marit Olofsgård" in lines(page)
    assert "No mail server is set up" in page
    assert "Send again to Marit Olofsgård" in page
    UserRight.create(user=cast.dispatcher, right=Right.MESSAGE_RESEND, granted=False)
    assert "Send again to" not in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text


def test_news_of_the_staff_stand_under_messages_only(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    address = f"/customers/{cast.lovskar.id}"
    assert not [line for line in lines(cast.at("dispatcher").get(address).text) if line.startswith("News in Kundbok")]
    told = lines(cast.at("dispatcher").get(f"{address}?show=messages").text)
    assert "News in Kundbok to Sanna Lindmo" in told
    assert "News in Kundbok to Adam Administrator" in told  # and why not: the role is not told


def test_tabs_narrow_the_story_down(cast):
    cast.lovskar.comment("A word", by=cast.dispatcher)
    cast.lovskar.change({"town": "Pajala"}, by=cast.dispatcher, seen=cast.lovskar.version)
    address = f"/customers/{cast.lovskar.id}"
    assert len(lines(cast.at("dispatcher").get(address).text)) == 2
    assert lines(cast.at("dispatcher").get(f"{address}?show=changes").text) == ["Sanna Lindmo changed the customer"]
    assert "Nothing has happened yet." in cast.at("dispatcher").get(f"{address}?show=files").text
    assert len(lines(cast.at("dispatcher").get(f"{address}?show=nonsense").text)) == 2


def test_a_long_story_is_read_a_page_at_a_time(cast):
    for turn in range(70):
        cast.lovskar.comment(f"Word {turn}", by=cast.dispatcher)
    browser, address, read = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}", []
    while address:
        page = browser.get(address).text
        read += re.findall(r"“(Word \d+)”", page)
        earlier = re.search(r'href="([^"#]+)#history-head">Show (\d+) earlier', page)
        address = earlier[1].replace("&amp;", "&") if earlier else ""
    assert read == [f"Word {turn}" for turn in range(69, -1, -1)]
    assert "To the newest" in page


def test_what_a_reader_may_not_see_is_not_told_on_the_customers_card(cast):
    """The customer is assigned to the technician, but the order to somebody else."""
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    report.assign([cast.dispatcher], by=cast.owner)
    order = report.accept(by=cast.dispatcher)
    page = cast.at("technician").get(f"/customers/{cast.lovskar.id}").text
    assert order.heading not in page
    assert lines(page) == ["Sanna Lindmo assigned Elin Fors to the customer"]


def test_the_portal_reads_only_what_is_meant_for_it(cast, app):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    order = report.accept(by=cast.dispatcher)
    order.change({"internal_note": SECRET}, by=cast.dispatcher, seen=order.version)
    order.comment(SECRET, internal=True, by=cast.dispatcher)
    report.comment(SECRET, internal=True, by=cast.dispatcher)
    report.comment("We come tomorrow", internal=False, by=cast.dispatcher)
    order.assign([cast.technician], by=cast.dispatcher)
    work()
    told = seen_by(app, cast.marit, report, order)
    texts = [re.sub(r"<[^>]+>", "", entry.text) for entry in told]
    assert SECRET not in str(told)
    assert not [entry for entry in told if entry.changes or (entry.message and entry.message.actions)]
    assert [entry.quote for entry in told if entry.quote] == ["We come tomorrow", report.description]
    assert not [text for text in texts if "assigned" in text or "News" in text]
    staff = seen_by(app, cast.dispatcher, report, order)
    assert str(staff).count(SECRET) >= 2


def test_the_technicians_words_reach_the_staff_and_not_the_portals_timeline(cast, app):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.assign([cast.technician], by=cast.dispatcher)
    type(order).update(performed_action=SECRET).where(type(order).id == order.id).execute()
    order.reload()
    factories.committed(lambda: Event.record("order.performed", by=cast.technician, about=order))
    assert SECRET in str(seen_by(app, cast.dispatcher, order))
    assert SECRET not in str(seen_by(app, cast.marit, order))


def test_a_letter_in_the_portal_is_only_ones_own(cast, app):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    report.reject("Not ours", by=cast.dispatcher)
    work()
    Message.update(state=MessageState.SENT, sent_at=now()).execute()
    told = [entry.message for entry in seen_by(app, cast.marit, report) if entry.message]
    assert len(told) == 1
    assert told[0].reason is None


def test_every_happening_can_be_told_even_without_its_details(cast, app):
    with app.test_request_context("/"):
        for verb in HAPPENINGS:
            event = factories.committed(lambda verb=verb: Event.record(verb, by=None, about=cast.lovskar))
            text = timeline.sentence(event)
            assert text.strip(), verb
            assert "%(" not in text, verb


def test_a_facilitys_story_is_the_places_own(cast):
    factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    factories.fault_report(cast.marit, cast.lovskar, cast.warehouse)
    for kind in Kind:
        page = History.of_facility(cast.shop, cast.dispatcher).page(kind)
        assert {moment.event.what for moment in page.moments} <= {"1001 Cold room 2 will not go below +9"}


def test_an_old_value_the_field_no_longer_knows_is_shown_as_it_was(cast):
    changes = {"language": {"old": "la", "new": "sv"}, "gone_field": {"old": 1, "new": 2}}
    event = factories.committed(lambda: Event.record("customer.changed", by=cast.dispatcher, about=cast.lovskar))
    Event.update(changes=changes).where(Event.id == event.id).execute()
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
    assert "<del>la</del>" in page
    assert "<ins>Svenska</ins>" in page
    assert "gone_field" in page


def test_days_are_called_by_name_while_they_are_near(cast):
    at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    with travel(at, tick=False):
        for days in (5, 1, 0):
            cast.lovskar.comment(f"{days} days", by=cast.owner)
            Event.update(at=at - timedelta(days=days)).where(Event.id == Event.select(fn.MAX(Event.id))).execute()
        page = cast.at("owner").get(f"/customers/{cast.lovskar.id}").text
    assert re.findall(r'<h3 class="day">(.*?)</h3>', page) == [
        "Today, Tuesday 24 November 2026",
        "Yesterday, Monday 23 November 2026",
        "Thursday 19 November 2026",
    ]
