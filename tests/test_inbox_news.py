"""The inbox: news of what concerns me, read by opening them; people who ask for a store, and giving it."""

import re
from datetime import UTC, datetime

import pytest

from models.access_request import AccessRequest
from models.message import Channel, Message
from models.user import StoreAccess, User
from tests import factories
from tests.cast import work


@pytest.fixture
def news(cast) -> list[Message]:
    """Two pieces of news for the technician."""
    cast.lovskar.assign([cast.technician], by=cast.dispatcher)
    cast.hotel.assign([cast.technician], by=cast.dispatcher)
    work()
    return list(
        Message.select()
        .where((Message.user == cast.technician) & (Message.channel == Channel.APP))
        .order_by(Message.id)
    )


def inbox(cast, who: str = "technician", query: str = "") -> str:
    return cast.at(who).get(f"/inbox/{query}").text


def test_news_are_sentences_and_the_menu_counts_the_unread(cast, news):
    page = inbox(cast)
    assert page.count("<b>Sanna Lindmo</b> assigned <b>Elin Fors</b> to the customer") == 2
    assert re.search(r'href="/inbox/"[^>]*>.*?<span class="count hot">2</span>', page)


def test_opening_news_reads_them_and_leads_to_the_record(cast, news):
    answer = cast.at("technician").post(f"/inbox/{news[0].id}/opening")
    assert (answer.status_code, answer.location) == (302, f"/customers/{cast.lovskar.id}")
    assert [message.read_at is not None for message in (Message.get_by_id(one.id) for one in news)] == [True, False]
    assert "1 unread" in inbox(cast)
    assert inbox(cast, query="?all=1").count("/opening") == 2


def test_a_look_changes_nothing(cast, news):
    inbox(cast)
    assert Message.unread(cast.technician).count() == 2


def test_all_are_read_at_once_or_only_the_named_ones(cast, news):
    cast.at("technician").post("/inbox/reading", data={"id": [news[0].id]})
    assert Message.unread(cast.technician).count() == 1
    cast.at("technician").post("/inbox/reading")
    assert Message.unread(cast.technician).count() == 0
    assert "Nothing new" in inbox(cast)


@pytest.mark.parametrize("who", ["dispatcher", "southerner"])
def test_nobody_opens_or_reads_the_news_of_others(cast, news, who):
    assert cast.at(who).post(f"/inbox/{news[0].id}/opening").status_code == 404
    cast.at(who).post("/inbox/reading", data={"id": [news[0].id]})
    assert Message.unread(cast.technician).count() == 2


def test_letters_and_what_was_left_untold_are_no_news(cast, news):
    User.update(in_app=False).where(User.id == cast.technician.id).execute()
    cast.lovskar.assign([], by=cast.dispatcher)
    work()
    assert inbox(cast, query="?all=1").count("/opening") == 2


def test_a_long_inbox_is_read_in_pages(cast, news, monkeypatch):
    monkeypatch.setattr("blueprints.inbox.AT_A_TIME", 1)
    first = inbox(cast)
    assert first.count("/opening") == 1
    (earlier,) = re.findall(r'href="(/inbox/\?before=\d+)"', first)
    second = cast.at("technician").get(earlier).text
    assert f"/inbox/{news[0].id}/opening" in second and f"/inbox/{news[1].id}/opening" not in second


@pytest.fixture
def request_for_south(cast) -> AccessRequest:
    AccessRequest.ask(cast.technician, cast.house.south)
    work()
    return AccessRequest.get()


@pytest.mark.requirement("S0.24")
def test_the_administrators_find_the_request_in_their_inbox_and_nobody_else(cast, request_for_south):
    page = inbox(cast, "administrator")
    assert "Elin Fors asks for access to 031 Norrvik Kyla Malmö" in page
    assert "<b>Elin Fors</b>, In Kundbok, E-mail" in page
    assert "Give access" not in inbox(cast, "dispatcher")


@pytest.mark.requirement("S0.25")
def test_access_is_given_until_the_end_of_a_day_and_the_person_is_told(cast, request_for_south):
    answer = cast.at("administrator").post(f"/inbox/access/{request_for_south.id}", data={"until": "2027-01-31"})
    assert answer.status_code == 302
    given = StoreAccess.get((StoreAccess.user == cast.technician) & (StoreAccess.store == cast.house.south))
    assert given.until == datetime(2027, 1, 31, 22, 59, 59, 999999, UTC)  # midnight in Stockholm
    assert AccessRequest.select().count() == 0
    work()
    assert "gave <b>Elin Fors</b> access to 031 Norrvik Kyla Malmö" in inbox(cast)


def test_access_without_a_date_is_for_good_and_twice_is_not_there(cast, request_for_south):
    cast.at("owner").post(f"/inbox/access/{request_for_south.id}", data={"until": ""})
    assert (
        StoreAccess.get((StoreAccess.user == cast.technician) & (StoreAccess.store == cast.house.south)).until is None
    )
    assert cast.at("owner").post(f"/inbox/access/{request_for_south.id}").status_code == 404


def test_a_date_that_is_none_gives_nothing(cast, request_for_south):
    answer = cast.at("owner").post(
        f"/inbox/access/{request_for_south.id}", data={"until": "soon"}, follow_redirects=True
    )
    assert "The date could not be read; nothing is given." in answer.text
    assert AccessRequest.select().count() == 1


def test_who_may_not_give_stores_gives_none(cast, request_for_south):
    assert cast.at("dispatcher").post(f"/inbox/access/{request_for_south.id}").status_code == 403
    assert AccessRequest.select().count() == 1


def test_news_about_a_report_lead_to_the_report(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    work()
    message = Message.news(cast.dispatcher, unread=True, limit=1)[0]
    assert cast.at("dispatcher").post(f"/inbox/{message.id}/opening").location == f"/fault-reports/{report.id}"
