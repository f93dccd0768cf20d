"""How a customer is chosen: by number or by name, from pickers that offer only the active ones."""

from typing import Any

import peewee

from models.organisation import Organisation
from models.search import sort_key
from models.tag import Tag, carries


class Choosable:
    """The customer's ways into forms; methods only."""

    id: Any
    number: Any
    sort_name: Any
    inactive_at: Any
    tags: Any
    visible_to: Any
    matches: Any

    @classmethod
    def choosable_by(cls, user) -> "peewee.ModelSelect[Any]":
        """For pickers: inactive customers are not offered."""
        return cls.visible_to(user).where(cls.inactive_at.is_null())

    @classmethod
    def chosen_by(cls, user, ids: list[int]) -> list[Any]:
        """These customers by name, without those the person may not see."""
        return list(cls.visible_to(user).where(cls.id.in_(ids)).order_by(cls.sort_name, cls.id))

    @classmethod
    def suggested(cls, user, typed: str, limit: int = 10) -> list[Any]:
        """For a picker: the active customers that the typed text finds, the one with that very number first."""
        among = cls.choosable_by(user)
        exact = list(among.where(cls.number == typed))
        found = among.where(cls.matches(typed) & cls.id.not_in([customer.id for customer in exact])).limit(limit)
        return [*exact, *found]

    @classmethod
    def tagged(cls, word: str) -> Any:
        """The condition for customers with this tag: the search finds the few, the line of tags decides."""
        spelled = Tag.spelled(word)
        return cls.matches(spelled) & carries(cls.tags, spelled)

    @classmethod
    def is_tagged(cls, word: str, *, by) -> bool:
        """Has a customer that this person sees the tag?"""
        return cls.visible_to(by).where(cls.tagged(word)).exists()

    @classmethod
    def numbered(cls, among: "peewee.ModelSelect[Any]", typed: str) -> "Any | None":
        """The one that `10001`, `10001 Name` or a name that only one has stands for."""
        by_number = among.where(cls.number == typed.split(" ")[0]).first()
        if by_number and typed in (by_number.number, by_number.title):
            return by_number
        named = list(among.where(cls.sort_name == sort_key(typed, Organisation.current().language)).limit(2))
        return named[0] if len(named) == 1 else None
