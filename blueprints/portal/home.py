"""home"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("home")


@bp.get("/")
@signed_in
def show():
    return page("lists/blank.html")
