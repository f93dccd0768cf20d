"""Everything about a person as a file (GDPR art. 15 and 20): asked for by one of the staff, made by the worker, gone
after a week.

Only whoever asked for it may fetch it. The row itself holds no personal data.
"""

from datetime import timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, JSONTextField, UTCDateTimeField, db, now
from models.doomed_file import DoomedFile
from models.event import Event
from models.organisation import Store
from models.person import Person
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, Rule, holds
from models.user import User
from models.worked import Worked

LASTS = timedelta(days=7)


class ExportStatus(Choice):
    MAKING = "making", _l("Being made"), "progress"
    READY = "ready", _l("Ready"), "good"
    STOPPED = "stopped", _l("Stopped"), "bad"
    GONE = "gone", _l("Removed"), "neutral"


MAKING, READY, STOPPED, GONE = ExportStatus
# `visible_to` shows it to whoever asked for it, and to nobody else.
asked = Rule(lambda user, record: True, lambda user, record: [])


class PersonExport(Worked):
    MAY = {"view": holds(Right.PERSONAL_DATA_HANDLE), "fetch": asked}
    WORKING = (MAKING,)
    STOPPED = STOPPED

    subjects = JSONTextField()  # [[noun, id], ...]
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    status = ChoiceField(ExportStatus, default=MAKING)
    json_key = peewee.CharField(max_length=80, default="")
    pdf_key = peewee.CharField(max_length=80, default="")
    by = peewee.ForeignKeyField(User, backref="+")
    at = UTCDateTimeField(default=now)
    expires_at = UTCDateTimeField(index=True)

    class Meta:
        indexes = ((("status", "touched_at"), False),)

    @property
    def title(self) -> str:
        return str(self.id)

    @property
    def is_ready(self) -> bool:
        return self.status is READY and self.expires_at > now()

    @property
    def person(self) -> Person:
        return Person.named((noun, record_id) for noun, record_id in self.subjects)

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[PersonExport]":
        return cls.select().where(cls.by == user.id)

    @classmethod
    def of(cls, person: Person, by: User) -> list["PersonExport"]:
        """Those `by` asked for about this person, the newest first, without what is gone."""
        wanted = {tuple(place) for place in person.places}
        mine = cls.visible_to(by).where(cls.status != GONE).order_by(cls.id.desc())
        return [export for export in mine if wanted & {tuple(place) for place in export.subjects}]

    @classmethod
    def ask(cls, person: Person, *, by: User, lasts: timedelta = LASTS) -> "PersonExport":
        """Have everything about the person put together. That it was asked for is on the person's log.

        The staff ask about themselves without the right.
        """
        refusals = [] if person.places == [("user", by.id)] else cls.MAY["view"].missing(by) + person.beyond(by)
        if refusals:
            raise Refused(refusals)
        with db.atomic():
            export = cls.create(
                subjects=person.places, store=person.store_id, by=by, touched_at=now(), expires_at=now() + lasts
            )
            for about in person.records or person.users:
                Event.record("person.exported", by=by, about=about, internal=True)
            for customer in person.private:
                if customer.personal_number:  # it stands in the file as a whole
                    Event.record("customer.personal_number_seen", by=by, about=customer)
            return export

    def _against_fetch(self, by) -> list[Refusal]:
        if self.status is MAKING:
            return [refuse("person_export.making", since=self.at, code="person_export.making")]
        if self.is_failed:
            return [refuse("person.broken", answer=self.failure["params"]["answer"], code="person.broken")]
        return [] if self.is_ready else [refuse("person_export.gone", since=self.expires_at, code="person_export.gone")]

    def made(self, token: str, json_key: str, pdf_key: str) -> None:
        """The worker is done; Lost where another one goes on with it."""
        with db.atomic():
            self.hold(token, "version")
            done = {"status": READY, "json_key": json_key, "pdf_key": pdf_key, "runner": ""}
            PersonExport.update(**done).where(PersonExport.id == self.id).execute()
        self.reload()

    @classmethod
    def drop(cls, which: Any) -> int:
        """The files go; that they were asked for stays. Inside the caller's transaction; returns how many."""
        gone = list(cls.select().where(which & (cls.status != GONE)))
        DoomedFile.doom(key for export in gone for key in (export.json_key, export.pdf_key))
        cls.update(status=GONE, json_key="", pdf_key="", runner="").where(
            cls.id.in_([export.id for export in gone])
        ).execute()
        return len(gone)
