"""Choosing people by their groups, for assigning: the page's ticks, and who was ticked."""

from itertools import groupby
from types import SimpleNamespace

from flask import request

from models.user import User


def by_group(store_id: int | None, present: list[User]) -> list[SimpleNamespace]:
    """Those who can be assigned in this store and those who are already, by user group, the latter
    ticked (S2.24)."""
    ticked = {user.id for user in present}
    groups = groupby(_offered(store_id, present), key=group_name)
    return [
        SimpleNamespace(
            name=name,
            people=[SimpleNamespace(id=user.id, name=user.name, ticked=user.id in ticked) for user in users],
        )
        for name, users in groups
    ]


def chosen_people(store_id: int | None, present: list[User]) -> list[User]:
    """The ticked ones of those who were offered; any other number is passed over."""
    wanted = set(request.form.getlist("people"))
    return [user for user in _offered(store_id, present) if str(user.id) in wanted]


def _offered(store_id: int | None, present: list[User]) -> list[User]:
    people = {user.id: user for user in (*present, *User.assignable(store_id))}
    return sorted(people.values(), key=lambda user: user.place)


def group_name(user: User) -> str:
    return user.group.name if user.group_id else ""
