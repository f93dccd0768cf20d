"""Acts in the order of their time, in the office hours of a place."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from tasks.demo.book import Book

ZONE = ZoneInfo("Europe/Stockholm")
OPENS, CLOSES = time(7, 30), time(16, 30)


class Plan:
    """`soon(after, act)` plans an act; `play` lets them happen in order until now."""

    def __init__(self, book: Book):
        self.book = book
        self.chance = book.chance
        self.now = book.moment
        self._acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self._turn = count()  # acts of the same moment keep their order

    def play(self) -> None:
        while self._acts and self._acts[0][0] <= self.book.moment:
            self.now, _, act = heapq.heappop(self._acts)
            act()

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._acts, (moment, next(self._turn), act))

    def soon(self, after: timedelta, act: Callable[[], None], *, even_at_night: bool = False) -> None:
        moment = self.now + after
        self.at(moment if even_at_night else in_office_hours(moment), act)

    def minutes(self, low: int, high: int) -> timedelta:
        return timedelta(minutes=self.chance.randint(low, high))


def morning(day: date) -> datetime:
    return datetime.combine(day, OPENS, ZONE)


def workday(day: date) -> date:
    """The day, or Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def in_office_hours(moment: datetime) -> datetime:
    """The same moment, or some minutes into the next working day."""
    local = moment.astimezone(ZONE)
    day = local.date() if local.time() <= CLOSES else local.date() + timedelta(days=1)
    if day == local.date() == workday(day) and local.time() >= OPENS:
        return moment
    return morning(workday(day)) + timedelta(minutes=local.minute)
