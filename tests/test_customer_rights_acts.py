"""The rights to do something with customers, each allowed and denied: the button on the page, and the post, which
writes nothing where it is refused."""

import io
from typing import Any

import pytest
from flask_babel import force_locale
from markupsafe import escape

from models.customer import Customer
from models.portal import PortalAccount
from models.rights import Right
from tests import limited
from tests.world import changed, snapshot

SEE, MINE = Right.CUSTOMER_VIEW, Right.CUSTOMER_VIEW_ASSIGNED
CUSTOMER = {"kind": "business", "language": "sv", "payment_days": "30"}
PERSON = {"name": "Nora Ny", "login": "nora", "email": "nora@customer.example", "language": "en", "scope": "all"}

# The right: what one must see, the page, how its live button is known there, where it posts, what, and what changes.
ACTS: dict[Right, tuple[Right, str, str, str, dict[str, Any], str]] = {
    Right.CUSTOMER_EDIT: (
        SEE,
        "/customers/{other}",
        'href="/customers/{other}/edit"',
        "/customers/{other}/edit",
        {},
        "customer",
    ),
    Right.CUSTOMER_EDIT_ASSIGNED: (
        MINE,
        "/customers/{mine}",
        'href="/customers/{mine}/edit"',
        "/customers/{mine}/edit",
        {},
        "customer",
    ),
    Right.CUSTOMER_CREATE: (
        SEE,
        "/customers/",
        'href="/customers/new"',
        "/customers/new",
        {"name": "Nya AB"},
        "customer",
    ),
    Right.CUSTOMER_DELETE: (
        SEE,
        "/customers/{bare}",
        'action="/customers/{bare}/deletion"',
        "/customers/{bare}/deletion",
        {},
        "customer",
    ),
    Right.CUSTOMER_UPLOAD: (
        SEE,
        "/customers/{other}",
        "/customers/{other}/files",
        "/customers/{other}/files",
        {},
        "file",
    ),
    Right.CUSTOMER_CREATE_USERS: (
        SEE,
        "/customers/{other}",
        "/portal-accounts/new/{other}",
        "/portal-accounts/new/{other}",
        PERSON,
        "user",
    ),
    Right.CUSTOMER_EDIT_USER_RIGHTS: (
        SEE,
        "/portal-accounts/{account}",
        '<button class="btn btn-primary">Save what the account may do',
        "/portal-accounts/{account}/settings",
        {"right": "portal.orders", "order_directly": "y"},
        "portal_account",
    ),
    Right.CUSTOMER_DELETE_USERS: (
        SEE,
        "/portal-accounts/{account}",
        'action="/portal-accounts/{account}/customers/{other}/removal"',
        "/portal-accounts/{account}/customers/{other}/removal",
        {},
        "user",
    ),
    Right.CUSTOMER_ASSIGN: (
        SEE,
        "/customers/{other}",
        'href="/customers/{other}/assignment"',
        "/customers/{other}/assignment",
        {"user": "{person}"},
        "customer_assignment",
    ),
    Right.CUSTOMER_DELETE_FILES: (SEE, "", "", "/files/{file}/removal", {}, "file"),
}


@pytest.fixture(scope="module")
def stage(standing):
    made = limited.stage(standing)
    made.bare = limited.factories.customer(standing.house.north, "Utan Historia AB")
    return made


@pytest.fixture(autouse=True)
def as_before(taken_back):
    return taken_back


def places(stage) -> dict[str, int]:
    return {**stage.ids, "bare": stage.bare.id, "person": stage.person.id}


def posted(stage, right: Right) -> dict[str, Any]:
    """What the form would send."""
    data = {name: value.format(**places(stage)) for name, value in ACTS[right][4].items()}
    if right is Right.CUSTOMER_UPLOAD:
        return {"files": (io.BytesIO(b"text"), "a.txt")}
    if right is Right.CUSTOMER_CREATE:
        return {**CUSTOMER, "number": "77001", "store": stage.cast.house.north.id, **data}
    if right in (Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED):
        customer = (stage.mine if right is Right.CUSTOMER_EDIT_ASSIGNED else stage.other).customer
        facts = {
            "number": customer.number,
            "name": "Renamed AB",
            "store": customer.store_id,
            "version": customer.version,
        }
        return {**CUSTOMER, **facts}
    if right is Right.CUSTOMER_EDIT_USER_RIGHTS:
        return {**data, "version": PortalAccount.get_by_id(stage.other.account.id).version}
    return data


def ask(stage, right: Right):
    return stage.browser.post(ACTS[right][3].format(**places(stage)), data=posted(stage, right))


@pytest.mark.requirement("S2.29")
@pytest.mark.requirement("S2.31")
@pytest.mark.requirement("S2.32")
@pytest.mark.parametrize("right", ACTS, ids=str)
def test_with_the_right_the_button_is_live_and_the_post_does_it(stage, right):
    stage.allow(ACTS[right][0], right)
    _sight, page, button, _where, _data, table = ACTS[right]
    if page:
        assert button.format(**places(stage)) in stage.browser.get(page.format(**places(stage))).text
    before = snapshot()
    answer = ask(stage, right)
    assert answer.status_code in (200, 302)
    assert table in changed(before, snapshot())


@pytest.mark.requirement("S2.29")
@pytest.mark.requirement("S2.31")
@pytest.mark.requirement("S2.32")
@pytest.mark.parametrize("right", ACTS, ids=str)
def test_with_every_other_right_there_is_no_live_button_and_the_post_writes_nothing(stage, right):
    editing = {Right.CUSTOMER_EDIT, Right.CUSTOMER_EDIT_ASSIGNED}  # either of them would let one in
    missing = Right.CUSTOMER_EDIT if right in editing else right
    sight = ACTS[right][0]
    without = (
        {right, Right.RIGHT_GRANT} | (editing if right in editing else set()) | ({SEE} if sight is MINE else set())
    )
    stage.allow(*(set(Right.of_staff()) - without - {Right.STORE_ALL}))
    _sight, page, button, _where, _data, _table = ACTS[right]
    if page:
        assert button.format(**places(stage)) not in stage.browser.get(page.format(**places(stage))).text
    before = snapshot()
    answer = ask(stage, right)
    assert answer.status_code == 403
    assert str(escape(named(stage, missing))) in answer.text and "Olga Owner (Owner)" in answer.text
    assert changed(before, snapshot()) == []


def named(stage, right: Right) -> str:
    """The right's sentence in the language of the page."""
    with stage.cast.app.test_request_context(), force_locale("en"):
        return str(right.label)


@pytest.mark.requirement("S2.30")
def test_edit_assigned_changes_the_assigned_customer_and_no_other(stage):
    stage.allow(SEE, Right.CUSTOMER_EDIT_ASSIGNED)
    facts = posted(stage, Right.CUSTOMER_EDIT)
    answer = stage.browser.post(f"/customers/{stage.ids['other']}/edit", data=facts)
    assert (answer.status_code, "is not assigned to you" in answer.text) == (403, True)
    assert Customer.get_by_id(stage.ids["other"]).name == "Zettervalls Rör AB"
    assert stage.browser.get(f"/customers/{stage.ids['mine']}/edit").status_code == 200


@pytest.mark.requirement("S2.31")
@pytest.mark.parametrize(
    ("held", "allowed", "refused"),
    [
        (Right.CUSTOMER_UPLOAD, Right.CUSTOMER_UPLOAD, Right.CUSTOMER_DELETE_FILES),
        (Right.CUSTOMER_DELETE_FILES, Right.CUSTOMER_DELETE_FILES, Right.CUSTOMER_UPLOAD),
    ],
)
def test_uploading_and_deleting_files_are_two_rights(stage, held, allowed, refused):
    stage.allow(SEE, held)
    assert ask(stage, refused).status_code == 403
    assert ask(stage, allowed).status_code == 302


@pytest.mark.requirement("S2.32")
def test_assigning_needs_its_right_in_the_list_and_for_several_too(stage):
    several = {"id": [stage.ids["mine"], stage.ids["other"]], "user": stage.person.id}
    stage.allow(SEE, Right.CUSTOMER_EDIT)
    assert "/customers/assignment/choice" not in stage.browser.get("/customers/").text
    before = snapshot()
    for address in ("/customers/assignment", "/customers/assignment/choice"):
        assert stage.browser.post(address, data=several).status_code == 403
    assert changed(before, snapshot()) == []
    stage.allow(SEE, Right.CUSTOMER_ASSIGN)
    assert "/customers/assignment/choice" in stage.browser.get("/customers/").text
    assert stage.browser.post("/customers/assignment", data=several).status_code == 302
    assert stage.person in Customer.get_by_id(stage.ids["other"]).assignees


@pytest.mark.requirement("S2.29")
def test_exporting_needs_a_right_of_its_own(stage):
    stage.allow(SEE)
    assert stage.browser.get("/customers/export/csv").status_code == 403
    assert "/export/" not in stage.browser.get("/customers/").text
    stage.allow(SEE, Right.REGISTER_EXPORT)
    assert stage.browser.get("/customers/export/csv").status_code == 200


@pytest.mark.requirement("S2.29")
def test_the_twelve_rights_are_all_tried_here_and_only_merging_and_personal_numbers_are_beside_them():
    beside = {Right.CUSTOMER_VIEW_PERSONAL_NUMBER, Right.CUSTOMER_MERGE}
    ours = {right for right in Right if right.module == "customer"} - beside
    assert (ours, len(ours)) == ({*ACTS, SEE, MINE}, 12)
