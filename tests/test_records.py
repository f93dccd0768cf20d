"""The ground under every noun: what is written is whole, or it is refused where it happens."""

from datetime import datetime

import peewee
import pytest

from models.base import Taken, db, unique
from models.customer import Customer
from models.event import Event
from models.refusals import refuse
from tests import factories


def test_a_time_without_a_zone_is_refused_and_nothing_is_written(house):
    with pytest.raises(ValueError, match="a time without a zone"):
        factories.customer(house.north, inactive_at=datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001  the mistake
    assert Customer.select().count() == 0


def test_a_value_that_is_in_use_is_told_from_other_faults(house):
    factories.customer(house.north, number="1")
    with pytest.raises(Taken) as taken, unique("number"):
        factories.customer(house.north, number="1")
    assert taken.value.field == "number"
    with pytest.raises(peewee.IntegrityError), unique("number"):
        factories.customer(house.north, town=None)
    assert [customer.number for customer in Customer.select()] == ["1"]


def test_what_happened_is_written_with_it_or_not_at_all(cast):
    with pytest.raises(RuntimeError, match="in the transaction of what happened"):
        Event.record("customer.changed", by=cast.owner, about=cast.lovskar)
    with pytest.raises(KeyError, match=r"no happening customer\.painted"), db.atomic():
        Event.record("customer.painted", by=cast.owner, about=cast.lovskar)
    assert Event.select().count() == 0


def test_a_reason_that_is_not_in_the_catalogue_is_refused_where_it_is_made():
    with pytest.raises(KeyError, match=r"no reason customer\.painted"):
        refuse("customer.painted")
