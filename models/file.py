"""Files people upload or Kundbok makes: what they belong to, and how far their preparation is.

The bytes live in storage (tasks/storage.py) under random keys. A picture waits until the worker has made it anew
without EXIF and GPS; until then nobody is shown the original.
"""

import secrets

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.customer import Customer
from models.event import Event
from models.organisation import Store
from models.refusals import refuse
from models.user import User

LARGEST_MB = 25
MOST_AT_ONCE = 10


class FileState(Choice):
    WAITING = "waiting", _l("Being prepared"), "info"
    READY = "ready", _l("Ready"), "good"
    FAILED = "failed", _l("Unreadable"), "bad"


class FileKind(Choice):
    PHOTO = "photo", _l("Photo")
    DOCUMENT = "document", _l("Document")
    PROTOCOL = "protocol", _l("Protocol")


class File(Record):
    """One file of one record. `thumb_key` and `shown_key` are set when a picture is ready."""

    noun_name = peewee.CharField(max_length=32)
    record_id = peewee.IntegerField()
    customer = peewee.ForeignKeyField(Customer, null=True, backref="files", on_delete="SET NULL")
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    kind = ChoiceField(FileKind)
    state = ChoiceField(FileState, default=FileState.WAITING)
    reason = peewee.CharField(max_length=40, default="")
    name = peewee.CharField(max_length=160)
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
    def title(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.state is FileState.READY

    @property
    def is_failed(self) -> bool:
        return self.state is FileState.FAILED

    @property
    def is_image(self) -> bool:
        return self.kind is FileKind.PHOTO

    @staticmethod
    def new_key(extension: str) -> str:
        """A name nobody can guess, spread over folders."""
        name = secrets.token_hex(20)
        return f"{name[:2]}/{name}.{extension}"

    @classmethod
    def of(cls, *records: Record) -> list["File"]:
        """The files of these records, oldest first. Who may see a record may see its files."""
        if not records:
            return []
        one = {record.noun for record in records}.pop()
        ids = [record.id for record in records]
        return list(cls.select().where((cls.noun_name == one) & cls.record_id.in_(ids) & cls.deleted_at.is_null()).order_by(cls.id))

    @classmethod
    def attach(cls, record: Record, *, by: User | None, tell: bool = True, **facts) -> "File":
        """Note a stored upload as belonging to `record`; `tell=False` where the record's own event says it already."""
        with db.atomic():
            file = cls.create(
                noun_name=record.noun, record_id=record.id, customer=record.__data__.get("customer") or (record.id if record.noun == "customer" else None),
                store=record.__data__.get("store"), uploaded_by=by, **facts,
            )  # fmt: skip
            if tell:
                Event.record("file.uploaded", by=by, about=record, file=file.name, file_id=file.id)
            return file

    @classmethod
    def carry_over(cls, source: Record, target: Record) -> None:
        """Let `target` have the files of `source` too: the same bytes, rows of its own."""
        for file in cls.of(source):
            facts = {name: value for name, value in file.__data__.items() if name not in ("id", "noun_name", "record_id")}
            cls.create(noun_name=target.noun, record_id=target.id, **facts)

    def remove(self, record: Record, *, by: User) -> None:
        """Take the file away from its record; the row stays for the log."""
        record.demand("delete_files", by)
        with db.atomic():
            File.update(deleted_at=now()).where((File.id == self.id) & File.deleted_at.is_null()).execute()
            Event.record("file.deleted", by=by, about=record, file=self.name)

    @classmethod
    def unprepared(cls, limit: int = 50) -> list["File"]:
        return list(cls.select().where(cls.state == FileState.WAITING).order_by(cls.id).limit(limit))

    def prepared(self, **facts) -> None:
        """The worker made the picture anew. Rows carried over meanwhile share its bytes and get them too."""
        File.update(state=FileState.READY, **facts).where((File.key == self.key) & (File.state == FileState.WAITING)).execute()

    def unreadable(self, reason: str) -> None:
        File.update(state=FileState.FAILED, reason=reason).where((File.key == self.key) & (File.state == FileState.WAITING)).execute()

    @property
    def refusal(self):
        return refuse("upload.unreadable", name=self.name, code="upload.unreadable") if self.is_failed else None
