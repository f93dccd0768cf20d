"""Taking a person's words out of texts, wherever in the database they stand.

What nobody else has (a mail address, a phone, a personal number, a full name) is looked for in every text of every
table. What is shared, such as a company's switchboard, goes only from the person's own records.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import peewee

from models.base import JSONTextField, Record
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.person import SHORTEST_PHONE, Person, any_of
from models.search import SearchText, SortKey, digits
from models.user import User

BLANK = ""
LEAST_WORDS = 2  # a single first name is everybody's
UNSURE = re.compile(r"[^\x00-\x7f]|[%_\\]")
BETWEEN_DIGITS = r"[\s./()-]*"


def is_shared(person: Person, columns: tuple[str, ...], value: str) -> bool:
    """Does anybody else have it, in whatever case or grouping?"""
    mine = {Contact: person.contact_ids, Customer: person.private_ids, User: person.user_ids}
    wanted = _plain(value)
    for holder, ids in mine.items():
        known = [name for name in columns if name in holder._meta.fields]
        others = holder.select().where(holder.matches(value) & holder.id.not_in(ids or [0]))
        if any(_plain(getattr(other, name)) == wanted for other in others.iterator() for name in known):
            return True
    return False


def _plain(value: str) -> str:
    """A phone by its digits, the rest without regard to case."""
    plain = digits(value)
    return plain if len(plain) >= SHORTEST_PHONE and not any(map(str.isalpha, value)) else value.casefold()


def _like(word: str) -> Any:
    """SQLite knows upper and lower case of ASCII only: what it does not know may be any letter."""
    return f"%{UNSURE.sub('_', word)}%"


class Words:
    """What stands for this person in texts, and what is put in its place."""

    def __init__(self, person: Person, pseudonym: str):
        self.person, self.pseudonym = person, pseudonym

    @cached_property
    def names(self) -> list[str]:
        """Full names that nobody else has."""
        full = [name for name in self.person.names if len(name.split()) >= LEAST_WORDS]
        return [name for name in full if not is_shared(self.person, ("name",), name)]

    @cached_property
    def identities(self) -> list[str]:
        """Addresses and numbers that nobody else has."""
        known = [(email, ("email", "invoice_email")) for email in self.person.emails]
        known += [(phone, ("phone", "mobile")) for phone in self.person.phones]
        own = [value for value, columns in known if not is_shared(self.person, columns, value)]
        return [*own, *self.person.numbers]

    @cached_property
    def _everywhere(self) -> tuple[Any, Any]:
        return _pattern(self.names), _pattern(self.identities)

    @cached_property
    def _at_home(self) -> tuple[Any, Any]:
        """On what belongs to their own customers every name and address of theirs is meant."""
        return _pattern(self.person.names), _pattern([*self.person.emails, *self.person.phones, *self.person.numbers])

    def without(self, value: Any, *, at_home: bool = False) -> Any:
        """The value, a text or something made of texts, without the person."""
        names, identities = self._at_home if at_home else self._everywhere
        if isinstance(value, str):
            value = names.sub(self.pseudonym, value) if names else value
            return identities.sub(BLANK, value) if identities else value
        if isinstance(value, dict):
            return {key: self.without(one, at_home=at_home) for key, one in value.items()}
        return [self.without(one, at_home=at_home) for one in value] if isinstance(value, list) else value

    # The whole database

    def sweep(self, tables: Iterable[type[Record]], spared: dict[type[Record], Any]) -> int:
        """Every text of these tables, but for the rows that are `spared`. Returns how many rows had to change."""
        phones = [_plain(word) for word in self.identities if _plain(word).isdigit()]
        said = [*self.names, *self.identities, *phones]
        return sum(self._sweep_table(table, spared.get(table), said) for table in tables) if said else 0

    def _sweep_table(self, table: Any, spared: Any, said: list[str]) -> int:
        columns = [field for field in table._meta.sorted_fields if _is_text(field)]
        found = any_of(*(column ** _like(word) for column in columns for word in said))
        query = table.select().where(found) if spared is None else table.select().where(found & ~spared)
        rows = list(query)
        return sum(self._clean(row, columns) for row in rows)

    def _clean(self, row: Any, columns: list[Any]) -> bool:
        """Saving also folds the search text anew."""
        changed = {}
        for column in columns:
            old = getattr(row, column.name)
            new = self.without(old)
            if new != old:
                changed[column.name] = new[: column.max_length] if hasattr(column, "max_length") else new
        for name, value in changed.items():
            setattr(row, name, value)
        if changed or hasattr(row, "search_text"):
            row.save()
        return bool(changed)


def _pattern(words: Iterable[str]) -> Any:
    """Whole words only, so that Anna Berg is not in Anna Bergman; a phone however it is grouped."""
    known = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile("|".join(map(_whole, known)), re.IGNORECASE) if known else None


def _whole(word: str) -> str:
    told = BETWEEN_DIGITS.join(_plain(word)) if _plain(word).isdigit() else re.escape(word)
    return rf"(?<!\w){told}(?!\w)"


def _is_text(field: Any) -> bool:
    """A column that may hold what somebody wrote; keys and choices do not."""
    plain = type(field) in (peewee.CharField, peewee.TextField) or isinstance(field, JSONTextField)
    return plain and not field.unique and not field.primary_key and not isinstance(field, SearchText | SortKey)


def blanked(event: Event, what: str) -> None:
    """What happened, when and by whom stays; what it said goes."""
    event.what = what[:255]
    event.changes = {name: {"old": None, "new": None} for name in event.changes}
    event.data = {name: BLANK if isinstance(value, str) else value for name, value in event.data.items()}
