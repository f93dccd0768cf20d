"""staff"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.user import User

bp = blueprint("staff")

SCREEN = Screen(listings.staff, "staff.index", _l("Staff"), row_url=lambda row: "/", card=lambda row: Card(row.name))
lists.routes(bp, SCREEN, User)
