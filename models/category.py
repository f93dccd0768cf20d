"""The categories a customer can have: a short list that the administrator keeps."""

import peewee
from flask_babel import lazy_gettext as _l

from models.base import db, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, holds
from models.search import fold


class Category(Noun):
    """A customer carries its category's name: lists sort by it, the log reads it, an import brings it."""

    MAY = {
        "view": holds(Right.ADMINISTER),
        "create": holds(Right.ADMINISTER),
        "edit": holds(Right.ADMINISTER),
        "remove": holds(Right.ADMINISTER),
    }
    LABELS = {"name": _l("Name")}

    name = peewee.CharField(max_length=60, unique=True)

    @classmethod
    def visible_to(cls, user):
        return cls.select() if not user.is_portal else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def names(cls) -> list[str]:
        return [row.name for row in cls.select(cls.name).order_by(cls.name)]

    @classmethod
    def counted(cls) -> list[tuple["Category", int]]:
        """Each with how many customers have it, in their order."""
        from models.customer import Customer  # the customer knows its categories

        having = Customer.select(Customer.category, peewee.fn.COUNT(Customer.id)).group_by(Customer.category)
        counts = dict(having.where(Customer.category != "").tuples())
        return [(category, counts.get(category.name, 0)) for category in cls.select().order_by(cls.name)]

    @classmethod
    def add(cls, name: str, *, by) -> "Category":
        """Raises Taken when there is one of this name."""
        missing = cls.MAY["create"].missing(by, None)
        if missing:
            raise Refused(missing)
        with db.atomic():
            with unique("name"):
                made = cls.create(name=name)
            Event.record("category.changed", by=by, about=made)
            return made

    def rename(self, name: str, *, by, seen: int) -> dict:
        """Its customers follow, also in what they are found by. Raises Taken when there is one of this name."""
        self.demand("edit", by)
        with db.atomic():
            with unique("name"):
                changes = revise(self, "category.changed", {"name": name}, by=by, seen=seen)
            if changes:
                self._tell_customers(changes["name"][0], name)
            return changes

    def _tell_customers(self, old: str, new: str) -> None:
        from models.customer import Customer  # the customer knows its categories

        text = peewee.fn.REPLACE(Customer.search_text, fold(old), fold(new))
        Customer.update(category=new, search_text=text).where(Customer.category == old).execute()

    def customers(self) -> int:
        from models.customer import Customer  # the customer knows its categories

        return Customer.select().where(Customer.category == self.name).count()

    def _against_remove(self, by) -> list[Refusal]:
        count = self.customers()
        return [refuse("category.in_use", name=self.name, count=count)] if count else []

    def remove(self, *, by) -> None:
        """Only one that no customer has."""
        with db.atomic():
            self.lock()
            self.demand("remove", by)
            Event.record("category.removed", by=by, about=self)
            Event.set_aside(self)
            self.delete_instance()
