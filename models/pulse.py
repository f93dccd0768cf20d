"""What the pages for machines ask: does the database answer, and how many messages are in which state."""

from peewee import PeeweeException, fn

from models.base import connection
from models.message import Message, MessageState
from models.organisation import Organisation


def database_answers() -> bool:
    """Reads a real table: a file that is gone or not migrated does not answer."""
    try:
        with connection():
            Organisation.current()
    except (PeeweeException, OSError):
        return False
    return True


def messages_by_state() -> dict[MessageState, int]:
    """How many messages are in each state, zero included."""
    counted = Message.select(Message.state, fn.COUNT(Message.id).alias("count")).group_by(Message.state).namedtuples()
    return {state: 0 for state in MessageState} | {row.state: row.count for row in counted}
