"""today"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("today")


@bp.get("/")
@signed_in
def show():
    return page("lists/blank.html")
