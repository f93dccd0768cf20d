"""How far a login reaches: never to another store's or another customer's records, by path, body, list, search
or export."""

import pytest

from models.base import Record
from models.nouns import NOUNS
from models.rights import Right, Role
from models.user import UserRight
from tests import factories
from tests.world import (
    HOUSEWIDE,
    OTHERS,
    address,
    argument,
    changed,
    forms_of,
    furnish,
    routes,
    snapshot,
    text_of,
    writes,
)


@pytest.fixture
def branches(cast):
    return furnish(cast)


PERSONAL = {"import_job", "person_export"}  # seen by who made it


@pytest.fixture
def southern_boss(cast):
    """May do everything, but only in the southern store."""
    boss = factories.user(Role.ADMINISTRATOR, "Sigge Södergren", login="boss", stores=(cast.house.south,))
    UserRight.create(user=boss, right=Right.STORE_ALL, granted=False)
    return boss


def owned() -> dict[str, type[Record]]:
    return {name: kind for name, kind in NOUNS.items() if name not in HOUSEWIDE}


def test_records_of_another_store_are_not_among_what_one_may_see(cast, branches, southern_boss):
    north, south = branches
    for name, kind in owned().items():
        seen = {row.id for row in kind.visible_to(southern_boss)}
        assert north.id_of(kind) not in seen, name
        assert south.id_of(kind) in seen or name in PERSONAL, f"{name}: the control"


def test_records_of_another_customer_are_not_among_what_its_user_may_see(branches):
    north, south = branches
    for name, kind in owned().items():
        seen = {row.id for row in kind.visible_to(south.person)}
        assert north.id_of(kind) not in seen, name


def foreign_routes(app, side: str):
    """Routes that name a record somebody owns."""
    for rule, method, door in routes(app):
        ids = [name for name in rule.arguments if name == "id" or name.endswith("_id") and name[:-3] not in OTHERS]
        kinds = {(door.noun if name == "id" else NOUNS[name[:-3]]) for name in ids if name != "id" or door.noun}
        on_this_side = rule.endpoint.startswith("portal.") == (side == "portal")
        if (
            door.needs_login
            and on_this_side
            and any(kind._meta.table_name not in HOUSEWIDE for kind in kinds if kind is not None)
        ):
            yield rule, method, door, ids


def addresses(app, rule, door, ids, home, away):
    """The route with everything foreign, and with each blank foreign in turn."""
    own = {name: argument(name, door, home) for name in rule.arguments}
    there = {name: argument(name, door, away) for name in rule.arguments}
    yield address(app, rule, there)
    for name in ids if len(ids) > 1 else []:
        yield address(app, rule, own | {name: there[name]})


@pytest.mark.parametrize("side", ["staff", "portal"])
def test_a_foreign_id_in_the_address_does_not_exist_and_nothing_happens(app, cast, branches, southern_boss, side):
    north, south = branches
    browser = cast.at(southern_boss if side == "staff" else south.person)
    before, wrong, asked = snapshot(), [], 0
    for rule, method, door, ids in foreign_routes(app, side):
        for url in addresses(app, rule, door, ids, south, north):
            with writes() as written:
                answer = browser.open(url, method=method)
            asked += 1
            if answer.status_code != 404 or written and method == "GET":
                wrong.append(f"{method} {url}: {answer.status_code}")
    assert wrong == []
    assert changed(before, snapshot()) == []
    assert asked > 8  # the control: there are such routes


@pytest.mark.parametrize("side", ["staff", "portal"])
def test_the_same_routes_exist_for_those_they_are_for(app, cast, branches, side):
    """The control of the test above: with their own ids they are found."""
    north, _ = branches
    browser, found = cast.at("owner" if side == "staff" else "marit"), []
    for rule, method, door, _ids in foreign_routes(app, side):
        if method == "GET":
            url = address(app, rule, {name: argument(name, door, north) for name in rule.arguments})
            found.append(browser.get(url).status_code)
    assert found.count(404) <= len(found) // 3  # some papers are not made yet


def foreign_names(branch) -> list[str]:
    return [branch.customer.name, branch.facility.name, branch.records["contact"].email]


@pytest.mark.parametrize("side", ["staff", "portal"])
def test_no_page_tells_of_the_other_side(app, cast, branches, southern_boss, side):
    """Every page, list, search and export that opens without a foreign id."""
    north, south = branches
    browser = cast.at(southern_boss if side == "staff" else south.person)
    told = []
    for rule, method, door in routes(app):
        if method == "GET" and rule.endpoint.startswith("portal.") == (side == "portal") and door.needs_login:
            url = address(app, rule, {name: argument(name, door, south) for name in rule.arguments})
            for query in ("", "?q=Lövskär&status=all&all=1", f"?q={north.customer.number}"):
                text = text_of(browser.get(url + query))
                told += [f"{url}{query}: {name}" for name in foreign_names(north) if name in text]
    assert told == []


def foreign_values(name: str, values: list, away) -> list:
    """What a forger would write into this field to reach the other side."""
    for noun in ("customer", "facility", "contact", "store"):
        if noun in name:
            record = away.records[noun]
            return [record.number] if noun == "customer" and not values[0].isdigit() else [str(record.id)]
    return [str(away.id_of(NOUNS["customer"]))] if name == "id" else values


@pytest.mark.parametrize("side", ["staff", "portal"])
def test_a_foreign_id_in_a_form_touches_nothing_there(app, cast, branches, southern_boss, side, undone):
    """Every form of every page, each naming field turned to the other side's record."""
    north, south = branches
    person = southern_boss if side == "staff" else south.person
    browser, tried, touched = cast.at(person), set(), []
    before = belongings(north)
    for rule, method, door in routes(app):
        if method != "GET" or not door.needs_login or rule.endpoint.startswith("portal.") != (side == "portal"):
            continue
        url = address(app, rule, {name: argument(name, door, south) for name in rule.arguments})
        for action, fields in forms_of(text_of(browser.get(url)), url):
            forged = {name: foreign_values(name, values, north) for name, values in fields.items()}
            if forged == fields or (action, tuple(fields)) in tried:
                continue
            tried.add((action, tuple(fields)))
            with undone():
                browser.post(action, data=forged)
                if belongings(north) != before:
                    touched.append(action)
    assert touched == []
    assert tried or side == "portal"


def belongings(branch) -> dict[str, list]:
    """Every row that points at this branch's store, customer or facility."""
    wanted = {"store": branch.store.id, "customer": branch.customer.id, "facility": branch.facility.id}
    found = {}
    for kind in {*NOUNS.values(), *OTHERS.values()}:
        for name, record_id in wanted.items():
            field = kind._meta.fields.get(name)
            if field is not None and kind._meta.table_name not in ("message",):
                found[f"{kind.__name__}.{name}"] = list(
                    kind.select().where(field == record_id).order_by(kind.id).tuples()
                )
    return found
