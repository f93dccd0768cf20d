"""Two customers become one: field by field, with everything that belongs to them, and for thirty days back again."""

from datetime import timedelta

import peewee
import pytest
import time_machine

from models import TABLES
from models.auto_article import AutoArticle
from models.base import now
from models.contact import Contact
from models.customer import Customer, CustomerAssignment
from models.event import Event
from models.facility import Facility
from models.file import File
from models.merge import Merge, ways
from models.message import Message
from models.order import Order
from models.portal import PortalCustomer
from models.refusals import Refused
from models.rights import Right
from models.user import UserRight
from tests import factories
from tests.cast import work
from tests.pages import said


def merge(cast, kept, gone, by="owner", **keep):
    return cast.at(by).post(f"/customers/{kept.id}/merging", data={"with": gone.id, **keep})


def fresh(customer: Customer) -> Customer:
    return Customer.get_by_id(customer.id)


@pytest.fixture
def hotel(cast) -> Customer:
    """The hotel with one of everything."""
    factories.order(cast.dispatcher, cast.hotel, cast.laundry)
    factories.fault_report(cast.linnea, cast.hotel, cast.laundry)
    factories.contact(cast.hotel, "Linnea Strandh", email="linnea@hotell.example")
    cast.hotel.assign([cast.technician], by=cast.owner)
    cast.at("owner").post(f"/customers/{cast.hotel.id}/comments", data={"text": "Ring the bell twice"})
    work()
    return cast.hotel


def test_everything_moves_and_the_merged_one_leads_to_the_kept(cast, hotel):
    answer = merge(cast, cast.lovskar, hotel)
    assert answer.location == f"/customers/{cast.lovskar.id}"
    for noun in (Facility, Contact, Order, Message):
        assert noun.select().where(noun.customer == hotel.id).count() == 0
    assert {one.name for one in cast.lovskar.facilities} >= {"Laundry", cast.shop.name}
    gone = fresh(hotel)
    assert (gone.merged_into, gone.is_active, gone.number) == (cast.lovskar, False, "1033")
    page = cast.at("owner").get(f"/customers/{hotel.id}").text
    assert "This customer has become one with another" in page and "1042 Lövskär Livs AB" in page
    assert "Ring the bell twice" in cast.at("owner").get(f"/customers/{cast.lovskar.id}").text


def test_what_moved_is_found_by_its_new_customer(cast, hotel):
    merge(cast, cast.lovskar, hotel)
    assert list(Facility.select().where(Facility.matches("laundry lovskar"))) == [cast.laundry]
    assert list(Facility.select().where(Facility.matches("laundry midnattssolen"))) == []
    assert [one.name for one in Contact.select().where(Contact.matches("linnea lovskar"))] == ["Linnea Strandh"]
    assert list(Customer.select().where(Customer.matches("linnea strandh"))) == [cast.lovskar]


def test_no_table_that_knows_a_customer_is_left_out(database):
    pointing = {
        f"{noun._meta.table_name}.{field.name}"
        for noun in TABLES
        for field in noun._meta.sorted_fields
        if isinstance(field, peewee.ForeignKeyField) and field.rel_model is Customer
    }
    own = {"customer.merged_into", "merge.kept", "merge.gone"}
    assert {way.name for way in ways()} == (pointing - own) | {"file.record_id"}


def test_files_of_the_customer_itself_move_too(cast, hotel):
    with_file = {"noun_name": "customer", "record_id": hotel.id, "customer": hotel, "store": hotel.store}
    file = File.create(**with_file, kind="document", name="key.pdf", mime="application/pdf", size=1, sha256="", key="k")
    merge(cast, cast.lovskar, hotel)
    moved = File.get_by_id(file.id)
    assert (moved.record_id, moved.customer) == (cast.lovskar.id, cast.lovskar)


def test_of_two_values_the_chosen_one_stays(cast, hotel):
    Customer.update(town="Gällivare", note="Night porter", phone="0970-12 34 56").where(
        Customer.id == hotel.id
    ).execute()
    page = cast.at("owner").get(f"/customers/{cast.lovskar.id}/merging?with={hotel.id}").text
    assert 'name="keep-note" value="gone" checked' in page, "what the kept one has not is proposed from the other"
    assert 'name="keep-town" value="kept" checked' in page
    merge(cast, cast.lovskar, hotel, **{"keep-town": "kept", "keep-note": "gone"})
    kept = fresh(cast.lovskar)
    assert (kept.town, kept.note, kept.phone) == ("Kiruna", "Night porter", cast.lovskar.phone)
    assert Event.select().where((Event.verb == "customer.changed") & (Event.record_id == kept.id)).count() == 1


def test_a_custom_field_is_chosen_like_any_other(cast, hotel):
    field = factories.custom_field(cast.owner, "Key box code")
    for customer, code in ((cast.lovskar, "11"), (hotel, "22")):
        one = fresh(customer)
        setattr(one, field.name, code)
        one.save()
    merge(cast, cast.lovskar, hotel, **{f"keep-{field.name}": "gone"})
    assert getattr(fresh(cast.lovskar), field.name) == "22"
    Merge.get().undo(by=cast.owner)
    assert getattr(fresh(cast.lovskar), field.name) == "11"


def test_what_both_have_is_there_once(cast, hotel):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    PortalCustomer.create(user=cast.linnea, customer=cast.lovskar)
    merge(cast, cast.lovskar, hotel)
    mine = CustomerAssignment.customer == cast.lovskar
    assert [row.user for row in CustomerAssignment.select().where(mine)] == [cast.technician]
    assert PortalCustomer.select().where(PortalCustomer.customer == cast.lovskar).count() == 2


def test_nobody_is_told(cast, hotel):
    before = Message.select().count()
    merge(cast, cast.lovskar, hotel)
    work()
    assert Message.select().count() == before
    assert [event.verb for event in Event.select().where(Event.verb.startswith("customer.merg"))] == [
        "customer.merged"
    ] * 2


def test_undoing_gives_back_exactly_what_moved(cast, hotel):
    Customer.update(note="Night porter").where(Customer.id == hotel.id).execute()
    merge(cast, cast.lovskar, hotel, **{"keep-note": "gone"})
    new = factories.facility(cast.lovskar, "Sauna")
    answer = cast.at("owner").post(f"/customers/merges/{Merge.get().id}/undoing")
    assert answer.location == f"/customers/{cast.lovskar.id}"
    assert {one.name for one in hotel.facilities} == {"Laundry"}
    assert new in list(cast.lovskar.facilities), "what came since stays"
    gone = fresh(hotel)
    assert (gone.merged_into, gone.is_active, gone.note, fresh(cast.lovskar).note) == (None, True, "Night porter", "")
    assert Order.get(Order.facility == cast.laundry).customer == hotel
    assert list(Customer.select().where(Customer.matches("linnea strandh"))) == [hotel]


def test_a_value_that_somebody_changed_since_is_not_taken_back(cast, hotel):
    Customer.update(note="Night porter").where(Customer.id == hotel.id).execute()
    merge(cast, cast.lovskar, hotel, **{"keep-note": "gone"})
    kept = fresh(cast.lovskar)
    kept.change({"note": "Day porter"}, by=cast.dispatcher, seen=kept.version)
    Merge.get().undo(by=cast.owner)
    assert fresh(cast.lovskar).note == "Day porter"


def test_it_is_undone_once_and_for_thirty_days_only(cast, hotel):
    merge(cast, cast.lovskar, hotel)
    made = Merge.get()
    assert "It can be undone until" in cast.at("owner").get(f"/customers/{cast.lovskar.id}").text
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert [refusal.code for refusal in made.why_not("undo", cast.owner)] == ["merge.too_late"]
        assert Merge.into(cast.lovskar) == []
    made.undo(by=cast.owner)
    with pytest.raises(Refused) as refused:
        made.undo(by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["merge.undone"]
    assert Merge.into(cast.lovskar) == []


def test_a_merged_customer_is_not_merged_reactivated_or_deleted(cast, hotel):
    merge(cast, cast.lovskar, hotel)
    gone = fresh(hotel)
    for verb in ("merge", "reactivate", "delete"):
        assert "customer.merged" in [refusal.code for refusal in gone.why_not(verb, cast.owner)]
    third = factories.customer(cast.house.north, "Third AB", number="1050")
    assert merge(cast, third, hotel).status_code == 409
    assert merge(cast, cast.lovskar, hotel).status_code == 409, "a second click changes nothing"
    assert Merge.select().count() == 1


def test_nobody_is_merged_with_itself(cast):
    against = Merge.against(cast.lovskar, cast.lovskar, cast.owner)
    assert [refusal.code for refusal in against] == ["merge.same"]
    answer = merge(cast, cast.lovskar, cast.lovskar)
    assert (answer.status_code, "A customer is not merged with itself" in answer.text) == (422, True)
    assert Merge.select().count() == 0


def test_it_needs_the_right_and_both_customers_in_reach(cast, hotel):
    answer = merge(cast, cast.lovskar, hotel, by="dispatcher")
    assert (answer.status_code, "Merge customers" in answer.text) == (403, True)
    UserRight.create(user=cast.dispatcher, right=Right.CUSTOMER_MERGE, granted=True)
    elsewhere = factories.customer(cast.house.south, "Malmö Bad AB", number="2042")
    assert merge(cast, cast.lovskar, elsewhere, by="dispatcher").status_code == 404
    assert merge(cast, elsewhere, cast.lovskar, by="dispatcher").status_code == 404
    assert merge(cast, cast.lovskar, hotel, by="dispatcher").status_code == 302


def test_the_other_one_is_chosen_by_number_or_by_two_ticks(cast):
    browser = cast.at("owner")
    asked = browser.get(f"/customers/{cast.lovskar.id}/merging?other=1033")
    assert asked.location == f"/customers/{cast.lovskar.id}/merging?with={cast.hotel.id}"
    assert browser.get(f"/customers/{cast.lovskar.id}/merging?other=nobody").status_code == 422
    ticked = browser.post("/customers/merging/choice", data={"id": [cast.lovskar.id, cast.hotel.id]})
    assert ticked.location == f"/customers/{cast.hotel.id}/merging?with={cast.lovskar.id}"
    one = browser.post("/customers/merging/choice", data={"id": [cast.lovskar.id]}, follow_redirects=True)
    assert "Tick exactly two customers" in one.text


def test_articles_on_every_order_move_and_none_stands_twice(cast):
    goods, travel = factories.article(cast.owner), factories.article(cast.owner, "2001", "Travel")
    for customer, articles in ((cast.lovskar, (goods,)), (cast.hotel, (goods, travel))):
        for article in articles:
            values = {"article": article, "quantity": 1, "on_work": True, "on_service": True}
            AutoArticle.put(customer, values, by=cast.owner)
    asked = cast.at("owner").get(f"/customers/{cast.lovskar.id}/merging?with={cast.hotel.id}")
    page = said(asked.text)
    assert "Articles on every order" in page
    merge(cast, cast.lovskar, cast.hotel)
    assert [row.article.number for row in AutoArticle.of(cast.lovskar)] == ["4711", "2001"]
