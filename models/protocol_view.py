"""What stands on a sheet of paper: plain values, chosen for one reader, in that reader's language.

A view is built once, from what its reader may see, and then drawn; the templates ask nothing
else. What the reader may not see is simply not in it. Dates and times are local to the store;
values are text, already written the way the reader's language writes numbers (U+00A0 in thousands
and before units).
"""

from dataclasses import dataclass
from datetime import date, datetime

from models.checklist import PointOutcome

# How papers write a day: 18.11.2026, 18 Nov 2026, and in Swedish ISO.
DAYS = {"nb": "%d.%m.%Y", "uk": "%d.%m.%Y", "en": "%-d %b %Y"}


def day_on_paper(day: date, language: str) -> str:
    return day.strftime(DAYS.get(language, "%Y-%m-%d"))


@dataclass(frozen=True)
class OrganisationView:
    name: str
    address: tuple[str, ...] = ()
    org_no: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    logo: str = ""


@dataclass(frozen=True)
class FactView:
    """A custom field that is not hidden, with what it holds."""

    label: str
    value: str


@dataclass(frozen=True)
class CustomerView:
    name: str
    number: str = ""
    address: tuple[str, ...] = ()
    org_no: str = ""
    own: tuple[FactView, ...] = ()


@dataclass(frozen=True)
class FacilityView:
    name: str
    number: str = ""
    address: tuple[str, ...] = ()
    own: tuple[FactView, ...] = ()


@dataclass(frozen=True)
class ObjectView:
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class PointView:
    """One point of the checklist.

    `outcome` is what it counts as: None while nobody has answered, a remark also where the value
    is outside its limits.
    """

    number: str
    text: str
    outcome: PointOutcome | None = None
    value: str = ""
    unit: str = ""
    limits: str = ""
    remark: str = ""
    outside: bool = False

    @property
    def measured(self) -> bool:
        return bool(self.value or self.unit or self.limits)


@dataclass(frozen=True)
class PointGroup:
    title: str
    points: tuple[PointView, ...]
    number: str = ""


@dataclass(frozen=True)
class LineView:
    article: str
    text: str
    quantity: str
    unit: str = ""
    place: str = ""


@dataclass(frozen=True)
class TimeView:
    name: str
    day: date
    hours: str


@dataclass(frozen=True)
class PhotoView:
    image: str
    caption: str = ""


@dataclass(frozen=True)
class SignatureView:
    """`at` is None on a line still to be signed; `image` is empty where the name was typed."""

    role: str
    name: str = ""
    at: datetime | None = None
    image: str = ""


@dataclass(frozen=True)
class Tally:
    points: int
    ok: int
    remark: int
    na: int
    open: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a protocol and a work order have in common."""

    number: str
    title: str
    language: str
    organisation: OrganisationView
    customer: CustomerView
    facility: FacilityView | None = None
    store: str = ""
    contact: str = ""
    technicians: tuple[str, ...] = ()
    objects: tuple[ObjectView, ...] = ()
    groups: tuple[PointGroup, ...] = ()
    performed_action: str | None = None
    lines: tuple[LineView, ...] = ()
    times: tuple[TimeView, ...] = ()
    photos: tuple[PhotoView, ...] = ()
    signatures: tuple[SignatureView, ...] = ()
    own: tuple[FactView, ...] = ()

    def day(self, day: date) -> str:
        return day_on_paper(day, self.language)

    def moment(self, at: datetime) -> str:
        return f"{self.day(at)} {at:%H:%M}"

    @property
    def points(self) -> tuple[PointView, ...]:
        return tuple(point for group in self.groups for point in group.points)

    @property
    def measured(self) -> bool:
        """Whether any point has a value or a limit; without one the columns are left out."""
        return any(point.measured for point in self.points)

    @property
    def remarks(self) -> tuple[PointView, ...]:
        return tuple(point for point in self.points if point.remark)

    @property
    def tally(self) -> Tally:
        found = [point.outcome for point in self.points]
        return Tally(
            len(found),
            ok=found.count(PointOutcome.OK),
            remark=found.count(PointOutcome.REMARK),
            na=found.count(PointOutcome.NA),
            open=found.count(None),
        )


@dataclass(frozen=True, kw_only=True)
class ProtocolView(Sheet):
    order_number: str
    performed_on: date | None = None
