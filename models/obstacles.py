"""What keeps an imported record from being taken back, as data; the sentences are spoken in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "elsewhere": _l("It belongs to a store you do not work in."),
    "not_allowed": _l("You may not change this one."),
    "edited": _l("%(field)s was changed since by %(who)s."),
    "beyond": _l("%(field)s stays as the import left it."),
    "touched": _l("%(who)s has worked with it since."),
    "contact": _l("Contacts belong to it: %(count)s."),
    "facility": _l("Facilities belong to it: %(count)s."),
    "service_object": _l("Service objects belong to it: %(count)s."),
    "fault_report": _l("Fault reports are about it: %(count)s."),
    "work_order": _l("Orders are about it: %(count)s."),
    "protocol": _l("Protocols are about it: %(count)s."),
    "file": _l("Files belong to it: %(count)s."),
    "customer_assignment": _l("People are responsible for it: %(count)s."),
    "portal_customer": _l("Users of the portal see it: %(count)s."),
    "portal_facility": _l("Users of the portal see it: %(count)s."),
    "other": _l("Other records belong to it: %(count)s."),
}


@dataclass(frozen=True)
class Obstacle:
    """`what` is the record as people call it; `code` names a sentence above."""

    record_id: int
    what: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def say(self, label_of: Callable[[str], Any]) -> str:
        """`label_of`: what the noun's fields are called."""
        words = dict(self.params)
        if "field" in words:
            words["field"] = label_of(words["field"])
        return str(SENTENCES[self.code]) % {name: str(word) for name, word in words.items()}
