"""What a noun gets by having custom fields: its records answer for each of them by a name such as `custom_12`, so that
forms, edits that merge, the change log and exports treat them like fields of the noun's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from models.base import db, on_postgres
from models.custom_field import PREFIX, CustomField, CustomValue, Need
from models.event import Event
from models.lifecycle import Noun
from models.organisation import Organisation
from models.refusals import Refusal, refuse
from models.search import Searchable

if TYPE_CHECKING:

    class Having(Searchable, Noun):  # what the nouns are; a table of its own would be one too many
        status: Any
else:
    Having = object

LOADED = "_custom_texts"
FOLDED_AT_ONCE = 500


@dataclass(frozen=True)
class Known:
    """The definitions under one mark: by noun in their order, the removed ones too, and by name."""

    mark: str = ""
    rows: dict[str, list[CustomField]] = field(default_factory=dict)
    named: dict[str, CustomField] = field(default_factory=dict)


_known: list[Known] = [Known()]


def known() -> Known:
    """What this process knows, read anew where the organisation's mark is another by now. Without a mark there is no
    field, and nothing is asked."""
    if Organisation.mark_seen is None:
        Organisation.current()
    mark = Organisation.mark_seen or ""
    if _known[0].mark != mark:
        _known[0] = _read(mark) if mark else Known()
    return _known[0]


def _read(mark: str) -> Known:
    found = Known(mark)
    for one in CustomField.select().order_by(CustomField.position, CustomField.id):
        found.rows.setdefault(one.owner.value, []).append(one)
        found.named[one.name] = one
    return found


class Customised(Having):
    """Methods only, among the first bases of a noun that `Owner` names."""

    DEMANDING: ClassVar[tuple[str, ...]] = ()  # the verbs that may demand fields, each with a step

    @classmethod
    def owner_name(cls) -> str:
        return cls.noun.fget(cls)

    @classmethod
    def every_custom_field(cls) -> list[CustomField]:
        """Also those that are removed."""
        return known().rows.get(cls.owner_name(), [])

    @classmethod
    def custom_fields(cls) -> list[CustomField]:
        """Those that are offered, in their order."""
        return [one for one in cls.every_custom_field() if one.is_offered]

    @classmethod
    def field_named(cls, name: str) -> Any:
        return known().named.get(name) or super().field_named(name)

    @classmethod
    def label_of(cls, name: str) -> Any:
        """Of a field that was deleted, what the log calls it."""
        if not name.startswith(PREFIX):
            return super().label_of(name)
        found = known().named.get(name)
        return found.spoken if found else _deleted_name(name)

    if not TYPE_CHECKING:  # a type checker should go on to know the nouns' own names

        def __getattr__(self, name: str) -> Any:
            found = known().named.get(name) if name.startswith(PREFIX) else None
            if found is None:
                raise AttributeError(f"{type(self).__name__} has no {name}")
            return found.python_value(self._texts.get(found.id))

    @property
    def _texts(self) -> dict[int, str]:
        """The stored texts by field, read once for the record."""
        mine = self.__dict__.get(LOADED)
        if mine is None:
            every = [one.id for one in self.every_custom_field()]
            mine = self.__dict__[LOADED] = CustomValue.of(every, self.id) if self.id and every else {}
        return mine

    @property
    def custom_values(self) -> list[tuple[CustomField, Any]]:
        """Each offered field with its value, and the removed ones that have one."""
        pairs = [(one, getattr(self, one.name)) for one in self.every_custom_field()]
        return [(one, value) for one, value in pairs if one.is_offered or one.written(value)]

    @property
    def shared_values(self) -> list[tuple[CustomField, Any]]:
        """What the customer's people may read, in the portal and on papers: nothing hidden, removed or empty."""
        shared = [(one, getattr(self, one.name)) for one in self.custom_fields() if not one.hidden]
        return [(one, value) for one, value in shared if one.written(value)]

    def also_searched_by(self) -> tuple[str, ...]:
        wanted = [one for one in self.every_custom_field() if one.searchable]
        return tuple(one.written(getattr(self, one.name)) for one in wanted)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        saved = super().save(*args, **kwargs)
        self._keep_values()
        return saved

    def _keep_values(self) -> None:
        """What was set on the record goes to its own table, in the transaction of the record."""
        for name in [name for name in self.__dict__ if name.startswith(PREFIX)]:
            value = self.__dict__.pop(name)
            CustomValue.put(known().named[name], self.id, value)
            self.__dict__.pop(LOADED, None)

    def reload(self) -> None:
        super().reload()
        for name in [name for name in self.__dict__ if name.startswith(PREFIX) or name == LOADED]:
            del self.__dict__[name]

    def _lacking(self, verb: str) -> list[Refusal]:
        """The fields that are needed from the status `verb` leads to, and are empty."""
        if verb not in self.DEMANDING:
            return []
        return [
            refuse("custom_field.required", field=one.spoken, noun=self.noun, record_id=self.id, name=one.name)
            for one in self.custom_fields()
            if needed_at(type(self), one, self.STEPS[verb].to) and not one.written(getattr(self, one.name))
        ]

    @classmethod
    def demanding_statuses(cls) -> list[Any]:
        """From which statuses on a field may be needed."""
        return [cls.STEPS[verb].to for verb in cls.DEMANDING]


def needed_at(noun: type[Customised], one: CustomField, status: Any) -> bool:
    if one.need is not Need.FROM_STATUS:
        return one.need is Need.ALWAYS
    order = [known_status.value for known_status in type(status)]
    return one.need_from in order and order.index(status.value) >= order.index(one.need_from)


def _deleted_name(name: str) -> str:
    number = name.removeprefix(PREFIX)
    gone = Event.select(Event.what).where((Event.noun == "custom_field") & (Event.record_id == -int(number)))
    found = gone.first() if number.isdigit() else None
    return found.what if found else name


def nouns() -> dict[str, type[Customised]]:
    """The customised nouns by the names of their owners."""
    found: dict[str, type[Customised]] = {}
    waiting: list[Any] = Customised.__subclasses__()
    while waiting:
        noun = waiting.pop()
        found[noun.owner_name()] = noun
        waiting += noun.__subclasses__()
    return found


def fold_again(one: CustomField, chunk: int = FOLDED_AT_ONCE) -> None:
    """The records that have a value in the field are found by it from now on, or are not any more. Safe to repeat."""
    noun: Any = nouns()[one.owner.value]
    users = CustomValue.select(CustomValue.record_id).where(CustomValue.field == one.id)
    last: int | None = 0
    while last is not None:
        with db.atomic():
            query = noun.select().where((noun.id > last) & noun.id.in_(users)).order_by(noun.id).limit(chunk)
            records = list(query.for_update() if on_postgres() else query)
            texts = texts_of(noun.every_custom_field(), [record.id for record in records])
            for record in records:
                record.__dict__[LOADED] = texts.get(record.id, {})
                record.save()
            last = records[-1].id if records else None
    same = (CustomField.id == one.id) & (CustomField.version == one.version)
    CustomField.update(to_fold=False).where(same).execute()


def texts_of(fields: Iterable[CustomField], ids: list[int]) -> dict[int, dict[int, str]]:
    """{record id: {field id: text}} for many records at once."""
    found: dict[int, dict[int, str]] = {}
    wanted = CustomValue.field.in_([one.id for one in fields]) & CustomValue.record_id.in_(ids)
    rows: Any = CustomValue.select(CustomValue.record_id, CustomValue.field, CustomValue.value).where(wanted).tuples()
    for record_id, field_id, text in rows:
        found.setdefault(record_id, {})[field_id] = text
    return found
