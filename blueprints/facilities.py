"""facilities"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.facility import Facility

bp = blueprint("facilities")

SCREEN = Screen(listings.facilities, "facilities.index", _l("Facilities"), row_url=lambda row: "/", card=lambda row: Card(row.name))
lists.routes(bp, SCREEN, Facility)
