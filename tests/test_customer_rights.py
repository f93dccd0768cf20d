"""The twelve rights on customers, each given and withdrawn, on the server; and no way to another store's customers."""

import io

import pytest
from werkzeug.datastructures import FileStorage

from models.customer import Customer
from models.portal import PortalAccount
from models.rights import Right, Role
from models.user import UserRight
from tasks.uploads import receive
from tests import factories

# What opens and shuts with each right: method, address, what is posted. `{id}` is a customer assigned to the person.
DOORS = {
    Right.CUSTOMER_VIEW: ("get", "/customers/{other}", {}),
    Right.CUSTOMER_VIEW_ASSIGNED: ("get", "/customers/{id}", {}),
    Right.CUSTOMER_EDIT: ("get", "/customers/{other}/edit", {}),
    Right.CUSTOMER_EDIT_ASSIGNED: ("get", "/customers/{id}/edit", {}),
    Right.CUSTOMER_CREATE: ("get", "/customers/new", {}),
    Right.CUSTOMER_DELETE: ("post", "/customers/{id}/deletion", {}),
    Right.CUSTOMER_UPLOAD: ("post", "/customers/{id}/files", {"files": b"text"}),
    Right.CUSTOMER_CREATE_USERS: ("get", "/portal-accounts/new/{id}", {}),
    Right.CUSTOMER_EDIT_USER_RIGHTS: ("get", "/portal-accounts/{account}/customers/{id}", {}),
    Right.CUSTOMER_DELETE_USERS: ("post", "/portal-accounts/{account}/customers/{id}/removal", {}),
    Right.CUSTOMER_ASSIGN: ("get", "/customers/{id}/assignment", {}),
    Right.CUSTOMER_DELETE_FILES: ("post", "/files/{file}/removal", {}),
}
SIGHT = {Right.CUSTOMER_EDIT: Right.CUSTOMER_VIEW}  # one must see what one may change


def ask(browser, door, ids) -> int:
    method, address, data = door
    posted = {name: (io.BytesIO(value), "a.txt") for name, value in data.items()}
    return getattr(browser, method)(address.format(**ids), **({"data": posted} if method == "post" else {})).status_code


@pytest.mark.requirement("S2.29")
@pytest.mark.requirement("S2.30")
@pytest.mark.parametrize("right", DOORS, ids=str)
def test_each_right_opens_its_door_and_its_withdrawal_shuts_it_at_the_next_request(cast, right):
    person = factories.user(Role.CASHIER, "Ronja Rätt", stores=(cast.house.north,))
    for held in Role.CASHIER.rights:
        UserRight.create(user=person, right=held, granted=False)
    person.forget_rights()
    mine, other = factories.customer(cast.house.north, "Min"), factories.customer(cast.house.north, "Annans")
    mine.assign([person], by=cast.owner)
    for needed in {Right.CUSTOMER_VIEW_ASSIGNED, SIGHT.get(right, Right.CUSTOMER_VIEW_ASSIGNED), right}:
        UserRight.insert(user=person, right=needed, granted=True).on_conflict(
            conflict_target=[UserRight.user, UserRight.right], update={UserRight.granted: True}
        ).execute()
    account = PortalAccount.of(factories.portal_user(mine, "Kim Kund"))
    file = receive(mine, [FileStorage(io.BytesIO(b"text"), "a.txt")], by=cast.owner)[0]
    browser, ids = cast.at(person), {"id": mine.id, "other": other.id, "account": account.id, "file": file.id}
    assert ask(browser, DOORS[right], ids) in (200, 302)
    UserRight.update(granted=False).where((UserRight.user == person) & (UserRight.right == right)).execute()
    assert ask(browser, DOORS[right], ids) in (403, 404)


POSTS = ("edit", "inactivation", "reactivation", "deletion", "comments", "files", "assignment")


@pytest.mark.parametrize("who", ["southerner", "nobody", "marit", "linnea"])
def test_another_stores_customer_is_not_there_and_nothing_is_written(cast, who):
    before = list(Customer.select().dicts())
    browser = cast.at(who)
    for address in (
        f"/customers/{cast.lovskar.id}",
        f"/customers/{cast.lovskar.id}/edit",
        f"/customers/{cast.lovskar.id}/assignment",
    ):
        assert browser.get(address).status_code == 404, address
    for way in POSTS:
        assert (
            browser.post(
                f"/customers/{cast.lovskar.id}/{way}", data={"text": "x", "name": "x", "number": "9"}
            ).status_code
            == 404
        ), way
    answer = browser.post("/customers/inactivation", data={"id": cast.lovskar.id})
    assert answer.status_code in (403, 404)
    assert list(Customer.select().dicts()) == before


def test_extra_fields_of_a_form_change_nothing(cast):
    data = {
        "number": "1042",
        "name": "Lövskär Livs AB",
        "kind": "business",
        "language": "sv",
        "store": cast.house.north.id,
        "version": 1,
        "inactive_at": "2020-01-01",
        "sort_name": "x",
        "search_text": "x",
        "id": 99,
        "created_at": "x",
    }
    cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/edit", data=data)
    kept = Customer.get_by_id(cast.lovskar.id)
    assert (kept.inactive_at, kept.sort_name) == (None, cast.lovskar.sort_name)


def test_a_customer_is_not_moved_to_a_store_one_does_not_work_in(cast):
    data = {
        "number": "1042",
        "name": "Lövskär Livs AB",
        "kind": "business",
        "language": "sv",
        "store": cast.house.south.id,
        "version": 1,
    }
    assert cast.at("dispatcher").post(f"/customers/{cast.lovskar.id}/edit", data=data).status_code == 422
    assert Customer.get_by_id(cast.lovskar.id).store == cast.house.north
