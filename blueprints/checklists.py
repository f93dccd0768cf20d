"""checklists"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("checklists")


@bp.get("/")
@signed_in
def index():
    return page("lists/blank.html")
