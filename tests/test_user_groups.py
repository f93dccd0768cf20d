"""User groups: who stands where in the lists of people, and what an administrator does with them."""

import pytest

from models.base import Taken
from models.event import Event
from models.refusals import Refused
from models.user import User
from models.user_group import UserGroup
from tests import factories

PLACE = "/settings/user-groups"


def names() -> list[str]:
    return [group.name for group in UserGroup.in_order()]


@pytest.mark.requirement("S2.24")
def test_a_new_group_stands_last_and_is_chosen_on_the_persons_page(cast):
    browser = cast.at("owner")
    browser.post(f"{PLACE}/", data={"name": "Night shift"})
    assert names() == ["Office", "Technicians", "Night shift"]
    night = UserGroup.get(UserGroup.name == "Night shift")
    facts = {"name": "Elin Fors", "login": "technician", "language": "en", "version": 1}
    browser.post(f"/staff/{cast.technician.id}/edit", data={**facts, "group": night.id})
    assert User.get_by_id(cast.technician.id).group == night
    assert "Elin Fors" in browser.get(f"{PLACE}/{night.id}").text
    assert Event.about(night).get().verb == "user_group.created"


@pytest.mark.requirement("S2.24")
def test_the_assign_dialog_lists_people_in_the_order_of_their_groups(cast):
    cast.at("owner").post(f"{PLACE}/{cast.technician.group_id}/place", data={"step": "-1"})
    assert names() == ["Technicians", "Office"]
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/assignment").text.partition("<main")[2]
    assert page.index("<legend>Technicians") < page.index("<legend>Office")


def test_the_first_group_goes_no_higher_and_nothing_is_logged(cast):
    UserGroup.in_order().first().move(-1, by=cast.owner)
    assert (names(), Event.select().where(Event.verb == "user_group.changed").count()) == (["Office", "Technicians"], 0)


def test_a_group_is_renamed_and_its_people_are_in_it_still(cast):
    cast.at("owner").post(f"{PLACE}/{cast.technician.group_id}", data={"name": "Field staff", "version": 1})
    assert User.get_by_id(cast.technician.id).group.name == "Field staff"
    assert Event.about(cast.technician.group).first().changes["name"] == {"old": "Technicians", "new": "Field staff"}


def test_two_who_rename_it_differently_see_both_names(cast):
    where = f"{PLACE}/{cast.technician.group_id}"
    cast.at("owner").post(where, data={"name": "Field staff", "version": 1})
    answer = cast.at("administrator").post(where, data={"name": "Fitters", "version": 1})
    assert (answer.status_code, "Field staff" in answer.text, "Fitters" in answer.text) == (409, True, True)


@pytest.mark.parametrize("where", ["/", "/{id}"])
def test_a_name_in_use_is_refused_at_its_field(cast, where):
    address = PLACE + where.format(id=cast.technician.group_id)
    answer = cast.at("owner").post(address, data={"name": "Office", "version": 1})
    assert (answer.status_code, "There is a user group of this name" in answer.text) == (422, True)
    assert names() == ["Office", "Technicians"]
    with pytest.raises(Taken):
        UserGroup.add("Office", by=cast.owner)


def test_a_group_with_people_is_not_removed_even_if_they_are_switched_off(cast):
    cast.technician.inactivate(by=cast.owner)
    browser, where = cast.at("owner"), f"{PLACE}/{cast.technician.group_id}"
    assert "Why?" in browser.get(where).text
    with pytest.raises(Refused) as refused:
        cast.technician.group.remove(by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["user_group.in_use"]
    assert (browser.post(f"{where}/removal").status_code, names()) == (409, ["Office", "Technicians"])


def test_an_empty_group_is_removed_and_stays_on_the_log(cast):
    empty = factories.user_group("Empty")
    assert cast.at("owner").post(f"{PLACE}/{empty.id}/removal").status_code == 302
    assert names() == ["Office", "Technicians"]
    assert Event.get(Event.verb == "user_group.removed").what == "Empty"


@pytest.mark.requirement("S2.25")
@pytest.mark.parametrize("who", ["dispatcher", "technician", "cashier", "finance"])
@pytest.mark.parametrize(
    "address", ["/settings/", f"{PLACE}/", "/settings/integrations/", "/settings/customer-numbers", "/settings/portal"]
)
def test_the_settings_are_for_administrators_only(cast, who, address):
    assert cast.at(who).get(address).status_code == 403
    assert cast.at("administrator").get(address).status_code == 200
    assert 'href="/settings/"' not in cast.at(who).get("/today/").text
    assert 'href="/settings/"' in cast.at("administrator").get("/today/").text


def test_those_without_the_right_change_no_group(cast):
    browser, where = cast.at("dispatcher"), f"{PLACE}/{cast.technician.group_id}"
    for address, data in ((f"{PLACE}/", {"name": "Mine"}), (where, {"name": "Mine", "version": 1})):
        assert browser.post(address, data=data).status_code == 403
    for way in ("place", "removal"):
        assert browser.post(f"{where}/{way}").status_code == 403
    with pytest.raises(Refused):
        UserGroup.add("Mine", by=cast.dispatcher)
    assert names() == ["Office", "Technicians"]


def test_the_staff_is_sorted_and_narrowed_by_group(cast):
    browser = cast.at("owner")
    page = browser.get("/staff/?sort=group&direction=desc").text.partition("<tbody")[2]
    assert page.index("Elin Fors") < page.index("Sanna Lindmo") < page.index("Karin Kassa")
    page = browser.get(f"/staff/?group={cast.technician.group_id}").text.partition("<main")[2]
    assert "Elin Fors" in page and "Sanna Lindmo" not in page
