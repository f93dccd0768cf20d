"""Tables in Excel workbooks (.xlsx).

A workbook is a zip of XML, and a few kilobytes of it can ask for all memory there is: packed text
that unpacks without end, or one cell at the far corner of a sheet, at which the reader aborts the
whole process. So every part is unpacked and measured once before the reader sees the file.
"""

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tasks.tables.contract import TITLES, BadTable, Found, Known, Row

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel before 2007, and every workbook with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")
UNPACKED = 4  # times the bytes a file may have
CELLS = 4_000_000
CHUNK = 1024 * 1024
RELATIONS = "xl/_rels/workbook.xml.rels"
TARGET = re.compile(rb"Target\s*=\s*[\"']([^\"']*)[\"']")
CELL = re.compile(rb"<(?:[^\s<>/]*:)?c(?=[\s/>])(?: r=\"([A-Za-z]{1,3})(\d{1,7})\")?([^<>]*)")
REFERENCE = re.compile(rb"(?:^|[\s\"'])r\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
EMPTY = re.compile(rb"(?:\s+[\w:]+=\"[^\"<>]*\")*\s*/")


def is_workbook(file: BinaryIO) -> bool:
    start = file.read(len(OLE))
    file.seek(0)
    return start.startswith(ZIP) or start == OLE


def read(file: BinaryIO, limit_bytes: int, limit_rows: int, sheet: str, known: Known) -> Found:
    """The rows of the sheet that is named, or else of the first visible one with headings that are known, or else
    of the first that holds any."""
    if file.read(len(OLE)) == OLE:
        raise BadTable("table.password" if LOCKED in file.read() else "table.old_excel")
    try:
        _measure(file, limit_bytes * UNPACKED, limit_rows)
        file.seek(0)
        return _sheet(CalamineWorkbook.from_filelike(file), sheet, known)
    except BROKEN as error:
        raise BadTable("table.damaged") from error


BROKEN = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


def _sheet(book: CalamineWorkbook, wanted: str, known: Known) -> Found:
    filled: list[str] = []
    best: tuple[int, str, Any] = (-1, "", None)
    for meta in book.sheets_metadata:
        if (meta.visible, meta.typ) != (SheetVisibleEnum.Visible, SheetTypeEnum.WorkSheet):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.height:
            filled.append(meta.name)
            rank = 2 if meta.name == wanted else int(_has_headings(sheet, known))
            best = max(best, (rank, meta.name, sheet), key=lambda found: found[0])
    if not filled:
        raise BadTable("table.empty")
    return Found(_lines(best[2].iter_rows()), sheet=best[1], sheets=tuple(filled))


def _has_headings(sheet: Any, known: Known) -> bool:
    lines = islice(sheet.iter_rows(), TITLES)
    return any(sum(isinstance(cell, str) and known(cell) for cell in cells) > 1 for cells in lines)


def _lines(rows: Iterator[list[Any]]) -> Iterator[Row]:
    for number, values in enumerate(rows, start=1):
        yield number, [value if isinstance(value, str) else _text(value) for value in values]


def _text(value: Any) -> str:
    """A cell as a person would type it: whole numbers without decimals, dates as 2026-11-23."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else format(value, ".15g")
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds").removesuffix(":00")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds").removesuffix(":00")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _measure(file: BinaryIO, limit_bytes: int, limit_rows: int) -> None:
    """Refuse what would cost more than a register may, or what hides its true size."""
    file.seek(0)
    with zipfile.ZipFile(file) as package:
        parts = {part.filename.lower(): part for part in package.infolist()}
        if len(parts) != len(package.infolist()):
            raise BadTable("table.damaged")
        if "xl/workbook.xml" not in parts or RELATIONS not in parts:
            raise BadTable("table.binary")
        size = sum(part.file_size for part in parts.values())
        if size > limit_bytes:
            raise BadTable("table.too_large", size=size, limit=limit_bytes)
        for name, part in parts.items():
            if name.endswith((".xml", ".rels")):
                _measure_part(package, part, limit_rows)
        targets = TARGET.findall(package.read(parts[RELATIONS]))
        if not all(target.lower().endswith(b".xml") for target in targets):
            raise BadTable("table.damaged")  # a sheet under another name would not be measured


def _measure_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, limit_rows: int) -> None:
    cells = rows = columns = 0
    for piece in _pieces(package, part):
        addresses = _addresses(piece)
        cells += len(addresses)
        rows = max(rows, *map(int, {row for _, row in addresses}), 0)
        columns = max(columns, *map(_column, {letters for letters, _ in addresses}), 0)
        _check(rows, max(cells, rows * columns), limit_rows)


def _addresses(piece: bytes) -> list[tuple[bytes, bytes]]:
    """Column and row of every cell that holds anything; a million of them must not take long."""
    found = CELL.findall(piece)
    rests = {rest: _read_rest(rest) for rest in {rest for _, _, rest in found}}  # few differ
    addresses = []
    for column, row, rest in found:
        is_empty, elsewhere = rests[rest]
        if is_empty:
            continue
        if bool(column) + len(elsewhere) != 1:
            raise BadTable("table.damaged")  # a cell without one address may be anywhere
        addresses.append((column, row) if column else elsewhere[0])
    return addresses


def _read_rest(rest: bytes) -> tuple[bool, list[tuple[bytes, bytes]]]:
    """Whether this is the end of a cell without content, and the addresses among its attributes."""
    return bool(EMPTY.fullmatch(rest)), REFERENCE.findall(rest)


def _check(rows: int, cells: int, limit_rows: int) -> None:
    if rows > limit_rows + 1:
        raise BadTable("table.too_many_rows", limit=limit_rows)
    if cells > CELLS:
        raise BadTable("table.too_many_cells", limit=CELLS)


def _pieces(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that end before a tag. Reading to the end compares size and checksum."""
    rest = b""
    with package.open(part) as file:
        while chunk := file.read(CHUNK):
            rest += chunk
            cut = rest.rfind(b"<")
            if b"\0" in chunk or b"<!DOCTYPE" in rest or len(rest) - cut > 4 * CHUNK:
                raise BadTable("table.damaged")
            yield rest[: max(cut, 0)]
            rest = rest[max(cut, 0) :]
    yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
