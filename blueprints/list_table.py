"""A page of a list as a table for wide screens and as cards for phones: every cell as the template prints it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import compress
from types import SimpleNamespace
from typing import Any, NamedTuple

from markupsafe import Markup

from blueprints.words import show
from models.base import Choice
from models.listing import Column, Row


@dataclass(frozen=True)
class Cell:
    text: Any = ""
    url: str = ""
    badge: Any = None
    strong: bool = False
    muted: bool = False
    over: bool = False
    numeric: bool = False


@dataclass(frozen=True)
class Card:
    """A row on a phone."""

    title: str
    number: str = ""
    lines: list[str] = field(default_factory=list)
    badges: list[Any] = field(default_factory=list)


class TableCell(NamedTuple):
    """A cell as the template prints it; there are some hundred on a page, so all that can be said once is said here."""

    css: Markup
    badge: Any
    url: str
    link: str
    strong: bool
    text: Any


def rows(screen: Any, columns: list[Column], found: list[Row]) -> list[SimpleNamespace]:
    """Every row can be opened: by the link its cell brings, else by its widest or first column."""
    door = next((column for column in columns if column.wide), columns[0])
    return [_row(screen, columns, row.shown, door) for row in found]


def _row(screen: Any, columns: list[Column], shown: Any, door: Column) -> SimpleNamespace:
    url = screen.row_url(shown)
    cells = [_in_table(_cell(screen, column, shown), column, url if column is door else "") for column in columns]
    return SimpleNamespace(id=shown.id, url=url, cells=cells, card=screen.card(shown))


def _in_table(cell: Cell, column: Column, row_url: str) -> TableCell:
    css = _css(cell.numeric or column.numeric, column.less_needed, column.wide, cell.muted, cell.over)
    link = "name" if cell.strong or row_url else "cell-link"
    return TableCell(css, cell.badge, cell.url or row_url, link, cell.strong, "" if cell.text is None else cell.text)


@cache
def _css(*told: bool) -> Markup:
    names = ("n", "hide-m", "wide", "zero", "over")
    return Markup(' class="{}"').format(" ".join(compress(names, told))) if any(told) else Markup("")


def _cell(screen: Any, column: Column, row: Any) -> Cell:
    drawn = screen.cells.get(column.name)
    if drawn:
        return drawn(row)
    value = getattr(row, column.name)
    if isinstance(value, Choice) and value.tone not in ("neutral", "good"):
        return Cell(badge=value)
    return Cell(show(value), numeric=isinstance(value, int | float | Decimal | date) and not isinstance(value, bool))
