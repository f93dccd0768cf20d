"""What reading a table gives, and why it may not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Self

TITLES = 15  # so many lines may stand above the headings
Known = Callable[[str], bool]  # is this a heading that the reader of the table knows?
Row = tuple[int, list[str]]  # the number of the line (or the row in Excel) it begins on, its cells


class BadTable(Exception):
    """The file cannot be read as a table; `code` names why, `params` the numbers behind it."""

    def __init__(self, code: str, **params: int | str):
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Found:
    """All lines of a file, headings included, as one of the readers hands them over."""

    lines: Iterator[Row]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass
class Table:
    """An open table. Text has an encoding and a delimiter, a workbook a sheet, perhaps one of several."""

    headings: list[str]
    rows: Iterator[Row]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    file: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
