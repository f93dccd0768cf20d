"""welcome"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("welcome")


@bp.get("/")
@signed_in
def show():
    return page("lists/blank.html")
