"""inbox"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("inbox")


@bp.get("/")
@signed_in
def index():
    return page("lists/blank.html")
