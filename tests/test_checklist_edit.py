"""Checklists: points as rows that are added, moved and taken out without any script."""

from decimal import Decimal

from models.checklist import Checklist, OrderPoint, PointKind
from models.event import Event
from tests import factories
from tests.pages import form, said


def rows(*texts: str, **more) -> dict:
    fields: dict = {"name": "Yearly service", "row": [str(place) for place in range(len(texts))]}
    for place, text in enumerate(texts):
        fields |= {f"{place}-text": text, f"{place}-group": "Unit", f"{place}-kind": "check"}
    return fields | more


def texts(checklist: Checklist) -> list[str]:
    return [point.text for point in checklist.points]


def test_a_checklist_is_made_with_its_points_in_order(cast):
    browser = cast.at("owner")
    assert "No checklists yet" in browser.get("/checklists/").text
    assert 'name="0-text"' in browser.get("/checklists/new").text
    measured = {
        "1-kind": "number",
        "1-unit": "bar",
        "1-low": "2,0",
        "1-high": "3,5",
        "is_default": "y",
    }
    answer = browser.post("/checklists/new", data=rows("Clean the condenser", "Suction pressure", "", **measured))
    assert answer.location == "/checklists/"
    checklist = Checklist.get()
    assert texts(checklist) == ["Clean the condenser", "Suction pressure"] and checklist.is_default
    second = checklist.points[1]
    assert (second.kind, second.unit, second.low, second.high) == (
        PointKind.NUMBER,
        "bar",
        Decimal("2.0"),
        Decimal("3.5"),
    )
    assert Event.about(checklist).first().verb == "checklist.changed"
    assert (
        "2 points" in said(browser.get("/checklists/").text)
        and "Used for new orders" in browser.get("/checklists/").text
    )


def test_the_buttons_arrange_the_rows_and_save_nothing(cast):
    browser = cast.at("owner")

    def shown(do: str) -> list[str]:
        answer = browser.post("/checklists/new", data=rows("One", "Two", "Three", do=do))
        assert answer.status_code == 200
        fields = form(answer.text)
        return [
            fields[f"{place}-text"] for place in ([fields["row"]] if isinstance(fields["row"], str) else fields["row"])
        ]

    assert shown("up-1") == ["Two", "One", "Three"]
    assert shown("down-1") == ["One", "Three", "Two"]
    assert shown("up-0") == ["One", "Two", "Three"]
    assert shown("remove-1") == ["One", "Three"]
    assert shown("add") == ["One", "Two", "Three", ""]
    added = form(browser.post("/checklists/new", data=rows("One", do="add")).text)
    assert added["1-group"] == "Unit"  # a new point goes on where the last one was
    assert shown("nonsense-9") == ["One", "Two", "Three"]
    assert not Checklist.select().exists()


def test_what_is_wrong_is_said_at_the_row(cast):
    wrong = {
        "0-kind": "number",
        "0-low": "high",
        "1-kind": "number",
        "1-low": "5",
        "1-high": "2",
        "2-group": "Safety",
    }
    answer = cast.at("owner").post("/checklists/new", data=rows("Pressure", "Flow", "", name="", **wrong))
    assert answer.status_code == 422
    for sentence in (
        "This is not a number.",
        "The upper limit is below the lower one.",
        "Fill this in.",
    ):
        assert sentence in answer.text
    assert not Checklist.select().exists()


def test_a_change_does_not_touch_orders_that_are_made(cast):
    checklist = factories.checklist()
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, points=checklist)
    browser = cast.at("owner")
    fields = form(browser.get(f"/checklists/{checklist.id}/edit").text)
    assert fields["1-low"] == "2.0"
    assert (
        browser.post(f"/checklists/{checklist.id}/edit", data=fields | {"0-text": "Wash the condenser"}).status_code
        == 302
    )
    assert texts(Checklist.get())[0] == "Wash the condenser"
    assert [point.text for point in OrderPoint.of(order)][0] == "Clean the condenser"


def test_only_one_checklist_is_the_usual_one(cast):
    first = factories.checklist()
    cast.at("owner").post("/checklists/new", data=rows("One", name="Other", is_default="y"))
    assert [checklist.name for checklist in Checklist.select().where(Checklist.is_default)] == ["Other"]
    assert Checklist.usual() != first


def test_another_checklist_leaves_the_usual_one_as_it_is(cast):
    first = factories.checklist()
    cast.at("owner").post("/checklists/new", data=rows("One", name="Other"))
    assert [(checklist.name, checklist.is_default) for checklist in Checklist.select().order_by(Checklist.id)] == [
        ("Yearly service", True),
        ("Other", False),
    ]
    assert Checklist.usual() == first


def test_a_colleagues_save_is_not_overwritten_unawares(cast):
    checklist = factories.checklist()
    mine, theirs = cast.at("owner"), cast.at("administrator")
    my_fields, their_fields = (form(browser.get(f"/checklists/{checklist.id}/edit").text) for browser in (mine, theirs))
    theirs.post(f"/checklists/{checklist.id}/edit", data=their_fields | {"0-text": "Theirs"})
    answer = mine.post(f"/checklists/{checklist.id}/edit", data=my_fields | {"0-text": "Mine"})
    assert answer.status_code == 409 and "Adam Administrator changed this checklist meanwhile" in said(answer.text)
    assert texts(Checklist.get())[0] == "Theirs"
    kept = form(answer.text)
    assert kept["0-text"] == "Mine"
    assert mine.post(f"/checklists/{checklist.id}/edit", data=kept).status_code == 302
    assert texts(Checklist.get())[0] == "Mine"


def test_only_those_with_the_right_change_checklists(cast):
    checklist = factories.checklist()
    for reader, status in (("dispatcher", 403), ("technician", 403), ("marit", 404)):
        for path in ("", "new", f"{checklist.id}/edit"):
            assert cast.at(reader).get(f"/checklists/{path}").status_code == status
        assert cast.at(reader).post(f"/checklists/{checklist.id}/edit", data=rows("x")).status_code == status
    assert texts(checklist)[0] == "Clean the condenser"
