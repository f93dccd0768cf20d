"""Registers as people have them: tables in CSV and XLSX, read whatever program wrote them.

    with read_table(path) as table:
        for line, cells in table.rows:
            ...

Rows come one at a time, so a register of 50 MB costs no more memory than one of 50 kB (a workbook
costs its cells). What `write_csv` and `write_xlsx` write, `read_table(..., unescape=True)` gives
back as it was.
"""

import io
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from tasks.tables import text, workbook
from tasks.tables.contract import TITLES, BadTable, Found, Known, Row, Table
from tasks.tables.writing import unescaped, write_csv, write_xlsx

__all__ = ["BadTable", "Table", "read_table", "write_csv", "write_xlsx"]

LIMIT_BYTES = 50_000_000
LIMIT_ROWS = 200_000


def read_table(
    source: Path | str | bytes,
    *,
    limit_bytes: int = LIMIT_BYTES,
    limit_rows: int = LIMIT_ROWS,
    unescape: bool = False,
    sheet: str = "",
    known: Known = lambda heading: False,
) -> Table:
    """Open a table. Its headings are the first of its lines in which several headings are `known`, or else the
    first with more than one cell; titles above them are passed over.

    Raises BadTable at once for everything that can be seen in advance (size, encoding, headings),
    and while reading for too many rows or broken quotes. Empty lines are passed over. A row is as
    long as the headings, or longer when it holds more than it should: the reader's row error.
    """
    file, size = _opened(source)
    try:
        if size > limit_bytes:
            raise BadTable("table.too_large", size=size, limit=limit_bytes)
        if workbook.is_workbook(file):
            found = workbook.read(file, limit_bytes, limit_rows, sheet, known)
        else:
            found = text.read(file)
        return _table(file, found, limit_rows, unescape, known)
    except BaseException:
        file.close()
        raise


def _opened(source: Path | str | bytes) -> tuple[BinaryIO, int]:
    if isinstance(source, bytes):
        return io.BytesIO(source), len(source)
    path = Path(source)
    return path.open("rb"), path.stat().st_size


def _table(file: BinaryIO, found: Found, limit_rows: int, unescape: bool, known: Known) -> Table:
    lines = ((number, cells) for number, cells in found.lines if _has_text(cells))
    start = list(islice(lines, TITLES))
    place = _place_of_headings([cells for _, cells in start], known)
    headings = _headings(start[place] if start else None, unescape)
    rest = chain(start[place + 1 :], lines)
    first = next(rest, None)
    if first is None:
        raise BadTable("table.no_rows")
    rows = _limited(_shaped(chain([first], rest), len(headings), unescape), limit_rows)
    return Table(headings, rows, found.encoding, found.delimiter, found.sheet, found.sheets, file)


def _place_of_headings(lines: list[list[str]], known: Known) -> int:
    """Which of the first lines holds the headings; titles, dates and company names may stand above them."""
    for enough in (lambda cells: sum(map(known, cells)) > 1, lambda cells: sum(map(bool, map(str.strip, cells))) > 1):
        for place, cells in enumerate(lines):
            if enough(cells):
                return place
    return 0


def _headings(line: Row | None, unescape: bool) -> list[str]:
    """A heading that stands there again is told apart by its number: `E-post (2)`."""
    if line is None:
        raise BadTable("table.empty")
    number, cells = line
    headings = [unescaped(cell.strip()) if unescape else cell.strip() for cell in cells]
    while not headings[-1]:
        headings.pop()
    if len(headings) < 2:
        raise BadTable("table.one_column", line=number, heading=headings[0])
    return _told_apart(headings)


def _told_apart(headings: list[str]) -> list[str]:
    written = {heading.casefold() for heading in headings}
    seen: set[str] = set()
    for place, heading in enumerate(headings):
        turn, named = 1, heading
        while named.casefold() in seen or turn > 1 and named.casefold() in written:
            turn += 1
            named = f"{heading} ({turn})"
        headings[place] = named
        seen.update({named.casefold()} if named else ())
    return headings


def _shaped(lines: Iterator[Row], width: int, unescape: bool) -> Iterator[Row]:
    for number, cells in lines:
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        while len(cells) > width and not cells[-1]:
            cells.pop()
        yield number, [unescaped(cell) if cell[:1] == "'" else cell for cell in cells] if unescape else cells


def _limited(rows: Iterator[Row], limit: int) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count == limit:
            raise BadTable("table.too_many_rows", limit=limit)
        yield row


def _has_text(cells: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)
