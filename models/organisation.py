"""The organisation (one per installation) and its stores."""

from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Country, JSONTextField, Language, UTCDateTimeField, db, now, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.ready import ready
from models.refusals import Refused, refuse
from models.rights import Right, holds

CURRENCIES = {Country.SE: "SEK", Country.NO: "NOK", Country.UA: "UAH"}
TIME_ZONES = {Country.SE: "Europe/Stockholm", Country.NO: "Europe/Oslo", Country.UA: "Europe/Kyiv"}
LANGUAGES = {Country.SE: Language.SV, Country.NO: Language.NB, Country.UA: Language.UK}


class NumberStyle(Choice):
    DIGITS = "digits", _l("Digits only")
    FREE = "free", _l("Letters and digits")
    PATTERN = "pattern", _l("Made after a pattern")


class Accent(Choice):
    """The colour of buttons and links. Each is a set of pairs in static/css/accents.css whose contrast a test
    checks."""

    PETROL = "", _l("Petrol")
    BLUE = "blue", _l("Blue")
    VIOLET = "violet", _l("Violet")
    PLUM = "plum", _l("Plum")
    BRICK = "brick", _l("Brick")
    AMBER = "amber", _l("Amber")
    MOSS = "moss", _l("Moss")
    FOREST = "forest", _l("Forest")
    SLATE = "slate", _l("Slate")


class Organisation(Noun):
    MAY = {"edit": holds(Right.ADMINISTER)}
    LABELS = {
        "name": _l("Name"),
        "org_number": _l("Organisation number"),
        "country": _l("Country"),
        "language": _l("Language"),
        "time_zone": _l("Time zone"),
        "address": _l("Address"),
        "postcode": _l("Postcode"),
        "town": _l("Town"),
        "phone": _l("Phone"),
        "email": _l("E-mail"),
        "website": _l("Website"),
        "accent": _l("Accent colour"),
        "number_low": _l("Shortest customer number"),
        "number_high": _l("Longest customer number"),
        "number_style": _l("Customer numbers are"),
        "number_pattern": _l("Pattern"),
        "number_suggest": _l("Suggest the next customer number"),
        "portal_open": _l("The customer portal is open"),
        "portal_idle_minutes": _l("Minutes before an idle portal session ends"),
        "portal_hide_voided": _l("Hide rejected reports and voided orders in the portal"),
        "portal_show_lines": _l("Show order lines in the portal"),
        "fault_report_copy": _l("E-mail address that gets a copy of each fault report"),
        "copy_to_reference": _l("Send a copy to the customer's our reference"),
        "staff_idle_minutes": _l("Minutes before an idle staff session ends"),
        "assigned_as_reference": _l("Put the person assigned as our reference on papers"),
        "lookup_kind": _l("Company register"),
        "lookup_address": _l("Address of the company register"),
        "sender_name": _l("Sender name of our e-mails"),
        "sender_address": _l("Sender address of our e-mails"),
        "told": _l("Which roles are told of what"),
    }

    name = peewee.CharField(max_length=120)
    org_number = peewee.CharField(max_length=20, default="")
    country = ChoiceField(Country, default=Country.SE)
    language = ChoiceField(Language, default=Language.SV)
    time_zone = peewee.CharField(max_length=40, default="Europe/Stockholm")
    currency = peewee.CharField(max_length=3, default="SEK")
    address = peewee.CharField(max_length=120, default="")
    postcode = peewee.CharField(max_length=12, default="")
    town = peewee.CharField(max_length=60, default="")
    phone = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    website = peewee.CharField(max_length=120, default="")
    accent = ChoiceField(Accent, default=Accent.PETROL)
    logo_key = peewee.CharField(max_length=80, default="")
    number_low = peewee.IntegerField(default=1)
    number_high = peewee.IntegerField(default=20)
    number_style = ChoiceField(NumberStyle, default=NumberStyle.FREE)
    number_pattern = peewee.CharField(max_length=20, default="")
    number_suggest = peewee.BooleanField(default=True)
    portal_open = peewee.BooleanField(default=True)
    portal_idle_minutes = peewee.IntegerField(default=30)
    portal_hide_voided = peewee.BooleanField(default=False)
    portal_show_lines = peewee.BooleanField(default=False)
    fault_report_copy = peewee.CharField(max_length=120, default="")
    copy_to_reference = peewee.BooleanField(default=False)
    staff_idle_minutes = peewee.IntegerField(default=600)
    assigned_as_reference = peewee.BooleanField(default=False)
    lookup_kind = peewee.CharField(max_length=20, default="")  # one of tasks/lookup's registers; empty: off
    lookup_address = peewee.CharField(max_length=200, default="")
    sender_name = peewee.CharField(max_length=80, default="")
    sender_address = peewee.CharField(max_length=120, default="")
    told = JSONTextField(default=dict)  # {event: [roles]} where it differs from notification.WHO's own
    created_at = UTCDateTimeField(default=now)
    # Another one each time a custom field changes; read with the organisation, so that asking costs no query.
    fields_mark = peewee.CharField(max_length=16, default="", constraints=[peewee.SQL("DEFAULT ''")])

    mark_seen: ClassVar[str | None] = None  # by this process, the last time it read the organisation
    language_seen: ClassVar[str] = "en"

    @classmethod
    def current(cls) -> "Organisation | None":
        """The one organisation, or None before the first run is finished."""
        found = next(iter(_first()), None)
        if found is not None:
            cls.mark_seen, cls.language_seen = found.fields_mark, found.language.value
        return found

    @classmethod
    def visible_to(cls, user):
        return cls.select() if user.has(Right.ADMINISTER) else cls.select().where(peewee.SQL("1=0"))

    @classmethod
    def today(cls) -> date:
        """The date where the organisation is."""
        return datetime.now(ZoneInfo(cls.current().time_zone)).date()

    def change(self, values: dict, *, by, seen: int) -> dict:
        self.demand("edit", by)
        return revise(self, "organisation.changed", values, by=by, seen=seen)

    def use_logo(self, key: str, *, by) -> str:
        """Show this stored picture as the logo (empty: none); returns the key of the one before."""
        self.demand("edit", by)
        before = self.logo_key
        with db.atomic():
            Organisation.update(logo_key=key).where(Organisation.id == self.id).execute()
            self.logo_key = key
            Event.record("organisation.changed", by=by, about=self, logo=bool(key))
        return before

    @property
    def logo_url(self) -> str:
        """Where the logo is served; the address changes with the picture, so that it can be cached for good."""
        return f"/logo?v={self.logo_key[3:11]}" if self.logo_key else ""

    @property
    def mail_from(self) -> tuple[str, str]:
        """(name, address) our e-mails come from."""
        return self.sender_name or self.name, self.sender_address or self.email


@ready
def _first() -> Any:
    return Organisation.select().order_by(Organisation.id).limit(1)


class Store(Noun):
    MAY = {
        "view": holds(Right.ADMINISTER),
        "edit": holds(Right.ADMINISTER),
        "create": holds(Right.ADMINISTER),
        "grant": holds(Right.STORE_GRANT),
    }
    LABELS = {
        "number": _l("Store number"),
        "name": _l("Name"),
        "address": _l("Address"),
        "postcode": _l("Postcode"),
        "town": _l("Town"),
        "phone": _l("Phone"),
        "email": _l("E-mail"),
        "support_phone": _l("Support phone"),
    }

    number = peewee.CharField(max_length=12, unique=True)
    name = peewee.CharField(max_length=80)
    address = peewee.CharField(max_length=120, default="")
    postcode = peewee.CharField(max_length=12, default="")
    town = peewee.CharField(max_length=60, default="")
    phone = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=120, default="")
    support_phone = peewee.CharField(max_length=40, default="")

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @classmethod
    def visible_to(cls, user):
        stores = cls.select()
        return stores if user.store_ids is None else stores.where(cls.id.in_(user.store_ids))

    @classmethod
    def in_order(cls, user):
        """Where the person may work, by number."""
        return cls.visible_to(user).order_by(cls.number)

    @classmethod
    def reached_by(cls, user, store_id: int | None) -> "Store | None":
        """The store, if this person works there."""
        return cls.visible_to(user).where(cls.id == store_id).first()

    @classmethod
    def numbered(cls, number: str) -> "Store | None":
        return cls.get_or_none(cls.number == number.strip())

    @classmethod
    def open_new(cls, values: dict, *, by) -> "Store":
        """A further store; raises Taken when the number is in use."""
        if not by.has(Right.ADMINISTER):
            raise Refused([refuse("right.missing", right=Right.ADMINISTER)])
        with db.atomic():
            with unique("number"):
                store = cls.create(**values)
            Event.record("organisation.changed", by=by, about=store)
            return store

    def change(self, values: dict, *, by, seen: int) -> dict:
        self.demand("edit", by)
        with unique("number"):
            return revise(self, "organisation.changed", values, by=by, seen=seen)
