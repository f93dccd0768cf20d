"""The organisation's logo, for every page and without a login: the door shows it too."""

from flask import Response, abort, request

from blueprints.web import blueprint, public, this_organisation
from tasks import vault

bp = blueprint("logo", at="/logo")

A_YEAR = "public, max-age=31536000, immutable"


@bp.get("")
@public
def show():
    key = this_organisation().logo_key
    if not key:
        abort(404)
    answer = Response(vault().get(key), mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = A_YEAR if "v" in request.args else "no-cache"
    answer.set_etag(key)
    return answer.make_conditional(request)
