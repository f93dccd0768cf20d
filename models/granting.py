"""Giving and withdrawing rights: nobody hands out what they lack, or changes their own.

Methods only; the fields are the user's (models/user.py).
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import peewee

from models.base import ChoiceField, Record, comparable, db, on_postgres
from models.event import Event
from models.reader import Reader
from models.ready import ready
from models.refusals import Refusal, Refused, refuse
from models.rights import RISKY, Grounds, Right, Role, including_narrower

if TYPE_CHECKING:
    from models.lifecycle import Noun as Mixin
    from models.permission_template import PermissionTemplate
else:
    Mixin = object  # at run time the user brings the fields, and peewee makes no table of this


class Base(Protocol):
    """What a person's rights start from: a role, or a permission template, which has one."""

    @property
    def rights(self) -> frozenset[Right]: ...


class UserRight(Record):
    """An exception to the role or template: a right given to, or withdrawn from, one person."""

    user = peewee.DeferredForeignKey("User", on_delete="CASCADE")
    right = ChoiceField(Right)
    granted = peewee.BooleanField()

    class Meta:
        indexes = ((("user", "right"), True),)


class Granting(Mixin):
    """What a person may do, and how others change it."""

    role: Any
    template: Any
    template_id: Any
    is_active: Any
    store_ids: Any
    active_staff: Any

    @cached_property
    def exceptions(self) -> dict[Right, bool]:
        """What this person alone was given (True) or lost (False), beside the role or template."""
        return {row.right: row.granted for row in _exceptions_of(self.id)}

    @cached_property
    def rights(self) -> frozenset[Right]:
        return differing(self.base.rights, self.exceptions)

    @property
    def base(self) -> "Role | PermissionTemplate":
        """What applies before the exceptions."""
        return self.template or self.role

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
        follows = right in self.base.rights
        if self.template_id:
            return Grounds.TEMPLATE if follows else Grounds.LEFT_OUT
        return Grounds.ROLE if follows else Grounds.NONE

    def forget_rights(self) -> None:
        for name in ("exceptions", "rights", "store_ids", "reader"):
            self.__dict__.pop(name, None)

    def higher_than(self, by) -> list[Refusal]:
        """Nobody touches an account that reaches further than theirs: its e-mail would be a way in."""
        further = self.rights - by.givable or not _reaches(by.store_ids, self.store_ids)
        return [refuse("right.higher", name=self.name)] if further else []

    def _against_grant(self, by) -> list[Refusal]:
        return [refuse("right.own")] if self.id == by.id else self.higher_than(by)

    def _last_owner(self) -> list[Refusal]:
        others = type(self).active_staff().where(type(self).role == Role.OWNER, type(self).id != self.id)
        is_last = self.role is Role.OWNER and self.is_active and not others.exists()
        return [refuse("user.last_owner")] if is_last else []

    @classmethod
    def lock_owners(cls) -> None:
        """Two owners who step each other down at once would leave none; SQLite's transactions take turns anyway."""
        if on_postgres():
            list(cls.select(cls.id).where(cls.role == Role.OWNER).order_by(cls.id).for_update())

    def grant(
        self, base: "Role | PermissionTemplate", exceptions: dict[Right, bool], *, by, seen: int | None = None
    ) -> None:
        """Let this person follow a role or a template, with their own exceptions to it.

        Raises Refused for rights that `by` lacks, for the last owner, and when somebody else
        changed the account since version `seen`.
        """
        with db.atomic():
            self.lock_owners()
            if not isinstance(base, Role):
                base.lock()
            self.lock()
            self.forget_rights()
            self.demand("grant", by)
            refusals = self._against_new_rights(base, exceptions, by) + self._changed_since(seen)
            if refusals:
                raise Refused(refusals, self)
            self._set_rights(base, exceptions, by)

    def _against_new_rights(self, base: Any, exceptions: dict[Right, bool], by) -> list[Refusal]:
        role = role_of(base)
        wrong_side = [refuse("right.staff_only")] if role.is_portal != self.role.is_portal else []
        last = self._last_owner() if role is not Role.OWNER else []
        return wrong_side + refuse_rights(differing(base.rights, exceptions) - self.rights, by) + last

    def _changed_since(self, seen: int | None) -> list[Refusal]:
        if seen is None or seen == self.version:
            return []
        latest = Event.about(self).first()
        return [refuse("record.changed", who=latest.actor_name if latest else "", noun=self.noun, id=self.id)]

    def _set_rights(self, base: Any, exceptions: dict[Right, bool], by) -> None:
        before, old_role, old_template = self.rights, self.role, self.template
        self._replace_exceptions(base, exceptions)
        self.role, self.template = role_of(base), None if isinstance(base, Role) else base
        self.version += 1
        self.save()
        self.forget_rights()
        changes: dict[str, list] = {"role": [old_role, self.role]} if self.role != old_role else {}
        if comparable(old_template) != comparable(self.template):
            changes["template"] = [old_template, self.template]
        self.note_rights(self.rights - before, before - self.rights, by, changes)

    def note_rights(
        self, given: Iterable[Right], withdrawn: Iterable[Right], by, changes: dict | None = None, **data: Any
    ) -> None:
        """On the log: what came and went; of risky rights the owners are told."""
        Event.record(
            "user.rights_changed",
            by=by,
            about=self,
            changes=changes or {},
            given=sorted(given),
            withdrawn=sorted(withdrawn),
            **data,
        )
        tell_of_risks(self, given, by)

    def _replace_exceptions(self, base: Base, exceptions: dict[Right, bool]) -> None:
        """What says the same as the role or template is not kept, so that a later change of it reaches this person;
        but an exception that stands already stays, whatever it says beside."""
        standing = self.exceptions
        UserRight.delete().where(UserRight.user == self.id).execute()
        for right, granted in exceptions.items():
            if granted != (right in base.rights) or standing.get(right) is granted:
                UserRight.create(user=self.id, right=right, granted=granted)

    def risks_of(self, base: Base, exceptions: dict[Right, bool]) -> list[Right]:
        """The risky rights this person would get that they do not have yet."""
        return risky_among(differing(base.rights, exceptions) - self.rights)


@ready
def _exceptions_of(user_id) -> Any:
    return UserRight.select().where(UserRight.user == user_id).namedtuples()


def role_of(base: Any) -> Role:
    return base if isinstance(base, Role) else base.role


def differing(rights: frozenset[Right], exceptions: dict[Right, bool]) -> frozenset[Right]:
    """These rights, plus what is given, minus what is withdrawn."""
    given = {right for right, granted in exceptions.items() if granted}
    withdrawn = {right for right, granted in exceptions.items() if not granted}
    return (rights | given) - withdrawn


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
