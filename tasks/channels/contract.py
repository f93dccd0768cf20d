"""What every way of reaching a person offers, and how it says that it could not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Attachment = tuple[str, str, bytes]  # its name, media type and content


@dataclass(frozen=True)
class Letter:
    """One message to one person, rendered in that person's language."""

    to_name: str
    to_address: str
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str = ""
    reply_to: str | None = None
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    language: str = "en"


@dataclass(frozen=True)
class Receipt:
    """The other side has taken the message over: under this id, saying this."""

    id: str
    answer: str


class SendError(Exception):
    """Not sent, or not known to be. `code` is a reason of models/refusals/, `answer` what the
    other side said in its own words. A permanent one is not worth another try."""

    def __init__(self, code: str, *, permanent: bool, answer: str = ""):
        super().__init__(f"{code}: {answer}")
        self.code = code
        self.permanent = permanent
        self.answer = answer


class Channel(Protocol):
    def send(self, letter: Letter, key: str) -> Receipt:
        """Send once. The same key on a later try lets the other side know a repetition."""

    def close(self) -> None:
        """Nothing more is to be sent for now: hang up, if a connection was kept."""
