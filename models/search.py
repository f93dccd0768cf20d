"""Searching as people type: folded text in one column per noun, a trigram index over it on both databases.

`osternas` and `Östernäs` fold to the same; any three letters from the middle find their record. SQLite keeps an
FTS5 trigram table beside the noun's own (filled by triggers), PostgreSQL a pg_trgm index on the column itself.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import peewee

from models.base import Record, on_postgres

SHORTEST_TRIGRAM = 3
SHORTEST_PHONE, TELLING = 7, 8  # from so many digits on a text may be a phone number, told by its last eight
_UNFOLDED = {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "’": "'", "ʼ": "'"}
_LETTERS = re.compile(f"[{''.join(_UNFOLDED)}]")
_NO_DIGITS = re.compile(r"\D+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_RARE = re.compile("[^\0-\u02ff\u0370-\u0482\u048a-\u0590\u2000-\u20cf]")  # may hold other accents
# й and ї are letters of their own to a reader, but a phone's keyboard may well give и and і.
_ORDER = {
    "sv": {"å": "{1", "ä": "{2", "ö": "{3", "æ": "{2", "ø": "{3"},
    "nb": {"æ": "{1", "ø": "{2", "å": "{3", "ä": "{1", "ö": "{2"},
    "uk": {"ґ": "г1", "є": "е1", "і": "и1", "ї": "и2"},
}


def fold(*texts: str | None) -> str:
    """Lower case, without accents, blanks run together; NUL bytes (PostgreSQL refuses them) gone."""
    text = " ".join(filter(None, texts)).replace("\0", "").casefold()
    if not text.isascii():
        text = _LETTERS.sub(lambda letter: _UNFOLDED[letter[0]], text)
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        if not text.isascii() and _RARE.search(text):
            text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def digits(*texts: str | None) -> str:
    """A number as it may be typed: `070-174 06 16` is also found by `0701740616`."""
    return " ".join(_NO_DIGITS.sub("", text) for text in texts if text)


def sort_key(text: str, language: str) -> str:
    """The text in the order of that language's alphabet, compared byte by byte (å, ä, ö after z in Swedish)."""
    return " ".join(text.casefold().translate(_alphabet(language)).split())[:120]


class _Alphabet(dict):
    """What a letter becomes in a sort key, found out the first time it is met."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code)) or chr(code)
        return self[code]


@lru_cache
def _alphabet(language: str) -> _Alphabet:
    return _Alphabet({ord(letter): place for letter, place in _ORDER.get(language, {}).items()})


class SearchText(peewee.TextField):
    """The folded column; `Searchable` keeps it, `matches` reads it."""


class SortKey(peewee.CharField):
    """Compared by code point on both databases, so that the list's order is ours and not the server's locale."""

    def __init__(self, **kwargs):
        super().__init__(max_length=128, default="", **kwargs)

    def ddl_datatype(self, ctx):
        return peewee.SQL('VARCHAR(128) COLLATE "C"') if on_postgres() else super().ddl_datatype(ctx)


class Searchable(Record):
    """Gives a noun `search_text` (kept at every save) and `search(query)`."""

    search_text = SearchText(default="")

    def searched_by(self) -> tuple[str | None, ...]:
        """The texts this record is found by."""
        raise NotImplementedError

    def also_searched_by(self) -> tuple[str, ...]:
        """Texts beyond the noun's own fields."""
        return ()

    def save(self, *args, **kwargs):
        folded = fold(*self.searched_by(), *self.also_searched_by())
        if folded != self.search_text:
            self.search_text = folded
        return super().save(*args, **kwargs)

    @classmethod
    def matches(cls, text: str) -> Any:
        """The condition for `text`: every word somewhere in the record. One or two letters must begin a word.

        A phone number is found however it is grouped, with or without its country.
        """
        found = cls._has_words(fold(text).split()[:8])
        number = _phone(text)
        return found | _contains(cls, [number]) if number else found

    @classmethod
    def _has_words(cls, words: list[str]) -> Any:
        long = [word for word in words if len(word) >= SHORTEST_TRIGRAM]
        condition = _contains(cls, long) if long else None
        for word in words:
            if len(word) < SHORTEST_TRIGRAM:
                begins = _begins(cls, word)
                condition = begins if condition is None else condition & begins
        return condition if condition is not None else peewee.SQL("1=1")


def _phone(text: str) -> str:
    """The digits that tell a phone number from others, or '' where the text is none."""
    plain = digits(text)
    return plain[-TELLING:] if len(plain) >= SHORTEST_PHONE and re.fullmatch(r"[\d\s()+./-]+", text) else ""


def _contains(noun, words: list[str]) -> peewee.Expression:
    if on_postgres():
        found = noun.search_text ** _like(words[0])
        for word in words[1:]:
            found &= noun.search_text ** _like(word)
        return found
    query = " ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' for word in words)
    hits = peewee.Table(f"{noun._meta.table_name}_search")
    return noun.id.in_(
        hits.select(peewee.SQL("rowid")).where(peewee.SQL(f'"{noun._meta.table_name}_search" MATCH ?', [query]))
    )


def _like(word: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"


def _begins(noun, word: str) -> peewee.Expression:
    text = noun.search_text
    return text.startswith(word) | text.contains(f" {word}")


def index_statements(table: str, postgres: bool) -> list[str]:
    """The DDL of one noun's search index, for migrations. `table` is ours, never a reader's."""
    if postgres:
        return [f'CREATE INDEX "{table}_search" ON "{table}" USING gin (search_text gin_trgm_ops)']
    hits = f"{table}_search"
    removal = f'INSERT INTO "{hits}"("{hits}", rowid, search_text) VALUES (\'delete\', '  # noqa: S608  our own table
    put = f'INSERT INTO "{hits}"(rowid, search_text) VALUES (new.id, new.search_text);'  # noqa: S608  our own table
    drop = f"{removal}old.id, old.search_text);"
    changed = "WHEN old.search_text <> new.search_text"
    options = f"content='{table}', content_rowid='id', tokenize='trigram'"
    return [
        f'CREATE VIRTUAL TABLE "{hits}" USING fts5(search_text, {options})',
        f'CREATE TRIGGER "{hits}_in" AFTER INSERT ON "{table}" BEGIN {put} END',
        f'CREATE TRIGGER "{hits}_out" AFTER DELETE ON "{table}" BEGIN {drop} END',
        f'CREATE TRIGGER "{hits}_new" AFTER UPDATE OF search_text ON "{table}" {changed} BEGIN {drop} {put} END',
    ]
