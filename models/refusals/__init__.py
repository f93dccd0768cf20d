"""Every "why not": the catalogue of reasons, their figures and their remedies, in one place.

A `Refusal` is data (a code and its parameters), so the same answer serves the button, the server's reply, the message
ledger and the help page. A `Reason` holds the words; a `Remedy` names a page by its endpoint and the right it needs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.base import Choice
from models.refusals import devices, identity, news, privacy, register, sales, tables, work
from models.refusals.reason import Reason, Remedy

__all__ = ["REASONS", "Reason", "Refusal", "Refused", "Remedy", "refuse"]

RIGHT_MISSING = "right.missing"


@dataclass(frozen=True)
class Refusal:
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        return REASONS[self.code]

    @property
    def is_missing_right(self) -> bool:
        return self.code == RIGHT_MISSING

    def say(self, show: Callable[[Any], str] = str) -> str:
        return self._fill(self.reason.say, show)

    def nums(self, show: Callable[[Any], str] = str) -> str:
        return self._fill(self.reason.nums, show)

    def _fill(self, sentence: Any, show: Callable[[Any], str]) -> str:
        return str(sentence) % {name: show(value) for name, value in self.params.items()}

    def as_json(self) -> dict:
        return {"code": self.code, "params": {name: _stored(value) for name, value in self.params.items()}}

    @classmethod
    def from_json(cls, data: dict) -> "Refusal":
        return cls(data["code"], {name: _restored(value) for name, value in data["params"].items()})


def _stored(value: Any) -> Any:
    if isinstance(value, Choice):
        return {"choice": type(value).__name__, "is": value.value}
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _restored(value: Any) -> Any:
    """A choice comes back as a choice, so that it is read by its label in every language."""
    if not isinstance(value, dict):
        return value
    if "choice" in value:
        return Choice.named(value["choice"])(value["is"])
    return datetime.fromisoformat(value["at"])


def refuse(code: str, /, **params: Any) -> Refusal:
    """One reason, checked against the catalogue where it is made."""
    if code not in REASONS:
        raise KeyError(f"no reason {code}")
    return Refusal(code, params)


class Refused(Exception):
    """A verb said no. `refusals` holds every reason at once, `record` what it was about."""

    def __init__(self, refusals: Iterable[Refusal], record: Any = None):
        self.refusals = list(refusals)
        self.record = record
        super().__init__(", ".join(refusal.code for refusal in self.refusals))

    @property
    def status(self) -> int:
        """A missing right outranks a wrong state: who may not act is not told to come back later."""
        statuses = {refusal.reason.status for refusal in self.refusals}
        return next(status for status in (403, 409, 422) if status in statuses)


_FAMILIES = (identity, register, work, sales, news, tables, devices, privacy)
REASONS: dict[str, Reason] = {reason.code: reason for family in _FAMILIES for reason in family.REASONS}
