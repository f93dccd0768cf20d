"""What a person keeps of a list: named filters, and the columns and density they chose."""

from typing import Any

import peewee

from models.base import JSONTextField, Record, db
from models.ready import ready
from models.user import User


class SavedFilter(Record):
    """A list's filter, search, sort and columns under a name; one can be the person's default for that list."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    list_name = peewee.CharField(max_length=32)
    name = peewee.CharField(max_length=60)
    arguments = JSONTextField(default=dict)
    is_default = peewee.BooleanField(default=False)

    class Meta:
        indexes = ((("user", "list_name", "name"), True),)

    @classmethod
    def of(cls, user: User, list_name: str) -> list["SavedFilter"]:
        return _filters_of(user.id, list_name)

    @classmethod
    def keep(cls, user: User, list_name: str, name: str, arguments: dict, *, default: bool) -> "SavedFilter":
        """Save under a name, replacing an equal name; at most one default per list."""
        with db.atomic():
            if default:
                cls.update(is_default=False).where((cls.user == user) & (cls.list_name == list_name)).execute()
            cls.delete().where((cls.user == user) & (cls.list_name == list_name) & (cls.name == name)).execute()
            return cls.create(user=user, list_name=list_name, name=name, arguments=arguments, is_default=default)

    @classmethod
    def drop(cls, user: User, filter_id: int) -> None:
        cls.delete().where((cls.user == user) & (cls.id == filter_id)).execute()


class ListChoice(Record):
    """The columns and density a person chose for a list."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    list_name = peewee.CharField(max_length=32)
    columns = JSONTextField(default=list)
    roomy = peewee.BooleanField(default=False)

    class Meta:
        indexes = ((("user", "list_name"), True),)

    @classmethod
    def of(cls, user: User, list_name: str) -> "ListChoice | None":
        return next(iter(_choice_of(user.id, list_name)), None)

    @classmethod
    def keep(cls, user: User, list_name: str, columns: list[str], roomy: bool) -> None:
        values = {"columns": columns, "roomy": roomy}
        cls.insert(user=user, list_name=list_name, **values).on_conflict(
            conflict_target=[cls.user, cls.list_name], update=values
        ).execute()


@ready
def _filters_of(user_id, list_name) -> Any:
    mine = (SavedFilter.user == user_id) & (SavedFilter.list_name == list_name)
    return SavedFilter.select().where(mine).order_by(SavedFilter.name)


@ready
def _choice_of(user_id, list_name) -> Any:
    return ListChoice.select().where((ListChoice.user == user_id) & (ListChoice.list_name == list_name))
