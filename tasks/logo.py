"""The organisation's logo: made anew from its pixels like every picture strangers send, and small enough for
every page."""

from werkzeug.datastructures import FileStorage

from models.base import db
from models.file import File
from models.organisation import Organisation
from models.refusals import Refused, refuse
from models.user import User
from tasks import vault
from tasks.photos import HEAD, Unreadable, remake, sniff

LARGEST_MB = 5
MB = 1_000_000
ALLOWED = ("image/jpeg", "image/png")


def keep(organisation: Organisation, upload: FileStorage, *, by: User) -> None:
    """Show this picture from now on. Raises Refused where it is too large, no JPEG or PNG, or cannot be read."""
    name, raw = upload.filename or "", upload.read(LARGEST_MB * MB + 1)
    if len(raw) > LARGEST_MB * MB:
        raise Refused([refuse("upload.size", name=name, size=f"> {LARGEST_MB}", limit=LARGEST_MB, code="upload.size")])
    kind = sniff(raw[:HEAD])
    if kind is None or kind.mime not in ALLOWED:
        raise Refused([refuse("logo.type", name=name)])
    try:
        picture = remake(raw)
    except Unreadable as error:
        raise Refused([refuse("upload.unreadable", name=name, code="upload.unreadable")]) from error
    key = File.new_key("jpg")
    vault().put(key, picture.thumb)
    show(organisation, key, by=by)


def forget(organisation: Organisation, *, by: User) -> None:
    """Back to no logo of one's own."""
    show(organisation, "", by=by)


def show(organisation: Organisation, key: str, *, by: User) -> None:
    """The picture before goes when the change is committed, not sooner: pages may still be drawn with it."""
    before = organisation.use_logo(key, by=by)
    if before:
        with db.atomic():
            db.after_commit(lambda: vault().delete(before))
