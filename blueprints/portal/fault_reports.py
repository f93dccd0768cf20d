"""fault_reports"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("fault_reports")


@bp.get("/")
@signed_in
def index():
    return page("lists/blank.html")
