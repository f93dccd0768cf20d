"""Permission templates: a role with rights given and withdrawn, under a name, for several people at once.

A person follows a role or a template, and has exceptions of their own. Changing a template reaches its people at their
next request; their exceptions stay. Each right is merged by itself when two people edit the same template.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import LARGEST_ID, Choice, ChoiceField, JSONTextField, UTCDateTimeField, db, now, unique
from models.event import Event
from models.granting import differing, refuse_rights, risky_among
from models.lifecycle import Noun, merged, revise
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, Role, holds

NAMES = frozenset(right.value for right in Right)


class Difference(Choice):
    """How a template departs from its role."""

    NONE = "", _l("As the role")
    GIVE = "give", _l("Give")
    WITHDRAW = "withdraw", _l("Withdraw")


class DifferenceField:
    """Gives back what the log keeps of one right of a template."""

    def python_value(self, value: Any) -> Difference:
        return Difference(value or "")


@dataclass(frozen=True)
class Reached:
    """What a change of the template does to one of its people."""

    person: Any
    coming: list[Right]
    going: list[Right]


@dataclass(frozen=True)
class Foreseen:
    """What saving will do: to whom, and which risky rights come with it."""

    wanted: "PermissionTemplate"
    reached: list[Reached]

    @property
    def risks(self) -> list[Right]:
        return risky_among([right for one in self.reached for right in one.coming])


class PermissionTemplate(Noun):
    """A template answers for every right by its name (`customer.view`) as for a field of its own: two people's edits
    merge right by right, and the log tells each."""

    MAY = {
        "view": holds(Right.USER_VIEW),
        "create": holds(Right.RIGHT_GRANT),
        "edit": holds(Right.RIGHT_GRANT),
        "remove": holds(Right.RIGHT_GRANT),
    }
    LABELS = {"name": _l("Name"), "role": _l("Starts from the role"), "note": _l("What it is for")}

    name = peewee.CharField(max_length=60, unique=True)
    role = ChoiceField(Role)
    note = peewee.CharField(max_length=200, default="")
    given = JSONTextField(default=list)  # names of rights, beside the role's
    withdrawn = JSONTextField(default=list)
    created_at = UTCDateTimeField(default=now)

    if not TYPE_CHECKING:  # a type checker should go on to know the fields

        def __getattr__(self, name: str) -> Any:
            if name not in NAMES:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            if name in self.given:
                return Difference.GIVE
            return Difference.WITHDRAW if name in self.withdrawn else Difference.NONE

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in NAMES:
            super().__setattr__(name, value)
            return
        self.given = _with(self.given, name, value is Difference.GIVE)
        self.withdrawn = _with(self.withdrawn, name, value is Difference.WITHDRAW)

    @classmethod
    def field_named(cls, name: str) -> Any:
        return DifferenceField() if name in NAMES else super().field_named(name)

    @classmethod
    def label_of(cls, name: str) -> Any:
        return Right(name).label if name in NAMES else super().label_of(name)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select() if user.has(Right.USER_VIEW) else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def in_order(cls) -> "peewee.ModelSelect[Any]":
        return cls.select().order_by(cls.name)

    @classmethod
    def numbered(cls, number: str) -> "PermissionTemplate | None":
        known = number.isdecimal() and int(number) <= LARGEST_ID
        return cls.get_or_none(cls.id == int(number)) if known else None

    @property
    def label(self) -> str:
        return self.name

    @property
    def rights(self) -> frozenset[Right]:
        """What its people have before their own exceptions."""
        given = {Right(name): True for name in self.given if name in NAMES}
        return differing(self.role.rights, given | {Right(name): False for name in self.withdrawn if name in NAMES})

    @property
    def people(self) -> list[Any]:
        """Everybody who follows it, also those who are switched off."""
        from models.user import User, knowing_rights  # people know their template, not the reverse

        return knowing_rights(User.select().where(User.template == self.id).order_by(User.name))

    @classmethod
    def counted(cls) -> list[tuple["PermissionTemplate", int]]:
        """Each with how many follow it, by name."""
        from models.user import User  # people know their template, not the reverse

        following: Any = User.select(User.template, peewee.fn.COUNT(User.id)).group_by(User.template).tuples()
        counts = dict(following)
        return [(template, counts.get(template.id, 0)) for template in cls.in_order()]

    @classmethod
    def add(cls, values: dict, *, by) -> "PermissionTemplate":
        """Raises Refused for rights that `by` lacks, Taken when there is one of this name."""
        template = cls().wearing(values)
        refusals = cls.MAY["create"].missing(by, None) + _of_staff(template.role)
        refusals += refuse_rights(template.rights, by)
        if refusals:
            raise Refused(refusals)
        with db.atomic():
            with unique("name"):
                template.save()
            Event.record("permission_template.created", by=by, about=template)
            return template

    def wearing(self, values: dict) -> "PermissionTemplate":
        for name, value in values.items():
            setattr(self, name, value)
        return self

    def foresee(self, values: dict, *, by, seen: int) -> Foreseen:
        """What saving these values over version `seen` would do; nothing is saved.

        Raises Refused for rights that `by` lacks and for the last owner, and Conflict.
        """
        self.demand("edit", by)
        copy = PermissionTemplate.get_by_id(self.id)
        wanted = copy.wearing(merged(copy, values, seen))
        refusals = self._against_rights_of(wanted, by)
        if refusals:
            raise Refused(refusals, self)
        return Foreseen(wanted, self._reach_of(wanted))

    def _reach_of(self, wanted: "PermissionTemplate") -> list[Reached]:
        """Its people whose rights come or go; what exceptions hide from them is no change."""
        found = []
        for person in self.people:
            after = differing(wanted.rights, person.exceptions)
            coming, going = in_order(after - person.rights), in_order(person.rights - after)
            found += [Reached(person, coming, going)] if coming or going else []
        return found

    def _against_edit(self, by) -> list[Refusal]:
        """Nobody changes their own rights by the way of a template, nor those of people who reach further."""
        own = [refuse("right.own")] if by.template_id == self.id else []
        return own + [refusal for person in self.people for refusal in person.higher_than(by)]

    def change(self, values: dict, *, by, seen: int) -> dict:
        """Save it, and let its people follow from their next request on; the owners are told of risky rights.

        Raises what `foresee` raises, and Taken for its name.
        """
        from models.user import User  # people know their template, not the reverse

        with db.atomic():
            User.lock_owners()
            self.lock()
            reached = self.foresee(values, by=by, seen=seen).reached
            with unique("name"):
                changes = revise(self, "permission_template.changed", values, by=by, seen=seen)
            self._lead(reached, by)
            return changes

    def _against_rights_of(self, wanted: "PermissionTemplate", by) -> list[Refusal]:
        leaves = self.role is Role.OWNER and wanted.role is not Role.OWNER
        last = [refuse("user.last_owner")] if leaves and self._has_the_last_owners() else []
        return _of_staff(wanted.role) + refuse_rights(wanted.rights - self.rights, by) + last

    def _has_the_last_owners(self) -> bool:
        owners: Any = [user.template_id for user in self._owners()]
        return bool(owners) and set(owners) == {self.id}

    @staticmethod
    def _owners() -> Iterable[Any]:
        from models.user import User  # people know their template, not the reverse

        return User.active_staff().where(User.role == Role.OWNER)

    def _lead(self, reached: list[Reached], by) -> None:
        """Its people take over the role; those whose rights change have it on their log."""
        from models.user import User  # people know their template, not the reverse

        other_role = (User.template == self.id) & (User.role != self.role)
        User.update(role=self.role, version=User.version + 1).where(other_role).execute()
        for one in reached:
            one.person.note_rights(one.coming, one.going, by, template=self.name)

    def _against_remove(self, by) -> list[Refusal]:
        count = len(self.people)
        return [refuse("permission_template.in_use", name=self.name, count=count, id=self.id)] if count else []

    def remove(self, *, by) -> None:
        """Only one that nobody follows."""
        with db.atomic():
            self.lock()
            self.demand("remove", by)
            Event.record("permission_template.removed", by=by, about=self)
            Event.set_aside(self)
            self.delete_instance()


def _with(names: list[str], name: str, there: bool) -> list[str]:
    others = [one for one in names if one != name]
    return sorted([*others, name]) if there else others


def _of_staff(role: Role) -> list[Refusal]:
    return [refuse("right.staff_only")] if role.is_portal else []


def in_order(rights: Iterable[Right]) -> list[Right]:
    """As they are listed everywhere."""
    wanted = set(rights)
    return [right for right in Right if right in wanted]
