"""protocols"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.protocol import Protocol

bp = blueprint("protocols")

SCREEN = Screen(listings.protocols, "protocols.index", _l("Protocols"), row_url=lambda row: "/", card=lambda row: Card(row.number))
lists.routes(bp, SCREEN, Protocol)
