"""Files people upload or Kundbok makes: what they belong to, and how far their preparation is.

The bytes live in storage (tasks/storage.py) under random keys. A picture waits until the worker
has made it anew without EXIF and GPS; until then nobody is shown the original.
"""

import secrets
from functools import reduce
from operator import or_
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now, one_of
from models.customer import Customer
from models.event import Event
from models.organisation import Store
from models.refusals import refuse
from models.rights import Role, Rule
from models.user import User

LARGEST_MB = 25
LONGEST_NAME = 160
MOST_PIXELS = 50_000_000
MOST_PIXELS_OF = {"image/webp": 25_000_000}  # its reader keeps the whole picture four times over
FOR_PORTAL = (
    "fault_report",
    "order",
    "protocol",
)  # what staff keep on a customer's card is the house's own
MOST_AT_ONCE = 10


# Whoever may see the record may see its files: `visible_to` is all there is to ask.
seen = Rule(lambda user, record: True, lambda user, record: [])


class FileState(Choice):
    WAITING = "waiting", _l("Being prepared"), "info"
    READY = "ready", _l("Ready"), "good"
    FAILED = "failed", _l("Unreadable"), "bad"


class FileKind(Choice):
    PHOTO = "photo", _l("Photo")
    DOCUMENT = "document", _l("Document")
    PROTOCOL = "protocol", _l("Protocol")
    QUOTE = "quote", _l("Quote")
    DISCREET = "discreet", _l("Protocol without the performed action")


class File(Record):
    """One file of one record. `thumb_key` and `shown_key` are set when a picture is ready."""

    MAY = {"view": seen}

    noun_name = peewee.CharField(max_length=32)
    record_id = peewee.IntegerField()
    customer = peewee.ForeignKeyField(Customer, null=True, backref="files", on_delete="SET NULL")
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    kind = ChoiceField(FileKind)
    state = ChoiceField(FileState, default=FileState.WAITING)
    reason = peewee.CharField(max_length=40, default="")
    name = peewee.CharField(max_length=LONGEST_NAME)
    mime = peewee.CharField(max_length=80)
    size = peewee.IntegerField()
    sha256 = peewee.CharField(max_length=64, default="")
    key = peewee.CharField(max_length=80)
    shown_key = peewee.CharField(max_length=80, default="")
    thumb_key = peewee.CharField(max_length=80, default="")
    width = peewee.IntegerField(default=0)
    height = peewee.IntegerField(default=0)
    uploaded_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    uploaded_at = UTCDateTimeField(default=now)
    deleted_at = UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("noun_name", "record_id", "id"), False),)

    @property
    def is_ready(self) -> bool:
        return self.state is FileState.READY

    @property
    def is_failed(self) -> bool:
        return self.state is FileState.FAILED

    @property
    def is_image(self) -> bool:
        return self.kind is FileKind.PHOTO

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[File]":
        """The files of the records this person sees."""
        from models.nouns import NOUNS  # the nouns have files, not the reverse

        nouns = FOR_PORTAL if user.is_portal else ("customer", "facility", "service_object", "quote", *FOR_PORTAL)
        theirs = [(cls.noun_name == name) & one_of(cls.record_id, NOUNS[name].visible_to(user)) for name in nouns]
        query = cls.select().where(reduce(or_, theirs) & cls.deleted_at.is_null())
        return query.where(_for_portal(user)) if user.is_portal else query

    @property
    def record(self) -> Any:
        """What the file belongs to."""
        from models.nouns import find  # the nouns have files, not the reverse

        return find(self.noun_name, self.record_id)

    @staticmethod
    def new_key(extension: str) -> str:
        """A name nobody can guess, spread over folders."""
        name = secrets.token_hex(20)
        return f"{name[:2]}/{name}.{extension}"

    @classmethod
    def of(cls, *records: Record) -> list["File"]:
        """The files of these records, oldest first. Who may see a record may see its files."""
        one = {record.noun for record in records}.pop()
        ids = [record.id for record in records]
        return list(
            cls.select()
            .where((cls.noun_name == one) & cls.record_id.in_(ids) & cls.deleted_at.is_null())
            .order_by(cls.id)
        )

    @classmethod
    def attach(cls, record: Record, *, by: User | None, tell: bool = True, **facts) -> "File":
        """Note a stored upload as belonging to `record`; `tell=False` where the record's own event
        says it already."""
        with db.atomic():
            customer = record.id if record.noun == "customer" else record.__data__.get("customer")
            belongs = {
                "noun_name": record.noun,
                "record_id": record.id,
                "customer": customer,
                "store": record.__data__.get("store"),
            }
            file = cls.create(uploaded_by=by, **belongs, **facts)
            if tell:
                Event.record("file.uploaded", by=by, about=record, file=file.name, file_id=file.id)
            return file

    @classmethod
    def carry_over(cls, source: Record, target: Record) -> None:
        """Let `target` have the files of `source` too: the same bytes, rows of its own."""
        for file in cls.of(source):
            facts = {
                name: value for name, value in file.__data__.items() if name not in ("id", "noun_name", "record_id")
            }
            cls.create(noun_name=target.noun, record_id=target.id, **facts)

    def remove(self, record: Record, *, by: User) -> None:
        """Take the file away from its record; the row stays for the log."""
        record.demand("delete_files", by)
        with db.atomic():
            if File.update(deleted_at=now()).where((File.id == self.id) & File.deleted_at.is_null()).execute():
                Event.record("file.deleted", by=by, about=record, file=self.name)

    @classmethod
    def unprepared(cls, limit: int = 50) -> list["File"]:
        return list(cls.select().where(cls.state == FileState.WAITING).order_by(cls.id).limit(limit))

    def prepared(self, **facts) -> bool:
        """The worker made the picture anew. Rows carried over meanwhile share its bytes and get
        them too.

        False where another worker was quicker: then what this one made is to be thrown away.
        """
        return bool(self._all_waiting(state=FileState.READY, **facts))

    def unreadable(self, reason: str) -> None:
        self._all_waiting(state=FileState.FAILED, reason=reason)

    def _all_waiting(self, **facts) -> int:
        return File.update(**facts).where((File.key == self.key) & (File.state == FileState.WAITING)).execute()

    def catch_up(self) -> bool:
        """A row carried over while its picture was being made missed the outcome: take it from the
        one that has it."""
        twin = File.select().where((File.key == self.key) & (File.state != FileState.WAITING)).first()
        if twin is None:
            return False
        shared = ("state", "reason", "shown_key", "thumb_key", "width", "height")
        self._all_waiting(**{name: getattr(twin, name) for name in shared})
        return True

    @property
    def refusal(self):
        """Why there is no picture to show, as the worker found it."""
        code = self.reason or "upload.unreadable"
        return refuse(code, name=self.name, limit=most_megapixels(self.mime), code=code) if self.is_failed else None


def most_megapixels(mime: str) -> int:
    return MOST_PIXELS_OF.get(mime, MOST_PIXELS) // 1_000_000


def _for_portal(user) -> Any:
    """Photos, and the customers' own documents: what the staff keep with an order is the house's
    own. Of a protocol's
    two papers an account gets the one that says what it may read (S4.11).
    """
    from models.portal import PortalAccount  # the portal is newer than the files

    paper = FileKind.DISCREET if PortalAccount.of(user).hide_performed_action else FileKind.PROTOCOL
    customers = User.select(User.id).where(User.role == Role.PORTAL)
    own = (File.kind == FileKind.DOCUMENT) & File.uploaded_by.in_(customers)
    return File.kind.in_((FileKind.PHOTO, paper)) | own
