"""fault_reports"""

from blueprints import lists
from blueprints.lists import Card, Screen
from blueprints.web import blueprint
from flask_babel import lazy_gettext as _l
from models import listings
from models.fault_report import FaultReport

bp = blueprint("fault_reports")

SCREEN = Screen(listings.fault_reports, "fault_reports.index", _l("Fault reports"), row_url=lambda row: "/", card=lambda row: Card(row.heading))
lists.routes(bp, SCREEN, FaultReport)
