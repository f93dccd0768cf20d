"""The work order on paper: to be filled in by hand, or as a report when the work is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.protocol_view import LineView, Sheet


@dataclass(frozen=True, kw_only=True)
class WorkOrderView(Sheet):
    """`badges` are statuses with a label and a tone; `blank` leaves room to write by hand."""

    badges: tuple[Any, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    fault_report: str = ""
    agreement: str = ""
    notice: str = ""
    task: str = ""
    materials: tuple[LineView, ...] = ()
    blank: bool = True

    @property
    def planned(self) -> str:
        """The planned time, as short as it can be said; empty while nothing is planned."""
        if self.starts_at is None:
            return ""
        start = self.moment(self.starts_at)
        if self.ends_at is None:
            return start
        if self.ends_at.date() == self.starts_at.date():
            return f"{start}\N{EN DASH}{self.ends_at:%H:%M}"
        return f"{start} \N{EN DASH} {self.moment(self.ends_at)}"
