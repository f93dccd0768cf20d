"""customers"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.customer import Customer

bp = blueprint("customers")

SCREEN = Screen(listings.customers, "customers.index", _l("Customers"), row_url=lambda row: "/", card=lambda row: Card(row.name))
lists.routes(bp, SCREEN, Customer)
