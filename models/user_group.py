"""The groups the staff is listed by where somebody is assigned: technicians, office, night shift."""

from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import db, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds

UNGROUPED = (0, "")  # whoever is in no group stands first


class UserGroup(Noun):
    """Everybody is in one group or in none. `position` orders the groups, from one."""

    MAY = {verb: holds(Right.ADMINISTER) for verb in ("view", "create", "edit", "move", "remove")}
    LABELS = {"name": _l("Name"), "position": _l("Place in the order")}

    name = peewee.CharField(max_length=60, unique=True)
    position = peewee.IntegerField(default=1)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        return cls.select() if not user.is_portal else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def in_order(cls) -> "peewee.ModelSelect[Any]":
        return cls.select().order_by(cls.position, cls.name)

    @property
    def place(self) -> tuple[int, str]:
        return self.position, self.name

    @classmethod
    def with_people(cls) -> list[tuple["UserGroup", list[Any]]]:
        """Each with its active people, in their order."""
        from models.user import User  # people know their group, not the reverse

        people: dict[int, list[Any]] = {}
        for user in User.active_staff():
            people.setdefault(user.group_id, []).append(user)
        return [(group, people.get(group.id, [])) for group in cls.in_order()]

    @property
    def people(self) -> "peewee.ModelSelect[Any]":
        """Also those who are switched off: restored, they are in it again."""
        from models.user import User  # people know their group, not the reverse

        return User.select().where(User.group == self.id).order_by(User.name)

    @classmethod
    def add(cls, name: str, *, by) -> "UserGroup":
        """A new group, last in the order. Raises Taken when there is one of this name."""
        missing = cls.MAY["create"].missing(by, None)
        if missing:
            raise Refused(missing)
        with db.atomic():
            last = cls.select(peewee.fn.MAX(cls.position)).scalar() or 0
            with unique("name"):
                made = cls.create(name=name, position=last + 1)
            Event.record("user_group.created", by=by, about=made)
            return made

    def rename(self, name: str, *, by, seen: int) -> dict:
        """Raises Taken when there is one of this name."""
        self.demand("edit", by)
        with unique("name"):
            return revise(self, "user_group.changed", {"name": name}, by=by, seen=seen)

    def move(self, step: int, *, by) -> None:
        """One place up (-1) or down (1); at the end nothing happens."""
        self.demand("move", by)
        with db.atomic():
            self.lock()
            groups = list(UserGroup.in_order())
            here = groups.index(self)
            there = here + step
            if 0 <= there < len(groups):
                groups.insert(there, groups.pop(here))
                for position, group in enumerate(groups, start=1):
                    UserGroup.update(position=position).where(UserGroup.id == group.id).execute()
                Event.record("user_group.changed", by=by, about=self)

    def _against_remove(self, by) -> list[Refusal]:
        count = self.people.count()
        return [refuse("user_group.in_use", name=self.name, count=count, group_id=self.id)] if count else []

    def remove(self, *, by) -> None:
        """Only an empty one: nobody is left without a group unawares."""
        with db.atomic():
            self.lock()
            self.demand("remove", by)
            Event.record("user_group.removed", by=by, about=self)
            Event.set_aside(self)
            self.delete_instance()
