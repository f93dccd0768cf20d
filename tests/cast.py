"""The fixed cast of the tests, and the browsers they sit at."""

from functools import cached_property

from flask import Flask
from flask.testing import FlaskClient

from models.rights import Role
from models.user import User
from tasks import documents, notifications, quotes, uploads
from tests import factories
from tests.factories import PASSWORD, House


class Cast:
    """`cast.technician` is a person, `cast.at("technician")` the browser they are logged in at."""

    def __init__(self, app: Flask, house: House):
        self.app, self.house = app, house
        here, there = (house.north,), (house.south,)
        self.owner = factories.user(Role.OWNER, "Olga Owner")
        self.administrator = factories.user(Role.ADMINISTRATOR, "Adam Administrator")
        self.dispatcher = factories.user(
            Role.DISPATCHER, "Sanna Lindmo", login="dispatcher", stores=here, group=factories.user_group("Office")
        )
        self.technician = factories.user(
            Role.TECHNICIAN, "Elin Fors", login="technician", stores=here, group=factories.user_group("Technicians")
        )
        self.cashier = factories.user(Role.CASHIER, "Karin Kassa", login="cashier", stores=here)
        self.claims_manager = factories.user(Role.CLAIMS_MANAGER, "Clas Reklam", login="claims", stores=here)
        self.finance = factories.user(Role.FINANCE, "Frida Faktura", login="finance", stores=here)
        self.southerner = factories.user(Role.DISPATCHER, "Svea Syd", login="southerner", stores=there)
        self.nobody = factories.user(Role.TECHNICIAN, "Nils Nyanställd", login="nobody")
        self.lovskar = factories.customer(house.north, "Lövskär Livs AB", number="1042")
        self.hotel = factories.customer(
            house.north, "Hotell Midnattssolen AB", number="1033", email="info@hotell.example"
        )
        self.shop = factories.facility(self.lovskar)
        self.warehouse = factories.facility(self.lovskar, "Warehouse, Kurravaara", address="Kurravaara 7")
        self.laundry = factories.facility(self.hotel, "Laundry", address="Hotellgatan 1")
        self.marit = factories.portal_user(self.lovskar, "Marit Olofsgård")
        self.linnea = factories.portal_user(self.hotel, "Linnea Strandh")

    @cached_property
    def _browsers(self) -> dict[int, FlaskClient]:
        return {}

    def at(self, name: str | User) -> FlaskClient:
        """The browser of a person, logged in through the front door."""
        person = getattr(self, name) if isinstance(name, str) else name
        if person.id not in self._browsers:
            browser = self.app.test_client()
            answer = browser.post("/login/", data={"login": person.login, "password": PASSWORD})
            assert answer.status_code == 302, answer.text
            self._browsers[person.id] = browser
        return self._browsers[person.id]

    def stranger(self) -> FlaskClient:
        return self.app.test_client()


def work() -> None:
    """Let the worker do all that waits: messages, pictures, papers."""
    notifications.run_until_done()
    uploads.prepare_all.call_local()
    documents.make_waiting()
    quotes.make_waiting()
    notifications.run_until_done()
