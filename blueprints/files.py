"""files"""

from blueprints.web import blueprint, page, signed_in

bp = blueprint("files")


@bp.get("/")
@signed_in
def index():
    return page("lists/blank.html")
