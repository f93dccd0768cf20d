"""What happened, by whom, when: written in the verb's own transaction. It is the change log, the timeline and
the outbox."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import JSONTextField, Record, UTCDateTimeField, db, now

LOOKED_BACK = 200  # events, for whose change of a setting was the last

# Called with the event's id after its transaction is committed; app.py says who listens.
listeners: list[Callable[[int], None]] = []


@dataclass(frozen=True)
class Happening:
    """How an event is told: a sentence with %(who)s and %(what)s, an icon and a tone."""

    sentence: Any
    icon: str = "dot"
    tone: str = "neutral"
    minor: bool = False


HAPPENINGS: dict[str, Happening] = {
    "organisation.founded": Happening(_l("%(who)s set up %(what)s"), "house"),
    "organisation.changed": Happening(_l("%(who)s changed the settings"), "gear", minor=True),
    "user.invited": Happening(_l("%(who)s invited %(what)s"), "person-plus", "info"),
    "user.joined": Happening(_l("%(what)s chose a password"), "person-check", "good"),
    "user.changed": Happening(_l("%(who)s changed %(what)s"), "pencil", minor=True),
    "user.rights_changed": Happening(_l("%(who)s changed what %(what)s may do"), "shield", "warning"),
    "user.risky_rights_given": Happening(_l("%(who)s gave %(what)s risky rights: %(rights)s"), "shield", "warning"),
    "user.inactivated": Happening(_l("%(who)s switched off %(what)s"), "person-slash", "neutral"),
    "user.restored": Happening(_l("%(who)s restored %(what)s"), "person-check", "good"),
    "user.password_forgotten": Happening(_l("%(what)s asked for a new password"), "key", minor=True),
    "user.password_changed": Happening(_l("%(what)s changed the password"), "key", minor=True),
    "user.second_factor_on": Happening(_l("%(what)s switched on the second factor"), "shield-check", minor=True),
    "user.second_factor_off": Happening(
        _l("%(who)s switched off the second factor of %(what)s"), "shield-slash", "warning"
    ),
    "store.access_asked": Happening(_l("%(who)s asked for access to %(store)s"), "shop", "info"),
    "store.access_given": Happening(_l("%(who)s gave %(what)s access to %(store)s"), "shop", "good"),
    "store.access_declined": Happening(
        _l("%(who)s declined %(what)s's request for access to %(store)s: %(why)s"), "shop", "warning"
    ),
    "store.access_withdrawn": Happening(_l("%(who)s withdrew %(what)s's access to %(store)s"), "shop", "warning"),
    "customer.created": Happening(_l("%(who)s added the customer"), "person-plus", "good"),
    "customer.imported": Happening(_l("%(who)s imported the customer"), "upload", "good"),
    "customer.changed": Happening(_l("%(who)s changed the customer"), "pencil", minor=True),
    "customer.inactivated": Happening(_l("%(who)s inactivated the customer"), "slash-circle", "warning"),
    "customer.reactivated": Happening(_l("%(who)s reactivated the customer"), "check-circle", "good"),
    "customer.merged": Happening(_l("%(who)s merged %(what)s with %(other)s"), "sign-merge-left", "warning"),
    "customer.unmerged": Happening(_l("%(who)s undid the merging of %(what)s and %(other)s"), "arrow-counterclockwise"),
    "customer.deleted": Happening(_l("%(who)s deleted the customer %(what)s"), "trash", "warning"),
    "customer.assigned": Happening(_l("%(who)s assigned %(person)s to the customer"), "person-check", "info"),
    "customer.unassigned": Happening(_l("%(who)s unassigned %(person)s from the customer"), "person-dash", "neutral"),
    "customer.personal_number_seen": Happening(_l("%(who)s looked at the personal number"), "eye", minor=True),
    "customer.auto_article_set": Happening(
        _l("%(who)s put %(article)s on the list of articles for every order"), "box-seam", minor=True
    ),
    "customer.auto_article_removed": Happening(
        _l("%(who)s took %(article)s off the list of articles for every order"), "box-seam", minor=True
    ),
    "category.changed": Happening(_l("%(who)s changed the category %(what)s"), "tag", minor=True),
    "category.removed": Happening(_l("%(who)s removed the category %(what)s"), "tag", minor=True),
    "user_group.created": Happening(_l("%(who)s added the user group %(what)s"), "people", minor=True),
    "user_group.changed": Happening(_l("%(who)s changed the user group %(what)s"), "people", minor=True),
    "user_group.removed": Happening(_l("%(who)s removed the user group %(what)s"), "people", minor=True),
    "permission_template.created": Happening(_l("%(who)s added the permission template %(what)s"), "shield", "info"),
    "permission_template.changed": Happening(
        _l("%(who)s changed the permission template %(what)s"), "shield", "warning"
    ),
    "permission_template.removed": Happening(
        _l("%(who)s removed the permission template %(what)s"), "shield", "neutral"
    ),
    "integration.added": Happening(_l("%(who)s added the integration %(what)s"), "plug", "info"),
    "integration.changed": Happening(_l("%(who)s changed the integration %(what)s"), "plug", minor=True),
    "integration.switched_off": Happening(_l("%(who)s switched off the integration %(what)s"), "plug", "warning"),
    "integration.switched_on": Happening(_l("%(who)s switched on the integration %(what)s"), "plug", "good"),
    "integration.removed": Happening(_l("%(who)s removed the integration %(what)s"), "plug", "warning"),
    "integration.tested": Happening(
        _l("%(who)s made the test file %(file)s with %(what)s"), "file-earmark", minor=True
    ),
    "integration.exported": Happening(
        _l("%(who)s exported %(what)s to bookkeeping in the file %(file)s"), "file-earmark-arrow-down", "info"
    ),
    "contact.created": Happening(_l("%(who)s added the contact %(what)s"), "person-plus", minor=True),
    "contact.imported": Happening(_l("%(who)s imported the contact %(what)s"), "upload", minor=True),
    "contact.changed": Happening(_l("%(who)s changed the contact %(what)s"), "pencil", minor=True),
    "contact.removed": Happening(_l("%(who)s removed the contact %(what)s"), "person-dash", minor=True),
    "facility.created": Happening(_l("%(who)s added the facility %(what)s"), "buildings", "good"),
    "facility.imported": Happening(_l("%(who)s imported the facility %(what)s"), "upload", "good"),
    "facility.changed": Happening(_l("%(who)s changed the facility %(what)s"), "pencil", minor=True),
    "facility.inactivated": Happening(_l("%(who)s inactivated the facility %(what)s"), "slash-circle", "warning"),
    "facility.reactivated": Happening(_l("%(who)s reactivated the facility %(what)s"), "check-circle", "good"),
    "service_object.created": Happening(_l("%(who)s added the service object %(what)s"), "fan", "good"),
    "service_object.imported": Happening(_l("%(who)s imported the service object %(what)s"), "upload", "good"),
    "service_object.changed": Happening(_l("%(who)s changed the service object %(what)s"), "pencil", minor=True),
    "service_object.inactivated": Happening(
        _l("%(who)s inactivated the service object %(what)s"), "slash-circle", "warning"
    ),
    "service_object.reactivated": Happening(
        _l("%(who)s reactivated the service object %(what)s"), "check-circle", "good"
    ),
    "service_object.deleted": Happening(_l("%(who)s deleted the service object %(what)s"), "trash", "warning"),
    "fault_report.reported": Happening(_l("%(who)s reported a fault: %(what)s"), "exclamation-diamond", "info"),
    "fault_report.imported": Happening(_l("%(who)s imported the fault report %(what)s"), "upload", "info"),
    "fault_report.changed": Happening(_l("%(who)s changed %(what)s"), "pencil", minor=True),
    "fault_report.accepted": Happening(_l("%(who)s accepted %(what)s and made an order"), "check-lg", "good"),
    "fault_report.rejected": Happening(_l("%(who)s rejected %(what)s: %(why)s"), "x-lg", "bad"),
    "fault_report.cancelled": Happening(_l("%(who)s withdrew %(what)s"), "arrow-counterclockwise", "neutral"),
    "fault_report.reopened": Happening(_l("%(who)s reopened %(what)s"), "arrow-counterclockwise", "info"),
    "fault_report.assigned": Happening(_l("%(who)s assigned %(person)s to %(what)s"), "person-check", "info"),
    "fault_report.unassigned": Happening(_l("%(who)s unassigned %(person)s from %(what)s"), "person-dash"),
    "order.created": Happening(_l("%(who)s added %(what)s"), "clipboard-plus", "info"),
    "order.changed": Happening(_l("%(who)s changed %(what)s"), "pencil", minor=True),
    "order.assigned": Happening(_l("%(who)s assigned %(person)s to %(what)s"), "person-check", "info"),
    "order.unassigned": Happening(_l("%(who)s unassigned %(person)s from %(what)s"), "person-dash"),
    "order.started": Happening(_l("%(who)s started %(what)s"), "play", "progress"),
    "order.worked": Happening(_l("%(who)s wrote in %(what)s"), "pencil", minor=True),
    "order.line_added": Happening(_l("%(who)s added %(line)s to %(what)s"), "plus-lg", minor=True),
    "order.line_automatic": Happening(_l("%(line)s came to %(what)s by itself"), "plus-lg", minor=True),
    "order.line_changed": Happening(_l("%(who)s changed %(line)s in %(what)s"), "pencil", minor=True),
    "order.line_removed": Happening(_l("%(who)s removed %(line)s from %(what)s"), "dash-lg", minor=True),
    "order.signed": Happening(_l("%(person)s signed %(what)s"), "pen", minor=True),
    "order.performed": Happening(_l("%(who)s performed %(what)s"), "clipboard-check", "good"),
    "order.voided": Happening(_l("%(who)s voided %(what)s"), "slash-circle", "neutral"),
    "protocol.signed": Happening(_l("%(who)s signed %(what)s"), "pen", "good"),
    "protocol.ready": Happening(_l("%(what)s is ready as a PDF"), "file-earmark-check", "good"),
    "comment.written": Happening(_l("%(who)s wrote about %(what)s"), "chat-left-text", "neutral"),
    "file.uploaded": Happening(_l("%(who)s uploaded %(file)s to %(what)s"), "paperclip", "neutral"),
    "file.deleted": Happening(_l("%(who)s deleted the file %(file)s from %(what)s"), "trash", "neutral"),
    "portal.linked": Happening(_l("%(who)s changed what %(person)s sees in the portal"), "person-gear", minor=True),
    "checklist.changed": Happening(_l("%(who)s changed the checklist %(what)s"), "list-check", minor=True),
    "article.created": Happening(_l("%(who)s added the article %(what)s"), "box-seam", "good"),
    "article.imported": Happening(_l("%(who)s imported the article %(what)s"), "upload", "good"),
    "article.changed": Happening(_l("%(who)s changed the article %(what)s"), "pencil", minor=True),
    "article.inactivated": Happening(_l("%(who)s inactivated the article %(what)s"), "slash-circle", "warning"),
    "article.reactivated": Happening(_l("%(who)s reactivated the article %(what)s"), "check-circle", "good"),
    "article_group.changed": Happening(_l("%(who)s changed the product group %(what)s"), "boxes", minor=True),
    "article_group.removed": Happening(_l("%(who)s removed the product group %(what)s"), "boxes", minor=True),
    "discount_letter.created": Happening(_l("%(who)s added the discount letter %(what)s"), "percent", "good"),
    "discount_letter.changed": Happening(_l("%(who)s changed the discount letter %(what)s"), "percent", minor=True),
    "discount_letter.inactivated": Happening(
        _l("%(who)s inactivated the discount letter %(what)s"), "slash-circle", "warning"
    ),
    "discount_letter.reactivated": Happening(
        _l("%(who)s reactivated the discount letter %(what)s"), "check-circle", "good"
    ),
    "quote.created": Happening(_l("%(who)s added the quote %(what)s"), "file-earmark-text", "info"),
    "quote.changed": Happening(_l("%(who)s changed the quote %(what)s"), "pencil", minor=True),
    "quote.line_added": Happening(_l("%(who)s added %(line)s to the quote %(what)s"), "plus-lg", minor=True),
    "quote.line_changed": Happening(_l("%(who)s changed %(line)s in the quote %(what)s"), "pencil", minor=True),
    "quote.line_removed": Happening(_l("%(who)s removed %(line)s from the quote %(what)s"), "dash-lg", minor=True),
    "quote.sent": Happening(_l("%(who)s sent the quote %(what)s"), "send", "info"),
    "quote.ready": Happening(_l("The quote %(what)s is ready as a PDF"), "file-earmark-check", "good"),
    "quote.prolonged": Happening(_l("%(who)s prolonged the quote %(what)s"), "calendar-plus", minor=True),
    "quote.accepted": Happening(_l("%(who)s noted that the quote %(what)s was accepted"), "check-lg", "good"),
    "quote.declined": Happening(_l("%(who)s noted that the quote %(what)s was declined"), "x-lg", "bad"),
    "quote.ordered": Happening(_l("%(who)s made order %(order)s of the quote %(what)s"), "clipboard-plus", "good"),
    "quote.voided": Happening(_l("%(who)s voided the quote %(what)s"), "slash-circle", "neutral"),
    "custom_field.created": Happening(_l("%(who)s added the custom field %(what)s"), "input-cursor-text", minor=True),
    "custom_field.changed": Happening(_l("%(who)s changed the custom field %(what)s"), "input-cursor-text", minor=True),
    "custom_field.removed": Happening(_l("%(who)s removed the custom field %(what)s"), "slash-circle", minor=True),
    "custom_field.brought_back": Happening(
        _l("%(who)s brought back the custom field %(what)s"), "check-circle", minor=True
    ),
    "custom_field.deleted": Happening(_l("%(who)s deleted the custom field %(what)s"), "trash", minor=True),
    "import.removed": Happening(
        _l("%(who)s undid an import, and %(what)s is gone"), "arrow-counterclockwise", "warning"
    ),
    "import.restored": Happening(
        _l("%(who)s undid what an import had changed in %(what)s"), "arrow-counterclockwise", minor=True
    ),
    "import.undone": Happening(_l("%(who)s undid the import %(what)s"), "arrow-counterclockwise", "warning"),
    "import.finished": Happening(_l("%(who)s finished the import %(what)s"), "upload", "good"),
    "person.exported": Happening(_l("%(who)s put together all that is known about %(what)s"), "file-earmark-person"),
    "person.erased": Happening(_l("%(who)s erased the personal data: case %(number)s"), "eraser", "warning"),
    "retention.changed": Happening(_l("%(who)s changed how long things are kept"), "hourglass-split", minor=True),
    "message.resent": Happening(_l("%(who)s sent a message again"), "send", minor=True),
}


class Event(Record):
    at = UTCDateTimeField(default=now)
    verb = peewee.CharField(max_length=48)
    actor = peewee.DeferredForeignKey("User", null=True, backref="+", on_delete="SET NULL", index=False)
    actor_name = peewee.CharField(max_length=120, default="")
    noun = peewee.CharField(max_length=32)
    record_id = peewee.IntegerField()
    what = peewee.CharField(max_length=255, default="")
    customer = peewee.DeferredForeignKey("Customer", null=True, backref="events", on_delete="SET NULL", index=False)
    store = peewee.DeferredForeignKey("Store", null=True, backref="+", on_delete="SET NULL", index=False)
    version = peewee.IntegerField(default=0)
    changes = JSONTextField(default=dict)
    data = JSONTextField(default=dict)
    internal = peewee.BooleanField(default=False)
    dispatched_at = UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("customer", "id"), False), (("noun", "record_id", "id"), False))

    @property
    def happening(self) -> Happening:
        return HAPPENINGS[self.verb]

    @classmethod
    def record(
        cls, verb: str, *, by, about: Record, changes: dict | None = None, internal: bool = False, **data: Any
    ) -> "Event":
        """Write down that `by` (None: Kundbok itself) did `verb` to `about`. Only inside the verb's transaction."""
        if not db.in_transaction():
            raise RuntimeError("an event is recorded in the transaction of what happened")
        if verb not in HAPPENINGS:
            raise KeyError(f"no happening {verb}")
        event = cls.create(
            verb=verb,
            actor=by,
            actor_name=by.name if by else "",
            noun=about.noun,
            record_id=about.id,
            what=about.title[:255],
            customer=_id_of(about, "customer"),
            store=_id_of(about, "store"),
            version=getattr(about, "version", 0) or 0,
            changes=stored_changes(about, changes or {}),
            internal=internal,
            data=data,
        )
        event_id = event.id
        db.after_commit(lambda: [listen(event_id) for listen in listeners])
        return event

    @classmethod
    def waiting(cls, limit: int = 200, *, after: int = 0) -> "peewee.ModelSelect[Event]":
        """Not yet turned into messages, oldest first."""
        return cls.select().where(cls.dispatched_at.is_null() & (cls.id > after)).order_by(cls.id).limit(limit)

    @classmethod
    def about(cls, *records: Record) -> "peewee.ModelSelect[Event]":
        """What happened to these records, newest first."""
        pairs = [(cls.noun == record.noun) & (cls.record_id == record.id) for record in records]
        return cls.select().where(reduce(or_, pairs)).order_by(cls.id.desc())

    @classmethod
    def latest(cls, noun: str, fields: Iterable[str] = ()) -> "Event | None":
        """The last thing that happened to records of this noun; of some fields only, the last that changed one."""
        wanted = set(fields)
        events = cls.select().where(cls.noun == noun).order_by(cls.id.desc()).limit(LOOKED_BACK if wanted else 1)
        return next((event for event in events if not wanted or wanted & {*event.changes, *event.data}), None)

    @classmethod
    def since(cls, record: Record, version: int) -> list["Event"]:
        """The changes saved after `version` of this record, oldest first."""
        mine = (cls.noun == record.noun) & (cls.record_id == record.id) & (cls.version > version)
        return list(cls.select().where(mine & (cls.changes != {})).order_by(cls.id))

    @classmethod
    def set_aside(cls, record: Record) -> None:
        """The record is about to be deleted: its events stay on the log, and never again belong to a record
        with its id."""
        cls.update(record_id=-record.id).where((cls.noun == record.noun) & (cls.record_id == record.id)).execute()


def _id_of(record: Record, name: str) -> int | None:
    """A customer is its own customer; others point at one, or at nothing."""
    if record.noun == name:
        return record.id
    return record.__data__.get(name)


def stored_changes(record: Record, changes: dict[str, list]) -> dict[str, dict]:
    """As the log keeps them; of a sensitive field it keeps only that it changed, hidden as everybody sees it."""
    hidden = getattr(record, "SENSITIVE", {})
    shown = {name: [hidden[name](one) for one in both] if name in hidden else both for name, both in changes.items()}
    return {name: {"old": _raw(old), "new": _raw(new), **_words(old, new)} for name, (old, new) in shown.items()}


def _raw(value: Any) -> Any:
    if isinstance(value, Record):
        return value.id
    return value.isoformat() if hasattr(value, "isoformat") else value


def _words(old: Any, new: Any) -> dict[str, str]:
    """A related record is remembered by what it was called then."""
    if not isinstance(old, Record) and not isinstance(new, Record):
        return {}
    return {"old_words": str(old or ""), "new_words": str(new or "")}
