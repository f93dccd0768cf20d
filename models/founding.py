"""The first run: the organisation, its first store and its owner, all at once and only once."""

from models.base import Country, db, unique
from models.event import Event
from models.organisation import CURRENCIES, LANGUAGES, TIME_ZONES, Organisation, Store
from models.password import weaknesses
from models.refusals import Refused
from models.rights import Role
from models.user import User

THE_ONE = 1  # the organisation's id: of two first runs at once, the key lets one through


def found(organisation: dict, store: dict, owner: dict, password: str) -> User:
    """Set up the house. What `organisation` leaves empty (language, time zone) is the country's own.

    Raises Taken("organisation") when there is one already, Refused for a weak password.
    """
    refusals = weaknesses(password, owner["login"], owner["name"], owner["email"])
    if refusals:
        raise Refused(refusals)
    with db.atomic():
        with unique("organisation"):
            house = Organisation.create(id=THE_ONE, **_of_country(organisation))
        Store.create(**store)
        person = User.found(
            owner["login"], owner["name"], Role.OWNER, password=password, email=owner["email"], language=house.language
        )
        Event.record("organisation.founded", by=person, about=house)
        return person


def _of_country(facts: dict) -> dict:
    country: Country = facts["country"]
    own = {"language": LANGUAGES[country], "time_zone": TIME_ZONES[country], "currency": CURRENCIES[country]}
    return own | {name: value for name, value in facts.items() if value}
