"""Files in the portal: only those of records the account sees, and of these only what is meant for the customer."""

from werkzeug.wrappers import Response

from blueprints.files import THUMB, FileView, send_file
from blueprints.web import blueprint, on, page
from models.file import File

bp = blueprint("files")


@bp.get("/<int:id>")
@on(File, "view")
def show(file: File) -> Response:
    return send_file(file)


@bp.get("/<int:id>/thumb")
@on(File, "view")
def thumb(file: File) -> Response:
    return send_file(file, THUMB)


@bp.get("/<int:id>/status")
@on(File, "view")
def status(file: File) -> Response:
    """The tile of a picture that was being prepared, as it is now."""
    return page("files/tile.html", file=FileView(file, "portal.files"))
