"""Who has read what not everybody may read: each showing of a sensitive field is an event of its own.

A noun names such fields in SENSITIVE and shows them with `reveal`; the event is called `<noun>.<field>_seen`.
"""

from models.event import Event
from models.person import Person, any_of

MARK = "_seen"
EXPORTED = "person.exported"  # the file holds every sensitive field


def reads_of(person: Person) -> list[Event]:
    """The newest first."""
    records = [*person.records, *person.contacts, *person.users]
    mine = any_of(*((Event.noun == record.noun) & (Event.record_id == record.id) for record in records))
    read = Event.verb.endswith(MARK) | (Event.verb == EXPORTED)
    return list(Event.select().where(mine & read).order_by(Event.id.desc()))
