"""Tags: short free words on a customer, kept on one line, and the words that are in use."""

from collections.abc import Iterable
from typing import Any

import peewee

from models.base import Record
from models.search import fold

LONGEST = 30
MOST = 12
SUGGESTED = 8
BETWEEN = ", "


def tidy(text: str) -> str:
    """The words of a line, each once, in the order they were written: `VIP, hiss`."""
    words: dict[str, str] = {}
    for word in text.replace(";", ",").split(","):
        plain = " ".join(word.split())
        if plain:
            words.setdefault(fold(plain), plain)
    return BETWEEN.join(words.values())


def words_of(tags: str) -> list[str]:
    return tags.split(BETWEEN) if tags else []


def carries(column: Any, word: str) -> Any:
    """The condition that a line of tags has this very word."""
    around = peewee.Value(BETWEEN).concat(column).concat(peewee.Value(BETWEEN))
    return around.contains(f"{BETWEEN}{word}{BETWEEN}")


class Tag(Record):
    """A word that somebody has used; what suggestions come from. `folded` is how it is found."""

    word = peewee.CharField(max_length=LONGEST)
    folded = peewee.CharField(max_length=60, unique=True)

    @classmethod
    def note(cls, lines: Iterable[str]) -> None:
        """Remember the words of these lines; those known already keep their first spelling."""
        words: dict[str, str] = {}
        for line in lines:
            for word in words_of(line):
                words.setdefault(fold(word), word)
        rows = [{"word": word, "folded": folded} for folded, word in sorted(words.items())]
        if rows:
            cls.insert_many(rows).on_conflict_ignore().execute()

    @classmethod
    def spelled(cls, line: str) -> str:
        """The line with each word as it was first spelled: `vip` is `VIP` where that is in use."""
        return cls.all_spelled([line])[0]

    @classmethod
    def all_spelled(cls, lines: list[str]) -> list[str]:
        """The same for many lines in one question; of two new spellings the first one stays."""
        tidied = [words_of(tidy(line)) for line in lines]
        folded = {fold(word) for words in tidied for word in words}
        spelling = {row.folded: row.word for row in cls.select().where(cls.folded.in_(folded))} if folded else {}
        return [BETWEEN.join(spelling.setdefault(fold(word), word) for word in words) for words in tidied]

    @classmethod
    def beginning(cls, typed: str) -> list["Tag"]:
        """The known words that begin like the typed one, in their order."""
        begins = cls.folded.startswith(fold(typed)) if typed.strip() else cls.folded != ""
        return list(cls.select().where(begins).order_by(cls.folded).limit(SUGGESTED * 3))
