"""Giving and withdrawing rights: nobody hands out what they lack, or changes their own.

Methods only; the fields are the user's (models/user.py).
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import peewee

from models.base import ChoiceField, Record, db, on_postgres
from models.event import Event
from models.reader import Reader
from models.ready import ready
from models.refusals import Refusal, Refused, refuse
from models.rights import RISKY, Grounds, Right, Role, including_narrower

if TYPE_CHECKING:
    from models.lifecycle import Noun as Mixin
else:
    Mixin = object  # at run time the user brings the fields, and peewee makes no table of this


class UserRight(Record):
    """An exception to the role: a right given to, or withdrawn from, one person."""

    user = peewee.DeferredForeignKey("User", on_delete="CASCADE")
    right = ChoiceField(Right)
    granted = peewee.BooleanField()

    class Meta:
        indexes = ((("user", "right"), True),)


class Granting(Mixin):
    """What a person may do, and how others change it."""

    role: Any
    is_active: Any
    store_ids: Any
    active_staff: Any

    @cached_property
    def exceptions(self) -> dict[Right, bool]:
        """What this person alone was given (True) or lost (False), beside the role."""
        return {row.right: row.granted for row in _exceptions_of(self.id)}

    @cached_property
    def rights(self) -> frozenset[Right]:
        return effective_rights(self.role, self.exceptions)

    @cached_property
    def reader(self) -> Reader:
        return Reader.of(self)

    @property
    def givable(self) -> frozenset[Right]:
        """What this person may hand out: their own rights, and the narrower ones these include."""
        return including_narrower(self.rights)

    def has(self, right: Right) -> bool:
        return right in self.rights

    def why(self, right: Right) -> Grounds:
        """Why this person has or lacks a right."""
        if right in self.exceptions:
            return Grounds.GIVEN if self.exceptions[right] else Grounds.WITHDRAWN
        return Grounds.ROLE if right in self.role.rights else Grounds.NONE

    def forget_rights(self) -> None:
        for name in ("exceptions", "rights", "store_ids", "reader"):
            self.__dict__.pop(name, None)

    def _higher_than(self, by) -> list[Refusal]:
        """Nobody touches an account that reaches further than theirs: its e-mail would be a way in."""
        further = self.rights - by.givable or not _reaches(by.store_ids, self.store_ids)
        return [refuse("right.higher", name=self.name)] if further else []

    def _against_grant(self, by) -> list[Refusal]:
        return [refuse("right.own")] if self.id == by.id else self._higher_than(by)

    def _last_owner(self) -> list[Refusal]:
        others = type(self).active_staff().where(type(self).role == Role.OWNER, type(self).id != self.id)
        is_last = self.role is Role.OWNER and self.is_active and not others.exists()
        return [refuse("user.last_owner")] if is_last else []

    @classmethod
    def lock_owners(cls) -> None:
        """Two owners who step each other down at once would leave none; SQLite's transactions take turns anyway."""
        if on_postgres():
            list(cls.select(cls.id).where(cls.role == Role.OWNER).order_by(cls.id).for_update())

    def grant(self, role: Role, exceptions: dict[Right, bool], *, by, seen: int | None = None) -> None:
        """Give this person a role and their own exceptions to it.

        Raises Refused for rights that `by` lacks, for the last owner, and when somebody else
        changed the account since version `seen`.
        """
        with db.atomic():
            self.lock_owners()
            self.lock()
            self.forget_rights()
            self.demand("grant", by)
            refusals = self._against_new_rights(role, exceptions, by) + self._changed_since(seen)
            if refusals:
                raise Refused(refusals, self)
            self._set_rights(role, exceptions, by)

    def _against_new_rights(self, role: Role, exceptions: dict[Right, bool], by) -> list[Refusal]:
        wrong_side = [refuse("right.staff_only")] if role.is_portal != self.role.is_portal else []
        last = self._last_owner() if role is not Role.OWNER else []
        return wrong_side + refuse_rights(effective_rights(role, exceptions) - self.rights, by) + last

    def _changed_since(self, seen: int | None) -> list[Refusal]:
        if seen is None or seen == self.version:
            return []
        latest = Event.about(self).first()
        return [refuse("record.changed", who=latest.actor_name if latest else "", noun=self.noun, id=self.id)]

    def _set_rights(self, role: Role, exceptions: dict[Right, bool], by) -> None:
        before, old_role = self.rights, self.role
        self._replace_exceptions(role, exceptions)
        self.role = role
        self.version += 1
        self.save()
        self.forget_rights()
        given, withdrawn = self.rights - before, before - self.rights
        Event.record(
            "user.rights_changed",
            by=by,
            about=self,
            changes={"role": [old_role, role]} if role != old_role else {},
            given=sorted(given),
            withdrawn=sorted(withdrawn),
        )
        tell_of_risks(self, given, by)

    def _replace_exceptions(self, role: Role, exceptions: dict[Right, bool]) -> None:
        """Only what differs from the role is kept, so that a later change of the role reaches this person."""
        UserRight.delete().where(UserRight.user == self.id).execute()
        for right, granted in exceptions.items():
            if granted != (right in role.rights):
                UserRight.create(user=self.id, right=right, granted=granted)

    def risks_of(self, role: Role, exceptions: dict[Right, bool]) -> list[Right]:
        """The risky rights this person would get that they do not have yet."""
        return risky_among(effective_rights(role, exceptions) - self.rights)


@ready
def _exceptions_of(user_id) -> Any:
    return UserRight.select().where(UserRight.user == user_id).namedtuples()


def effective_rights(role: Role, exceptions: dict[Right, bool]) -> frozenset[Right]:
    """The role's rights, plus what is given, minus what is withdrawn."""
    given = {right for right, granted in exceptions.items() if granted}
    withdrawn = {right for right, granted in exceptions.items() if not granted}
    return (role.rights | given) - withdrawn


def tell_of_risks(user: Any, given: Iterable[Right], by) -> None:
    """Risky rights are an event of their own, which the owners are told of (S1.56)."""
    risky = risky_among(given)
    if risky:
        Event.record("user.risky_rights_given", by=by, about=user, risky=[right.value for right in risky])


def risky_among(rights: Iterable[Right]) -> list[Right]:
    """In the order the rights are listed in everywhere."""
    return [right for right in Right if right in RISKY and right in set(rights)]


def refuse_rights(rights, by) -> list[Refusal]:
    """One refusal for each right that `by` would hand out without having it."""
    return [refuse("right.cannot_grant", right=right) for right in sorted(set(rights) - by.givable)]


def _reaches(mine: frozenset[int] | None, theirs: frozenset[int] | None) -> bool:
    return mine is None or (theirs is not None and theirs <= mine)
