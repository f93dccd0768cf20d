"""What "assigned only" hides and what seeing everything shows, wherever customers appear: lists, counts, search,
exports, pickers, cards, timelines and files."""

import io
import zipfile

import pytest

from models.rights import Right
from models.user import User
from tests import limited

ALL = (Right.CUSTOMER_VIEW, Right.FACILITY_VIEW, Right.FAULT_REPORT_VIEW, Right.ORDER_VIEW)
MINE = tuple(Right(f"{right.value}_assigned") for right in ALL)
ALSO = (
    Right.REGISTER_EXPORT,
    Right.CUSTOMER_ASSIGN,
    Right.CUSTOMER_CREATE,
    Right.ORDER_CREATE,
    Right.FAULT_REPORT_CREATE,
)

# Where customers are read, and what of a customer would be there.
PLACES = {
    "list": "/customers/",
    "list, sorted": "/customers/?sort=town&direction=desc",
    "list, filtered": "/customers/?town=Kiruna",
    "list, searched": "/customers/?q=AB",
    "csv": "/customers/export/csv",
    "xlsx": "/customers/export/xlsx",
    "search": "/search/?q={word}",
    "contacts": "/contacts/",
    "contacts csv": "/contacts/export/csv",
    "facilities": "/facilities/",
    "facilities csv": "/facilities/export/csv",
    "picker": "/customers/suggest?q={word}",
}
WORDS = {"mine": "Granlunds", "other": "Zettervalls"}


@pytest.fixture(scope="module")
def stage(standing):
    made = limited.stage(standing)
    made.mine.order.assign([made.person], by=standing.owner)
    made.mine.report.assign([made.person], by=standing.owner)
    return made


@pytest.fixture(autouse=True)
def as_before(taken_back):
    return taken_back


def shown(stage, place: str, whose: str) -> bool:
    """Is this customer there? Where something is typed, it is looked for by name; what was typed is no find."""
    answer = stage.browser.get(PLACES[place].format(word=WORDS[whose]))
    assert answer.status_code == 200
    if place == "xlsx":
        return WORDS[whose] in sheet(answer.data)
    text = answer.text if place != "search" else answer.text.partition("<main")[2]
    return f"{WORDS[whose]} " in text or f"{WORDS[whose].casefold()}." in text


def sheet(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.requirement("S2.29")
@pytest.mark.requirement("S2.30")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("rights", "mine", "other"), [(ALL, True, True), (MINE, True, False)], ids=["all", "assigned"])
def test_assigned_only_holds_wherever_customers_are_listed(stage, place, rights, mine, other):
    stage.allow(*rights, *ALSO)
    assert (shown(stage, place, "mine"), shown(stage, place, "other")) == (mine, other)


@pytest.mark.requirement("S2.29")
@pytest.mark.parametrize("place", PLACES)
def test_with_neither_right_no_customer_is_shown_anywhere(stage, place):
    stage.allow(*ALSO)
    answer = stage.browser.get(PLACES[place].format(word=WORDS["mine"]))
    found = sheet(answer.data) if place == "xlsx" and answer.status_code == 200 else answer.text
    assert answer.status_code in (200, 403)
    assert "Granlunds Bageri" not in found and "Zettervalls Rör" not in found


CARDS = {
    "card": "/customers/{other}",
    "timeline": "/customers/{other}?show=changes",
    "file": "/files/{file}",
    "thumb": "/files/{file}/thumb",
    "assigning": "/customers/{other}/assignment",
    "assigning several": "/customers/assignment?id={mine}&id={other}",
    "bookkeeping": "/accounting/customers/{other}",
}


@pytest.mark.requirement("S2.30")
@pytest.mark.parametrize("place", CARDS)
def test_what_belongs_to_another_customer_is_not_there_under_assigned_only(stage, place):
    address = CARDS[place].format(**stage.ids)
    stage.allow(*ALL, *ALSO)
    assert stage.browser.get(address).status_code == 200
    stage.allow(*MINE, *ALSO)
    answer = stage.browser.get(address)
    assert (answer.status_code, "Zettervalls" in answer.text) == (404, False)
    own = address.replace(f"/{stage.ids['other']}", f"/{stage.ids['mine']}")
    if own != address:
        assert stage.browser.get(own).status_code == 200


@pytest.mark.requirement("S2.30")
def test_counts_count_only_what_is_assigned(stage):
    def counted() -> tuple[int, int, int]:
        person = User.get_by_id(stage.person.id)
        page = stage.browser.get("/customers/").text
        return page.count("<tr data-row"), type(stage.mine.report).waiting_for(person).count(), len(rows(stage, "csv"))

    stage.allow(*ALL, *ALSO)
    everybody = counted()
    stage.allow(*MINE, *ALSO)
    assert counted() == (1, 1, 2)
    assert everybody > (2, 1, 3)


def rows(stage, kind: str) -> list[str]:
    return stage.browser.get(PLACES[kind]).text.splitlines()


@pytest.mark.requirement("S2.30")
def test_todays_page_and_the_menu_know_nothing_of_others_work(stage):
    stage.allow(*MINE, *ALSO)
    page = stage.browser.get("/today/").text
    assert "Zettervalls" not in page
    stage.allow(*ALL, *ALSO)
    assert "Zettervalls" in stage.browser.get("/fault-reports/").text


@pytest.mark.requirement("S2.30")
@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/orders/new", {"heading": "Sneaked in", "kind": "work", "priority": "normal"}),
        ("/fault-reports/", {"heading": "Sneaked in", "description": "x", "priority": "normal", "source": "phone"}),
    ],
)
def test_a_customer_that_is_not_offered_cannot_be_typed_either(stage, address, data):
    stage.allow(*MINE, *ALSO)
    answer = stage.browser.post(address, data={**data, "customer": stage.other.customer.number})
    assert (answer.status_code, "No customer has this number or name" in answer.text) == (422, True)


@pytest.mark.requirement("S2.30")
def test_taken_off_a_customer_one_does_not_see_it_from_the_next_click_on(stage):
    stage.allow(*MINE, *ALSO)
    assert stage.browser.get(f"/customers/{stage.ids['mine']}").status_code == 200
    stage.mine.customer.assign([], by=stage.cast.owner)
    assert stage.browser.get(f"/customers/{stage.ids['mine']}").status_code == 404
    assert not shown(stage, "list", "mine")
