"""messages"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.message import Message

bp = blueprint("messages")

SCREEN = Screen(listings.messages, "messages.index", _l("Messages"), row_url=lambda row: "/", card=lambda row: Card(row.name))
lists.routes(bp, SCREEN, Message)
