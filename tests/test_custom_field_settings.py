"""The settings of custom fields: who may, what is logged, and what happens to a field that is in use."""

import pytest

from models.custom_field import CustomField, CustomValue, FieldKind, Need
from models.customer import Customer
from models.customised import known
from models.event import Event
from models.order import Order
from models.refusals import Refused
from tests import factories
from tests.counting import queries
from tests.pages import form, said

PAGE = "/settings/custom-fields/"


def fields(owner: str = "customer") -> list[str]:
    return [field.label for field in CustomField.of(owner)]


def new(browser, noun: str = "customer", **values):
    page = browser.get(f"{PAGE}new/{noun}").text
    return browser.post(f"{PAGE}new/{noun}", data={**form(page), **values})


def verbs(field: CustomField) -> list[str]:
    return [event.verb for event in Event.about(field)]


@pytest.mark.requirement("S2.28")
def test_a_field_is_made_in_the_settings_with_everything_it_has(cast):
    answer = new(
        cast.at("owner"),
        "facility",
        label="Refrigerant",
        kind="choice",
        choices="R290\n\n R744 \nR290",
        help="As on the plate",
        need="always",
        in_list="y",
        searchable="y",
        hidden="y",
        label_sv="Köldmedium",
    )
    assert answer.status_code == 302
    (field,) = CustomField.of("facility")
    assert (field.label, field.kind, field.choices) == ("Refrigerant", FieldKind.CHOICE, ["R290", "R744"])
    assert (field.help, field.need, field.labels) == ("As on the plate", Need.ALWAYS, {"sv": "Köldmedium"})
    assert (field.in_list, field.searchable, field.hidden) == (True, True, True)
    assert verbs(field) == ["custom_field.created"]
    page = said(cast.at("owner").get(PAGE).text)
    assert "Refrigerant" in page
    assert "must be filled in · in the list · in the search · hidden from customers · 0 records have a value" in page


def test_what_belongs_to_another_kind_is_not_kept(cast):
    new(cast.at("owner"), label="Code", kind="text", unit="kg", decimals="2", choices="R290")
    (field,) = CustomField.of("customer")
    assert (field.unit, field.decimals, field.choices) == ("", 0, [])
    page = cast.at("owner").get(f"{PAGE}{field.id}/edit").text
    assert [f'name="{name}"' in page for name in ("unit", "choices", "kind")] == [False] * 3


@pytest.mark.parametrize("who", ["dispatcher", "technician"])
def test_only_who_administers_the_house_sees_and_changes_them(cast, who):
    field = factories.custom_field(cast.owner, "Key box code")
    doors = [PAGE, f"{PAGE}new/customer", f"{PAGE}{field.id}/edit"]
    assert [cast.at(who).get(door).status_code for door in doors] == [403, 403, 404]
    acts = [f"{PAGE}{field.id}/{act}" for act in ("edit", "place", "removal", "return", "deletion")]
    assert {cast.at(who).post(act, data={"label": "Mine"}).status_code for act in acts} == {404}
    assert new(cast.at(who), label="Mine").status_code == 403
    assert fields() == ["Key box code"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"label": " "}, "Fill this in."),
        ({"label": "Colour", "kind": "choice"}, "Write at least one choice."),
        ({"label": "Weight", "kind": "number", "decimals": "9"}, "Between 0 and 6."),
        ({"label": "Colour", "kind": "choice", "choices": "x" * 81}, "At most 200 choices of 80 characters."),
        ({"label": "Key box code"}, "Another field has this name, maybe a removed one."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(cast, values, sentence):
    factories.custom_field(cast.owner, "Key box code").remove(by=cast.owner)
    answer = new(cast.at("owner"), **values)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert fields() == ["Key box code"]


def test_there_are_no_such_fields_of_what_has_none(cast):
    assert cast.at("owner").get(f"{PAGE}new/protocol").status_code == 404


def test_renaming_is_logged_and_the_kind_stays(cast):
    field = factories.custom_field(cast.owner, "Next audit", "date")
    page = cast.at("administrator").get(f"{PAGE}{field.id}/edit").text
    data = {**form(page), "label": "Next inspection", "kind": "text"}
    assert cast.at("administrator").post(f"{PAGE}{field.id}/edit", data=data).status_code == 302
    field = CustomField.get_by_id(field.id)
    assert (field.label, field.kind) == ("Next inspection", FieldKind.DATE)
    last = Event.about(field).first()
    assert (last.verb, last.actor_name) == ("custom_field.changed", "Adam Administrator")
    assert last.changes == {"label": {"old": "Next audit", "new": "Next inspection"}}
    assert "Next audit" in said(cast.at("administrator").get(f"{PAGE}{field.id}/edit?show=changes").text)


def test_two_who_change_the_same_field_see_both_values(cast):
    field = factories.custom_field(cast.owner, "Next audit", "date")
    data = form(cast.at("owner").get(f"{PAGE}{field.id}/edit").text)
    cast.at("administrator").post(f"{PAGE}{field.id}/edit", data={**data, "form_key": "a", "label": "Inspection"})
    answer = cast.at("owner").post(f"{PAGE}{field.id}/edit", data={**data, "label": "Audit on"})
    assert (answer.status_code, "Adam Administrator saved this" in answer.text) == (409, True)
    assert fields() == ["Inspection"]


def test_fields_stand_in_the_order_they_are_moved_to(cast):
    first, second, third = (factories.custom_field(cast.owner, label) for label in ("One", "Two", "Three"))
    second.remove(by=cast.owner)
    cast.at("owner").post(f"{PAGE}{third.id}/place", data={"step": "-1"})
    assert [field.label for field in Customer.custom_fields()] == ["Three", "One"]
    cast.at("owner").post(f"{PAGE}{third.id}/place", data={"step": "-1"})  # it is the first already
    cast.at("owner").post(f"{PAGE}{third.id}/place", data={"step": "1"})
    assert [field.label for field in Customer.custom_fields()] == ["One", "Three"]


def test_a_field_in_use_is_not_deleted_and_the_refusal_offers_to_remove_it(cast):
    field = factories.custom_field(cast.owner, "Key box code")
    cast.lovskar.change({field.name: "4711"}, by=cast.dispatcher, seen=1)
    with pytest.raises(Refused) as refused:
        field.delete_unused(by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["custom_field.in_use"]
    page = cast.at("owner").get(PAGE).text
    assert "The field Key box code is in use and cannot be deleted" in page
    assert "Records with a value in it: 1." in page
    assert page.count(f'action="{PAGE}{field.id}/removal"') == 2  # the button, and the remedy
    assert cast.at("owner").post(f"{PAGE}{field.id}/deletion").status_code == 409
    assert fields() == ["Key box code"]


@pytest.mark.requirement("S2.28")
def test_a_removed_field_is_not_offered_stays_readable_and_comes_back(cast):
    field = factories.custom_field(cast.owner, "Key box code", in_list=True)
    cast.lovskar.change({field.name: "4711"}, by=cast.dispatcher, seen=1)
    browser = cast.at("dispatcher")
    cast.at("owner").post(f"{PAGE}{field.id}/removal")
    cast.at("owner").post(f"{PAGE}{field.id}/removal")  # safe to repeat
    edit = browser.get(f"/customers/{cast.lovskar.id}/edit").text
    assert (f'name="{field.name}"' in edit, "Key box code (removed)" in edit, "4711" in edit) == (False, True, True)
    assert "Key box code (removed)" in browser.get(f"/customers/{cast.lovskar.id}").text
    assert "Key box code" not in browser.get(f"/customers/{cast.hotel.id}").text
    assert "Key box code" not in browser.get("/customers/").text
    cast.at("owner").post(f"{PAGE}{field.id}/return")
    assert f'name="{field.name}"' in browser.get(f"/customers/{cast.lovskar.id}/edit").text
    assert verbs(field) == ["custom_field.brought_back", "custom_field.removed", "custom_field.created"]


def test_an_unused_field_is_deleted_for_good_and_the_log_still_names_it(cast):
    field = factories.custom_field(cast.owner, "Shoe size")
    for value, seen in (("44", 1), ("", 2)):
        cast.lovskar.change({field.name: value}, by=cast.dispatcher, seen=seen)
    assert cast.at("owner").post(f"{PAGE}{field.id}/deletion").status_code == 302
    assert (fields(), CustomValue.select().count()) == ([], 0)
    assert "Shoe size" in said(cast.at("owner").get(f"/customers/{cast.lovskar.id}?show=changes").text)


def test_a_status_can_be_chosen_where_the_noun_has_steps(cast):
    page = cast.at("owner").get(f"{PAGE}new/order").text
    assert all(word in page for word in ("From the status", "In progress", "Performed"))
    assert "from a status on" not in cast.at("owner").get(f"{PAGE}new/customer").text
    assert new(cast.at("owner"), "order", label="Meter", need="from_status", need_from="performed").status_code == 302
    assert [(field.need, field.need_from) for field in Order.custom_fields()] == [(Need.FROM_STATUS, "performed")]


def test_without_a_mark_nothing_is_asked_and_a_new_mark_is_heeded_at_once(cast):
    with queries() as seen:
        assert known().rows == {}
    assert [sql for sql in seen if "custom_field" in sql] == []
    field = factories.custom_field(cast.owner, "Key box code")
    before = known()
    assert known() is before
    CustomField.update(label="Renamed elsewhere").where(CustomField.id == field.id).execute()
    type(cast.house.organisation).update(fields_mark="another process").execute()
    assert "Renamed elsewhere" in cast.at("dispatcher").get("/customers/new").text
    assert known() is not before
