"""orders"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.order import Order

bp = blueprint("orders")

SCREEN = Screen(listings.orders, "orders.index", _l("Orders"), row_url=lambda row: "/", card=lambda row: Card(row.heading))
lists.routes(bp, SCREEN, Order)
