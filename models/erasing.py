"""The steps of an erasure, each in one transaction and safe to repeat.

Nothing is deleted that others build on: names become a pseudonym, contact data and free words become empty, and what
the law keeps gets its day (`Kept`).
"""

from functools import cached_property
from typing import Any

import peewee

from models.attempt import Attempt
from models.base import db, now
from models.checklist import OrderPoint
from models.custom_field import CustomValue
from models.customer import Customer
from models.customised import LOADED
from models.doomed_file import DoomedFile
from models.erasure import DONE, Erasure, Kept, Kind, files_going, staying
from models.event import Event
from models.facility import Facility
from models.fault_report import Rejection
from models.file import File
from models.import_job import ImportJob, ImportProblem
from models.login import LoginRecord
from models.merge import Merge
from models.message import SENT, SKIPPED
from models.order import Order
from models.person import Person, any_of
from models.person_export import PersonExport
from models.protocol import Protocol, Signature
from models.quote import Quote
from models.refusals import refuse
from models.search import fold
from models.service_object import ServiceObject
from models.session import Link, Session
from models.tag import Tag, carries, words_of
from models.words_gone import BLANK, Words, blanked

REACH = {"email": BLANK, "phone": BLANK}
CONSENT = {
    **dict.fromkeys(("send_protocol", "send_order", "wants_news", "sms_news", "sms_protocol", "sms_order"), False),
    **dict.fromkeys(("sms_consent_source", "sms_consent_on", "sms_consent_by"), None),
}
CUSTOMER_TEXTS = (
    "org_number personal_number vat_number peppol_id category tags address postcode town visiting_address "
    "visiting_postcode visiting_town mail_address mail_postcode mail_town mobile invoice_email website note"
).split()


class Erasing:
    """One erasure at work. `pseudonym` and `gone` are words in the organisation's language; `unreadable` are keys of
    import files in which the worker found the person."""

    STEPS = ("details", "login", "reports", "orders", "messages", "files", "log", "imports", "exports", "rest", "end")

    def __init__(self, erasure: Erasure, pseudonym: str, gone: str):
        self.erasure, self.pseudonym, self.gone = erasure, pseudonym, gone
        self.person: Person = erasure.person
        self.words = Words(self.person, pseudonym)

    @property
    def is_over(self) -> bool:
        return self.erasure.reached >= len(self.STEPS)

    def step(self, token: str) -> None:
        """The next step, with how far it is, in one transaction."""
        with db.atomic():
            self.erasure.hold(token, "reached")
            getattr(self, self.STEPS[self.erasure.reached])()
            forward = {"reached": self.erasure.reached + 1, "counts": self.erasure.counts, "touched_at": now()}
            Erasure.update(**forward).where(Erasure.id == self.erasure.id).execute()
        self.erasure.reload()

    @cached_property
    def kept_ids(self) -> list[int]:
        query = Kept.select(Kept.order).where(Kept.erasure == self.erasure.id)
        return [row.order_id for row in query]

    # Who they were

    def details(self) -> None:
        """What stays is settled first, while the records still say what is theirs."""
        own = {order.id for order in self.person.own_orders()}
        for stays in staying(self.person, self.erasure.country):
            facts = {"law": stays.law.code, "until": stays.until, "whole": stays.order.id in own}
            facts["signatures"] = [one.id for one in stays.order.signatures if one.name in self.person.names]
            Kept.insert(erasure=self.erasure.id, order=stays.order.id, **facts).on_conflict_ignore().execute()
        for customer in self.person.private:
            self._empty_customer(customer)
        for contact in self.person.contacts:
            self._write(contact, name=self.pseudonym[:80], function=BLANK, mobile=BLANK, **REACH, **CONSENT)
            contact.customer.save()  # it is found by its contacts
        self.erasure.add(Kind.DETAILS, len(self.person.private) + len(self.person.contacts))

    def _write(self, record: Any, **values: Any) -> None:
        for name, value in values.items():
            setattr(record, name, value)
        record.version += 1
        record.save()

    def _empty_customer(self, customer: Customer) -> None:
        forget_own_fields(customer)
        forget_tags(customer)
        Merge.delete().where((Merge.kept == customer.id) | (Merge.gone == customer.id)).execute()
        emptied = {**dict.fromkeys(CUSTOMER_TEXTS, BLANK), **REACH, **CONSENT}
        since = customer.inactive_at or now()
        self._write(customer, name=self.pseudonym, inactive_at=since, inactive_by=self.erasure.by, **emptied)
        for unit in customer.service_objects:
            forget_own_fields(unit)
            self._write(unit, place=BLANK, note=BLANK)
        for facility in customer.facilities:
            forget_own_fields(facility)
            nowhere = dict.fromkeys(("address", "postcode", "town", "access", "cost_centre"), BLANK)
            self._write(facility, name=self.pseudonym, inactive_at=facility.inactive_at or now(), **nowhere)
        for contact in customer.contacts:
            contact.save()

    def login(self) -> None:
        for user in self.person.users:
            Attempt.forgive(f"login:{user.login}")
            count = LoginRecord.delete().where(LoginRecord.user == user.id).execute()
            Session.delete().where(Session.user == user.id).execute()
            Link.delete().where(Link.user == user.id).execute()
            secret = {"password_hash": BLANK, "totp_secret": BLANK, "last_login_at": None}
            name = {"name": self.pseudonym[:80], "login": f"erased-{self.erasure.number}-{user.id}"}
            self._write(user, inactive_at=user.inactive_at or now(), **name, **REACH, **secret)
            self.erasure.add(Kind.LOGINS, count)
            self.erasure.add(Kind.ACCOUNT, 1)

    # What they said

    def reports(self) -> None:
        own = {report.id for report in self.person.own_reports()}
        for report in list(self.person.reports()):
            told = {"heading": self.gone, "description": BLANK, "place": BLANK} if report.id in own else {}
            self._write(report, contact_name=BLANK, contact_phone=BLANK, contact_email=BLANK, **told)
            if told:
                Rejection.update(reason=BLANK).where(Rejection.report == report.id).execute()
            self.erasure.add(Kind.REPORTS, 1)

    def orders(self) -> None:
        """Contact data is no part of the books and goes from every order; a kept one's words stay until its day."""
        own = {order.id for order in self.person.own_orders()}
        for order in list(self.person.orders()):
            self._write(order, contact_name=BLANK, contact_phone=BLANK)
            if order.id not in self.kept_ids:
                theirs = [one.id for one in order.signatures if one.name in self.person.names]
                purge(order, whole=order.id in own, signatures=theirs, gone=self.gone)
                self.erasure.add(Kind.ORDERS, 1)

        for quote in list(Quote.select().where(self._their_quotes())):
            forget_own_fields(quote)
            self._write(quote, heading=self.gone, introduction=BLANK, answer_note=BLANK)

    def _their_quotes(self) -> Any:
        """What a private customer was offered; what came of it stands in the order."""
        return Quote.customer.in_(self.person.private_ids)

    def messages(self) -> None:
        """The ledger still says that something was sent, and when."""
        reason = refuse("person.erased", since=now(), erasure_id=self.erasure.id)
        for message in list(self.person.messages()):
            if message.waits:
                message.state, message.claim = SKIPPED, None
            message.reason = reason if message.state is not SENT else None
            message.name, message.address, message.subject = self.pseudonym[:120], BLANK, BLANK
            message.save()
            self.erasure.add(Kind.MESSAGES, 1)

    def files(self) -> None:
        going = files_going(self.person, self.kept_ids)
        drop_files(going, self.gone)
        self.erasure.add(Kind.FILES, len(going))

    # What was written about them

    def log(self) -> None:
        """Events stay; those about the person lose their words, those nearby the person's name."""
        titles = self._titles()
        for event in list(Event.select().where(self._events(titles))):
            self.erasure.add(Kind.EVENTS, self._forget(event, titles))

    def _forget(self, event: Event, titles: dict[tuple[str, int], str]) -> int:
        key, before = (event.noun, event.record_id), dict(event.__data__)
        if event.actor_id in self.person.user_ids:
            event.actor_name = self.pseudonym[:120]
        cleaned = self.words.without(event.what, at_home=True)
        if key in titles or self._said_by_them(event):
            blanked(event, titles.get(key, cleaned))
        else:
            event.what = cleaned[:255]
            event.data = self.words.without(event.data, at_home=True)
            event.changes = self.words.without(event.changes, at_home=True)
        if event.__data__ == before:
            return 0
        event.save()
        return 1

    def _said_by_them(self, event: Event) -> bool:
        return event.actor_id in self.person.user_ids and ("text" in event.data or "file" in event.data)

    def _titles(self) -> dict[tuple[str, int], str]:
        """The records whose events lose their words, and what these call them now."""
        records: list[Any] = [*self.person.records, *self.person.contacts, *self.person.users]
        records += list(self.person.own_reports())
        for noun in (Facility, ServiceObject):
            records += list(noun.select().where(noun.customer.in_(self.person.private_ids)))
        records += list(Quote.select().where(self._their_quotes()))
        records += [order for order in self.person.own_orders() if order.id not in self.kept_ids]
        return {(record.noun, record.id): record.title for record in records}

    def _events(self, titles: dict[tuple[str, int], str]) -> Any:
        by_noun: dict[str, list[int]] = {}
        for noun, record_id in titles:
            by_noun.setdefault(noun, []).append(record_id)
        about = [(Event.noun == noun) & Event.record_id.in_(ids) for noun, ids in by_noun.items()]
        return any_of(*about, Event.actor.in_(self.person.user_ids), Event.customer.in_(self.person.customer_ids))

    def imports(self) -> None:
        """Samples and complaints of imports; the files themselves are looked through by the worker."""
        ImportProblem.update(value=BLANK).where(self._complaints()).execute()
        for job in ImportJob.select():
            cleaned = self.words.without(job.samples, at_home=True)
            if cleaned != job.samples:
                ImportJob.update(samples=[]).where(ImportJob.id == job.id).execute()

    def _complaints(self) -> Any:
        said = [*self.person.names, *self.person.emails, *self.person.phones, *self.person.numbers]
        return any_of(*(ImportProblem.value.contains(word) for word in said))

    def exports(self) -> None:
        """What was put together about them earlier."""
        wanted = {tuple(place) for place in self.person.places}
        rows = PersonExport.select()
        ids = [row.id for row in rows if wanted & {tuple(place) for place in row.subjects}]
        PersonExport.drop(PersonExport.id.in_(ids))

    def rest(self) -> None:
        """Wherever else somebody wrote the name or the number down, in whatever table."""
        from models import TABLES  # the list of all tables names this module's own, too

        kept = self.kept_ids or [0]
        protocols = Protocol.select(Protocol.id).where(Protocol.order.in_(kept))
        spared: dict[type, Any] = {
            Order: Order.id.in_(kept),
            OrderPoint: OrderPoint.order_id.in_(kept),
            Signature: Signature.order.in_(kept),
            File: (File.noun_name == "protocol") & File.record_id.in_(protocols),
            Erasure: peewee.SQL("1=1"),
        }
        self.words.sweep(TABLES, spared)

    def end(self) -> None:
        """From here on the erasure itself knows no name either."""
        done = {"status": DONE, "finished_at": now(), "words": {}, "runner": ""}
        Erasure.update(**done).where(Erasure.id == self.erasure.id).execute()
        for about in self.person.records:
            about.reload()
            Event.record("person.erased", by=self.erasure.by, about=about, internal=True, number=self.erasure.number)


def forget_own_fields(record: Any) -> None:
    """What stood in the organisation's own fields."""
    fields = [one.id for one in record.every_custom_field()]
    CustomValue.delete().where((CustomValue.record_id == record.id) & CustomValue.field.in_(fields)).execute()
    record.__dict__.pop(LOADED, None)


def forget_tags(customer: Customer) -> None:
    """Words that only this customer carried are not proposed any more."""
    for word in words_of(customer.tags):
        others = Customer.select().where(carries(Customer.tags, word) & (Customer.id != customer.id))
        if not others.exists():
            Tag.delete().where(Tag.folded == fold(word)).execute()


def drop_files(files: list[File], name: str) -> None:
    """Their rows stay for the log, nameless; the bytes go unless another record has the same ones."""
    ids = [file.id for file in files]
    for file in files:
        keys = (file.key, file.shown_key, file.thumb_key)
        shared = File.select().where((File.key == file.key) & File.id.not_in(ids) & File.deleted_at.is_null())
        if not shared.exists():
            DoomedFile.doom(keys)
        cleared = {"key": BLANK, "shown_key": BLANK, "thumb_key": BLANK, "sha256": BLANK}
        when = file.deleted_at or now()
        File.update(name=name, deleted_at=when, **cleared).where(File.id == file.id).execute()


def purge(order: Order, *, whole: bool, signatures: list[int], gone: str) -> None:
    """The order without the person: all its words where it was theirs, else only their signatures. The papers go."""
    theirs = [one for one in order.signatures if whole or one.id in signatures]
    DoomedFile.doom(one.image_key for one in theirs)
    Signature.update(name=BLANK, image_key=BLANK).where(Signature.id.in_([one.id for one in theirs])).execute()
    if whole:
        forget_own_fields(order)
        order.heading = gone
        order.description = order.internal_note = order.performed_action = BLANK
        order.version += 1
        order.save()
        OrderPoint.update(remark=BLANK).where(OrderPoint.order_id == order.id).execute()
        for event in list(Event.about(order)):
            blanked(event, order.title)
            event.save()
    if whole or theirs:
        papers: list[Any] = [file for protocol in order.protocols for file in File.of(protocol)]
        drop_files([*papers, *(File.of(order) if whole else [])], gone)
