"""Files handed out: always checked against the record they belong to, never the original of a
picture."""

from dataclasses import dataclass
from hashlib import sha256

import structlog
from flask import abort, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Why, explain
from blueprints.addresses import page_of
from blueprints.web import blueprint, done, on, page
from blueprints.words import number
from models.file import File
from tasks import vault
from tasks.storage import Unavailable

bp = blueprint("files")
log = structlog.get_logger("kundbok.files")

MB, KB = 1_000_000, 1_000
JPEG = "image/jpeg"
SHOWN, THUMB = "shown", "thumb"
# What comes from people opens in no page of ours, whatever it claims to be.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
PAPER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True)
class FileView:
    """A file as `ui.photos` draws it. `at` is the blueprint whose addresses the reader may open."""

    file: File
    at: str = "files"

    @property
    def id(self) -> int:
        return self.file.id

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def is_image(self) -> bool:
        return self.file.is_image

    @property
    def ready(self) -> bool:
        return self.file.is_ready

    @property
    def failed(self) -> bool:
        return self.file.is_failed

    @property
    def why(self) -> Why:
        return explain([self.file.refusal])[0]

    @property
    def url(self) -> str:
        return url_for(f"{self.at}.show", id=self.id)

    @property
    def thumb_url(self) -> str:
        return url_for(f"{self.at}.thumb", id=self.id)

    @property
    def status_url(self) -> str:
        return url_for(f"{self.at}.status", id=self.id)

    @property
    def kind_label(self) -> str:
        return self.name.rpartition(".")[2].upper()[:4]

    @property
    def size_label(self) -> str:
        size = self.file.size
        return f"{number(round(size / MB, 1))} MB" if size >= MB else f"{number(max(1, size // KB))} kB"


def views(files: list[File], at: str = "files") -> list[FileView]:
    return [FileView(file, at) for file in files]


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
    return page("files/tile.html", file=FileView(file))


@bp.post("/<int:id>/removal")
@on(File, "view")
def remove(file: File) -> Response:
    record = file.record
    if "delete_files" not in record.MAY:
        abort(404)
    file.remove(record, by=current_user)
    return done(
        gettext("The file %(name)s is removed.", name=file.name),
        page_of(record.noun, record.id) or "/",
    )


def send_file(file: File, variant: str = SHOWN) -> Response:
    """The file's bytes. A picture goes as it was made anew, and is not there before that."""
    if not file.is_ready:
        abort(404)
    if file.is_image:
        name = f"{file.name.rpartition('.')[0] or file.name}.jpg"
        return send_bytes(file.thumb_key if variant == THUMB else file.shown_key, JPEG, name, inline=True)
    return send_bytes(file.key, file.mime, file.name)


def send_paper(file: File, *, inline: bool) -> Response:
    """A PDF of our own making: it may open in the browser (S0.32)."""
    response = send_bytes(file.key, file.mime, file.name, inline=inline)
    response.headers["Content-Security-Policy"] = PAPER
    return response


def send_bytes(key: str, mime: str, name: str, *, inline: bool = False) -> Response:
    """What is stored under `key`, for this reader's cache alone, which asks each time whether the
    reader still may."""
    response = Response(mimetype=mime)
    response.set_etag(sha256(key.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(content(key))
    return response


def content(key: str) -> bytes:
    try:
        return vault().get(key)
    except FileNotFoundError:
        log.error("file_missing", key=key)
        abort(404)
    except Unavailable:
        log.exception("storage_unreachable")
        abort(503)
