"""Tables as text: which encoding, which separator, and where each row begins."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from tasks.tables.contract import BadTable, Found, Row

SAMPLE = 64 * 1024
SAMPLE_ROWS = 30
CHUNK = 1024 * 1024
DELIMITERS = ";\t,|"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
ACCENTED = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
LETTERS = re.compile(rb"[\xc0-\xff]+")  # letters in both of the Windows encodings we meet
OTHER = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:%PDF-|<(?:!doctype|html|head|body|table|div|meta|\?xml)\b)", re.IGNORECASE)
HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel's own note of the separator


def read(file: BinaryIO) -> Found:
    """The lines of a text; nothing of it stays in memory but the row at hand."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    start = text.read(SAMPLE)
    text.seek(0)
    hint = HINT.match(start)
    if hint:
        text.readline()
    delimiter = hint[1] if hint else _delimiter(start)
    return Found(_lines(text, delimiter, bool(hint)), encoding, delimiter)


def _encoding(file: BinaryIO) -> str:
    """The encoding in which every letter of the file can be read."""
    start = file.read(SAMPLE)
    if not start.strip():
        raise BadTable("table.empty")
    if OTHER.match(start):
        raise BadTable("table.binary")  # a web page or a PDF under a table's name
    encoding = _announced(start) or "utf-8"
    line = _unreadable_line(file, encoding)
    if line and encoding == "utf-8":
        encoding = _windows(file, line)
        line = _unreadable_line(file, encoding)
    if line:
        raise BadTable("table.encoding", line=line, encoding=encoding)
    return encoding


def _announced(start: bytes) -> str | None:
    """The encoding that the first bytes give away, if they do."""
    for mark, encoding in BOMS:
        if start.startswith(mark):
            return encoding
    if b"\0" not in start:
        if len(CONTROL.findall(start)) * 50 > len(start):  # a stray one is pasted, not binary
            raise BadTable("table.binary")
        return None
    if 0 not in start[::2]:
        return "utf-16-le"
    if 0 not in start[1::2]:
        return "utf-16-be"
    raise BadTable("table.binary")


def _unreadable_line(file: BinaryIO, encoding: str) -> int | None:
    """The number of the first line that is not in this encoding."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    file.seek(0)
    line = 1
    try:
        while chunk := file.read(CHUNK):
            text = decode(chunk)
            if "\0" in text:
                raise BadTable("table.binary")
            line += text.count("\n")
        decode(b"", True)
    except UnicodeDecodeError as error:
        return line + error.object[: error.start].decode(encoding, "ignore").count("\n")
    return None


def _windows(file: BinaryIO, line: int) -> str:
    """Which Windows encoding the accented lines are in: Western, or Cyrillic.

    In Cyrillic nearly every letter is accented, so they stand in rows; in Swedish and Norwegian
    they stand alone. On short registers this is right where statistics of languages guess wrong.
    """
    evidence = _accented(file)
    text = evidence.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(char > "\x7f" for char in text) - broken > 4 * broken:
        raise BadTable("table.encoding", line=line, encoding="utf-8")
    runs = [len(run) for run in LETTERS.findall(evidence)]
    return "cp1251" if sum(run for run in runs if run > 1) * 2 > sum(runs) else "cp1252"


def _accented(file: BinaryIO) -> bytes:
    file.seek(0)
    evidence = b""
    while len(evidence) < SAMPLE and (chunk := file.read(CHUNK)):
        evidence += b"".join(ACCENTED.findall(chunk))
    return evidence


def _delimiter(start: str) -> str:
    """The separator that cuts the headings and most of the first rows into as many cells."""
    return max(DELIMITERS, key=lambda delimiter: _fit(start, delimiter))


def _fit(start: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, strict=True)
    try:
        widths.extend(len(cells) for cells in islice(reader, SAMPLE_ROWS) if any(cells))
    except csv.Error:
        pass  # the rows before a broken one still speak; reading will name the line
    width = next((width for width in widths if width > 1), 0)  # a title above the headings has one cell
    return (widths.count(width) / len(widths), width) if width else (0, 0)


def _lines(text: io.TextIOWrapper, delimiter: str, hinted: bool) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = first = 2 if hinted else 1
    try:
        for cells in reader:
            yield line, cells
            line = first + reader.line_num
    except csv.Error as error:
        raise BadTable("table.broken_quotes", line=line) from error
    text.detach()  # or the file would be closed with it, before the one who opened it is done
