"""The ground every noun stands on: the database, Record, time, money and labelled choices."""

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import peewee
from flask_babel import lazy_gettext as _l

from models.turns import SqliteDatabase

db = peewee.DatabaseProxy()

# SQLite in these versions can lose committed rows when two processes write and checkpoint at once.
WAL_SAFE_FROM = (3, 51, 3)
LARGEST_ID = 2**31 - 1  # a larger number belongs to nothing, and SQLite stumbles over it
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # an acknowledged write survives a power cut
    "foreign_keys": 1,
    "busy_timeout": 20_000,
    "cache_size": -64_000,
    "mmap_size": 1 << 30,
    "temp_store": "memory",
}


class UnsafeSQLite(RuntimeError):
    """The SQLite library at hand is older than 3.51.3."""


def open_database(url: str) -> peewee.Database:
    """Point `db` at a sqlite:/// or postgresql:// address; nothing connects yet."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if peewee.sqlite3.sqlite_version_info < WAL_SAFE_FROM:
            raise UnsafeSQLite(
                f"SQLite {peewee.sqlite3.sqlite_version} can lose data; install pysqlite3 0.6.1 or later."
            )
        real = SqliteDatabase(url.removeprefix("sqlite:///"), pragmas=SQLITE_PRAGMAS, lock_type="IMMEDIATE", timeout=20)
    else:
        from playhouse.db_url import parse  # only where PostgreSQL is used
        from playhouse.pool import PooledPostgresqlDatabase

        real = PooledPostgresqlDatabase(
            max_connections=32, stale_timeout=300, timeout=20, prefer_psycopg3=True, **parse(url)
        )
    db.initialize(real)
    return real


def on_postgres() -> bool:
    return isinstance(db.obj, peewee.PostgresqlDatabase)


@contextmanager
def connection():
    """An open connection for this thread. SQLite's stays open (opening costs more than a query), a pooled one
    goes back."""
    db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if on_postgres() and not db.in_transaction():
            db.close()


@contextmanager
def soon_durable():
    """Writes that survive the death of this process at once, and a power cut only with the next ordinary commit.

    Not for what somebody was told is saved. Inside a transaction it is that transaction that decides.
    """
    if db.in_transaction():
        yield
    elif on_postgres():
        with db.atomic():
            db.execute_sql("SET LOCAL synchronous_commit = off")
            yield
    else:
        db.execute_sql("PRAGMA synchronous = normal")
        try:
            yield
        finally:
            db.execute_sql(f"PRAGMA synchronous = {SQLITE_PRAGMAS['synchronous']}")


def now() -> datetime:
    return datetime.now(UTC)


class UTCDateTimeField(peewee.DateTimeField):
    """Aware in, UTC stored, aware out. A naive time is a mistake and is refused."""

    def db_value(self, value):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None))

    def python_value(self, value):
        value = super().python_value(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class JSONTextField(peewee.TextField):
    """Small structured facts we never query inside: one text column on both databases."""

    def db_value(self, value):
        return None if value is None else json.dumps(value, ensure_ascii=False, default=str)

    def python_value(self, value):
        """An event holds old values as they were read, so what is no text any more is taken as it is."""
        return json.loads(value) if isinstance(value, str) else value


class Choice(StrEnum):
    """A closed set of values, each with the word and the tone it is shown in: `NEW = "new", _l("New"), "info"`."""

    label: Any
    tone: str

    def __new__(cls, value, label="", tone="neutral"):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    @classmethod
    def named(cls, name: str) -> type["Choice"]:
        """The set of this name; each has a name of its own."""
        return next(kind for kind in cls.__subclasses__() if kind.__name__ == name)


class ChoiceField(peewee.CharField):
    def __init__(self, kind: type[Choice], **kwargs):
        self.kind = kind
        super().__init__(max_length=32, **kwargs)

    def db_value(self, value):
        return None if value is None else self.kind(value).value

    def python_value(self, value):
        return None if value is None else self.kind(value)


class Money(NamedTuple):
    """An amount in minor units (öre, kopiykas) with its ISO 4217 currency."""

    minor: int
    currency: str


class Language(Choice):
    SV = "sv", "Svenska"
    NB = "nb", "Norsk bokmål"
    UK = "uk", "Українська"
    EN = "en", "English"

    @property
    def locale(self) -> str:
        """Whose dates and numbers are written in it. English is the European one: days before months, 24 hours,
        weeks from Monday."""
        return "en_GB" if self is Language.EN else self.value


class Country(Choice):
    SE = "SE", _l("Sweden")
    NO = "NO", _l("Norway")
    UA = "UA", _l("Ukraine")


class Record(peewee.Model):
    """Every table. `MAY` maps a verb to the rule who may; `STEPS` maps it to the statuses it goes from and to."""

    MAY: dict = {}
    STEPS: dict = {}

    id: Any = peewee.AutoField()

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call this record; nouns say it better."""
        return str(getattr(self, "name", self.id))

    @property
    def noun(self) -> str:
        return self._meta.table_name

    @classmethod
    def field_named(cls, name: str) -> Any:
        """What gives the stored form of a value back, or None where there is no such field."""
        return cls._meta.fields.get(name)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """The rows this person may know of. Every list, search, picker, export and file starts here."""
        raise NotImplementedError(f"{cls.__name__} has not said who sees it")

    def is_seen_by(self, user) -> bool:
        noun = type(self)
        return noun.visible_to(user).where(noun.id == self.id).exists()


def one_of(column: Any, seen: "peewee.ModelSelect[Any]") -> Any:
    """`column` is the id of one of these records: each is looked up, where IN would first list them all."""
    noun = seen.model
    return peewee.fn.EXISTS(alone(seen).select(peewee.SQL("1")).where(noun.id == column))


def alone(seen: "peewee.ModelSelect[Any]") -> "peewee.ModelSelect[Any]":
    """These records by their own table: without the joins that only bring their relatives along."""
    return seen.from_(seen.model)


class Taken(Exception):
    """A value that must be unique is in use; `field` names it."""

    def __init__(self, field: str):
        self.field = field


@contextmanager
def unique(field: str):
    """Turn the database's word on a double value into `Taken`; the constraint stays the judge."""
    try:
        with db.atomic():
            yield
    except peewee.IntegrityError as error:
        if "unique" in str(error).lower() or "duplicate" in str(error).lower():
            raise Taken(field) from error
        raise


def changed_fields(record: Record, values: dict[str, Any]) -> dict[str, list]:
    """{field: [old, new]} for the values that differ from the record's own."""
    return {
        name: [getattr(record, name), value]
        for name, value in values.items()
        if comparable(getattr(record, name)) != comparable(value)
    }


def comparable(value: Any) -> Any:
    return value.id if isinstance(value, Record) else (value if value is not None else "")


AfterCommit = Callable[[], None]
