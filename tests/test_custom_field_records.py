"""Custom fields on the records: the form, the change log, two people at once, the portal, the paper, the search."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from models.base import Language, db
from models.custom_field import CustomField, CustomValue, Owner
from models.customer import Customer
from models.customised import nouns
from models.event import Event
from models.facility import Facility
from models.order import Order
from models.protocol import Protocol
from models.refusals import Refused
from models.user import User
from tasks import documents, folding
from tests import factories
from tests.counting import queries
from tests.pages import form, said
from tests.test_conflict_both_values import hidden
from tests.world import signed

KINDS = {
    "text": ("Key box code", {}, "4711", "4711"),
    "long_text": ("Way in", {}, "Ring twice.\r\nThen wait.", "Ring twice.\nThen wait."),
    "number": ("Charge", {"unit": "kg", "decimals": 2}, "12,5", Decimal("12.50")),
    "date": ("Next audit", {}, "2027-02-01", date(2027, 2, 1)),
    "yes_no": ("Has a lift", {}, "y", True),
    "choice": ("Refrigerant", {"choices": ["R290", "R744"]}, "R744", "R744"),
    "suggestion": ("Chain", {"choices": ["Norrlivs", "Fjällhandel"]}, "Eget namn", "Eget namn"),
}
SHOWN = {"long_text": "Ring twice. Then wait.", "number": "12.50 kg", "date": "1 Feb 2027", "yes_no": "Yes"}


def every_kind(cast, owner: str = "customer", **values) -> dict[str, CustomField]:
    return {
        kind: factories.custom_field(cast.owner, label, kind, owner, **{**more, **values})
        for kind, (label, more, _typed, _kept) in KINDS.items()
    }


def edit(browser, path: str, stale: str = "", **values):
    """The form at this address with these values; `stale`: as it stood on a page opened earlier."""
    return browser.post(path, data={**form(stale or browser.get(path).text), **values})


@pytest.mark.requirement("S2.28")
@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("owner", ["customer", "facility", "order"])
def test_each_kind_is_kept_and_shown_on_each_noun(cast, owner, kind):
    label, more, typed, kept = KINDS[kind]
    field = factories.custom_field(cast.owner, label, kind, owner, help="Ask the janitor", **more)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    record, path = {
        "customer": (cast.lovskar, f"/customers/{cast.lovskar.id}"),
        "facility": (cast.shop, f"/facilities/{cast.shop.id}"),
        "order": (order, f"/orders/{order.id}"),
    }[owner]
    assert "Ask the janitor" in cast.at("dispatcher").get(f"{path}/edit").text
    assert edit(cast.at("dispatcher"), f"{path}/edit", **{field.name: typed}).status_code == 302
    assert getattr(type(record).get_by_id(record.id), field.name) == kept
    words = SHOWN.get(kind, str(kept))
    assert f"{label} {words}" in said(cast.at("dispatcher").get(path).text).replace("\N{NO-BREAK SPACE}", " ")
    again = form(cast.at("dispatcher").get(f"{path}/edit").text)
    assert edit(cast.at("dispatcher"), f"{path}/edit", **again).status_code == 302
    assert type(record).get_by_id(record.id).version == 2  # what the form shows is what it takes


def test_a_new_record_takes_them_too(cast):
    customer_field, facility_field, order_field = (
        factories.custom_field(cast.owner, "Own", owner=owner) for owner in ("customer", "facility", "order")
    )
    browser = cast.at("dispatcher")
    edit(browser, "/customers/new", number="5001", name="Nya AB", **{customer_field.name: "c"})
    edit(browser, f"/facilities/new?customer_id={cast.lovskar.id}", name="Attic", **{facility_field.name: "f"})
    facts = {"heading": "Look", "facility": str(cast.shop.id), order_field.name: "o"}
    edit(browser, f"/orders/new?facility={cast.shop.id}", **facts)
    customer = Customer.get(Customer.number == "5001")
    facility, order = Facility.get(Facility.name == "Attic"), Order.get(Order.heading == "Look")
    kept = [getattr(record, f"custom_{place}") for place, record in enumerate((customer, facility, order), start=1)]
    assert kept == ["c", "f", "o"]


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("number", "twelve", "Write a number, such as 4.2."),
        ("date", "1 Feb", "This is not a date."),
        ("choice", "R22", "Not a valid choice."),
        ("text", "x" * 201, "At most 200 characters."),
    ],
)
def test_what_does_not_fit_the_kind_is_said_at_the_field_and_kept(cast, kind, typed, sentence):
    field = every_kind(cast)[kind]
    answer = edit(cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit", town="Pajala", **{field.name: typed})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'id="{field.name}-error"' in answer.text
    assert form(answer.text)["town"] == "Pajala"
    if kind != "choice":  # no option of the list
        assert typed in answer.text
    assert CustomValue.select().count() == 0


def test_a_field_that_is_always_needed_has_its_star_and_is_asked_for(cast):
    fields = every_kind(cast, need="always")
    page = cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}/edit").text
    answer = edit(cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit", page)
    assert answer.status_code == 422
    missing = [name for name in (field.name for field in fields.values()) if f'id="{name}-error"' in answer.text]
    assert missing == [field.name for field in fields.values()]
    assert said(page).count("*") - said(cast.at("dispatcher").get("/customers/new").text).count("*") == 0
    values = {field.name: KINDS[kind][2] for kind, field in fields.items()}
    assert edit(cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit", **values).status_code == 302


def test_a_choice_that_is_not_offered_any_more_stays_with_its_record(cast):
    field = factories.custom_field(cast.owner, "Refrigerant", "choice", choices=["R22", "R290"])
    cast.lovskar.change({field.name: "R22"}, by=cast.dispatcher, seen=1)
    field.change({"choices": ["R290"]}, by=cast.owner, seen=1)
    assert edit(cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/edit", town="Pajala").status_code == 302
    assert getattr(Customer.get_by_id(cast.lovskar.id), field.name) == "R22"
    assert "R22" not in cast.at("dispatcher").get(f"/customers/{cast.hotel.id}/edit").text


def test_nought_is_a_number_like_any_other(cast):
    field = factories.custom_field(cast.owner, "Charge", "number", need="always")
    path = f"/customers/{cast.lovskar.id}"
    assert edit(cast.at("dispatcher"), f"{path}/edit", **{field.name: "0"}).status_code == 302
    assert getattr(Customer.get_by_id(cast.lovskar.id), field.name) == Decimal(0)
    assert form(cast.at("dispatcher").get(f"{path}/edit").text)[field.name] == "0"
    assert "Charge 0" in said(cast.at("dispatcher").get(path).text)


# Needed from a status on


@pytest.fixture
def meter(cast) -> CustomField:
    values = {"need": "from_status", "need_from": "performed"}
    return factories.custom_field(cast.owner, "Meter reading", "number", "order", **values)


@pytest.mark.requirement("S2.28")
def test_the_step_to_the_status_is_refused_with_a_link_to_the_field(cast, meter):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.start(by=cast.dispatcher)
    with pytest.raises(Refused) as refused:
        order.perform(by=cast.dispatcher)
    assert "custom_field.required" in {refusal.code for refusal in refused.value.refusals}
    page = cast.at("dispatcher").get(f"/orders/{order.id}").text
    assert "Meter reading is not filled in" in page
    link = f"/search/edit/order/{order.id}#{meter.name}"
    assert link in page
    assert cast.at("dispatcher").get(link).location == f"/orders/{order.id}/edit"
    edit(cast.at("dispatcher"), f"/orders/{order.id}/edit", **{meter.name: "7"})
    order = Order.get_by_id(order.id)
    assert "custom_field.required" not in {refusal.code for refusal in order.why_not("perform", cast.dispatcher)}


def test_it_is_not_asked_for_before_nor_where_the_work_is_given_up(cast, meter):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert order.why_not("start", cast.dispatcher) == []
    assert order.why_not("void", cast.dispatcher) == []
    early = factories.custom_field(cast.owner, "Gate code", owner="order", need="from_status", need_from="in_progress")
    assert [refusal.params["name"] for refusal in order.why_not("start", cast.dispatcher)] == [early.name]
    early.remove(by=cast.owner)
    assert order.why_not("start", cast.dispatcher) == []


def test_a_link_to_a_form_leads_only_where_the_reader_may_see_the_record(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert cast.at("southerner").get(f"/search/edit/order/{order.id}").status_code == 404
    assert cast.at("dispatcher").get("/search/edit/protocol/1").status_code == 404


# Two people, and the log


def test_different_custom_fields_merge_without_a_question(cast):
    fields = every_kind(cast)
    path = f"/customers/{cast.lovskar.id}/edit"
    stale = cast.at("dispatcher").get(path).text
    edit(cast.at("administrator"), path, **{fields["date"].name: "2027-02-01"})
    assert edit(cast.at("dispatcher"), path, stale, **{fields["number"].name: "3"}).status_code == 302
    kept = Customer.get_by_id(cast.lovskar.id)
    assert getattr(kept, fields["date"].name) == date(2027, 2, 1)
    assert getattr(kept, fields["number"].name) == Decimal("3.00")


@pytest.mark.requirement("S2.28")
@pytest.mark.parametrize("choice", ["yours", "theirs"])
def test_the_same_custom_field_shows_both_values(cast, choice):
    field = every_kind(cast)["date"]
    path = f"/customers/{cast.lovskar.id}/edit"
    stale = cast.at("dispatcher").get(path).text
    edit(cast.at("administrator"), path, **{field.name: "2027-02-01"})
    answer = edit(cast.at("dispatcher"), path, stale, **{field.name: "2027-03-01"})
    assert answer.status_code == 409
    table = said(answer.text.split('class="both"')[1])
    assert all(words in table for words in ("Next audit", "1 Feb 2027", "1 Mar 2027"))
    posted = {**hidden(answer.text), f"keep-{field.name}": choice}
    assert cast.at("dispatcher").post(path, data=posted).status_code == 302
    kept = getattr(Customer.get_by_id(cast.lovskar.id), field.name)
    assert kept == (date(2027, 3, 1) if choice == "yours" else date(2027, 2, 1))


def test_the_change_log_says_what_it_was_and_what_it_became(cast):
    fields = every_kind(cast)
    path = f"/customers/{cast.lovskar.id}/edit"
    edit(cast.at("dispatcher"), path, **{field.name: KINDS[kind][2] for kind, field in fields.items()})
    edit(cast.at("dispatcher"), path, **{fields["number"].name: "14", fields["text"].name: ""})
    fields["text"].remove(by=cast.owner)
    fields["number"].change({"label": "Filling"}, by=cast.owner, seen=1)
    log = said(cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}?show=changes").text)
    assert "Filling 12.50 → 14.00" in log
    assert "Key box code 4711 → empty" in log
    assert "Has a lift No → Yes" in log
    changes = Event.about(cast.lovskar).first().changes
    assert changes[fields["number"].name] == {"old": "12.50", "new": "14.00"}


def test_a_record_takes_its_values_along_when_it_goes(cast):
    customer_field = factories.custom_field(cast.owner, "Own")
    facility_field = factories.custom_field(cast.owner, "Own", owner="facility")
    gone = factories.customer(cast.house.north, **{customer_field.name: "mine"})
    factories.facility(gone, **{facility_field.name: "mine"})
    cast.hotel.change({customer_field.name: "stays"}, by=cast.dispatcher, seen=1)
    assert CustomValue.select().count() == 3
    gone.remove(by=cast.owner)
    assert [value.value for value in CustomValue.select()] == ["stays"]


def test_each_noun_that_has_them_is_known_and_forgets_them_whatever_deletes_the_record(cast):
    assert set(nouns()) == set(Owner)
    factories.service_object(cast.shop)
    for owner, noun in nouns().items():
        field = factories.custom_field(cast.owner, "Own", owner=owner)
        make = factories.quote if owner == Owner.QUOTE else factories.order
        record = noun.get_or_none() or make(cast.dispatcher, cast.lovskar, cast.shop)
        CustomValue.put(field, record.id, "mine")
        CustomValue.put(field, record.id + 1000, "another's")
    db.execute_sql("DELETE FROM quote")
    db.execute_sql("DELETE FROM work_order")
    db.execute_sql("DELETE FROM facility")
    db.execute_sql("DELETE FROM customer")
    assert [value.value for value in CustomValue.select()] == ["another's"] * len(Owner)


# Who reads it


@pytest.mark.requirement("S2.28")
def test_the_portal_shows_what_is_not_hidden_and_nothing_else(cast):
    values = {
        "order": {"Shown": "cust0m-shown", "Secret": "c4n4ry-order"},
        "facility": {"Floor": "cust0m-floor", "Secret": "c4n4ry-place"},
        "customer": {"Secret": "c4n4ry-customer"},
    }
    order = signed(factories.order(cast.dispatcher, cast.lovskar, cast.shop), cast.owner).order
    records = {"order": order, "facility": cast.shop, "customer": cast.lovskar}
    for owner, own in values.items():
        for label, text in own.items():
            hide = label == "Secret"
            field = factories.custom_field(cast.owner, label, owner=owner, hidden=hide, in_list=True, searchable=True)
            setattr(records[owner], field.name, text)
            records[owner].save()
    pages = ["", "home/", "orders/", "orders/?show=all", f"orders/{order.id}", "protocols/", "news/", "profile/"]
    pages += [f"protocols/{order.protocols[0].id}", "fault-reports/new"]
    seen = "".join(cast.at("marit").get(f"/portal/{page}").text for page in pages)
    assert ("cust0m-shown" in seen, "cust0m-floor" in seen) == (True, True)
    assert ("c4n4ry" in seen, "Secret" in seen) == (False, False)


def paper(protocol) -> str:
    document = PdfReader(BytesIO(documents.print_protocol(protocol)))
    return " ".join(" ".join(page.extract_text().split()) for page in document.pages)


def test_the_paper_has_the_fields_of_order_facility_and_customer_that_are_not_hidden(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    fields = every_kind(cast, "order")
    for kind, field in fields.items():
        setattr(order, field.name, KINDS[kind][3])
    order.save()
    chain = factories.custom_field(cast.owner, "Chain", labels={"sv": "Kedja"})
    floor = factories.custom_field(cast.owner, "Floor", "number", "facility")
    key = factories.custom_field(cast.owner, "Key box code", owner="facility", hidden=True)
    cast.lovskar.change({chain.name: "Norrlivs"}, by=cast.dispatcher, seen=1)
    cast.shop.change({floor.name: Decimal(3), key.name: "c4n4ry"}, by=cast.dispatcher, seen=1)
    said_on_paper = paper(Protocol.get_by_id(signed(order, cast.owner).id))
    wanted = ("Charge 12,50 kg", "Next audit 2027-02-01", "Refrigerant R744", "Has a lift Ja", "Kedja: Norrlivs")
    assert [words for words in (*wanted, "Floor: 3") if words not in said_on_paper] == []
    assert "c4n4ry" not in said_on_paper


def test_the_technician_reads_them_on_the_way(cast):
    key = factories.custom_field(cast.owner, "Key box code", owner="facility", hidden=True)
    cast.shop.change({key.name: "4711"}, by=cast.dispatcher, seen=1)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    order.assign([cast.technician], by=cast.dispatcher)
    assert "Key box code 4711" in said(cast.at("technician").get(f"/orders/{order.id}/work").text)


def test_a_field_is_called_what_the_reader_calls_it(cast):
    factories.custom_field(cast.owner, "Chain", labels={"sv": "Kedja", "uk": "Мережа"}, in_list=True)
    called = {}
    for language in Language:
        User.update(language=language).where(User.id == cast.dispatcher.id).execute()
        pages = [cast.at("dispatcher").get(path).text for path in ("/customers/", "/customers/new")]
        called[language.value] = [word for word in ("Kedja", "Мережа", "Chain") if all(word in page for page in pages)]
    assert called == {"sv": ["Kedja"], "nb": ["Chain"], "uk": ["Мережа"], "en": ["Chain"]}


# The search


def settings(cast, field: CustomField, **values) -> None:
    """The field is saved with these changes, and the worker does what follows from them."""
    path = f"/settings/custom-fields/{field.id}/edit"
    data = {**form(cast.at("owner").get(path).text), **values}
    answer = cast.at("owner").post(path, data={name: value for name, value in data.items() if value is not None})
    assert answer.status_code == 302
    folding.fold_waiting()
    assert CustomField.select().where(CustomField.to_fold).count() == 0


def hits(cast, text: str) -> bool:
    return "Lövskär" in cast.at("dispatcher").get(f"/customers/?q={text}").text


@pytest.mark.requirement("S2.28")
def test_a_searchable_field_finds_its_record_also_when_it_becomes_so_later(cast):
    field = factories.custom_field(cast.owner, "Chain", searchable=True)
    cast.lovskar.change({field.name: "Fjällhandel"}, by=cast.dispatcher, seen=1)
    assert hits(cast, "fjallhand")
    settings(cast, field, searchable=None)
    assert not hits(cast, "fjallhand")
    settings(cast, field, searchable="y")
    assert hits(cast, "fjallhand")
    Customer.get_by_id(cast.lovskar.id).change({field.name: ""}, by=cast.dispatcher, seen=2)
    assert not hits(cast, "fjallhand")


def test_a_house_without_custom_fields_asks_nothing_about_them(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    paths = [
        "/customers/",
        f"/customers/{cast.lovskar.id}",
        f"/customers/{cast.lovskar.id}/edit",
        f"/orders/{order.id}",
    ]
    for path in paths:
        with queries() as seen:
            cast.at("dispatcher").get(path)
        assert [sql for sql in seen if "custom_" in sql] == []
