"""One column of a register, and which of a file's headings it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.register.values import Parse
from models.search import fold


@dataclass(frozen=True)
class Column:
    """`headings`: what it is called in the field, in four languages, the surest name first."""

    field: str
    label: Any
    headings: str
    parse: Parse
    required: bool = False
    example: str = ""

    @property
    def names(self) -> list[str]:
        """What the column may be called, folded; also its label in the reader's own language."""
        return [folded(str(self.label)), *self.everywhere]

    @property
    def everywhere(self) -> list[str]:
        """What it may be called whoever reads, folded."""
        return [folded(name) for name in self.headings.split(", ") if name]


def folded(heading: str) -> str:
    """`Org.nr` and `orgnr`, `E-post` and `e post` are the same."""
    return re.sub(r"[\W_]", "", fold(heading))


def propose(columns: Sequence[Column], headings: Sequence[str]) -> dict[str, str]:
    """{field: heading}: for each column the heading that is known for it, none used twice."""
    free = {folded(heading): heading for heading in headings if heading}
    found = {}
    for column in columns:
        name = next((name for name in column.names if name in free), None)
        if name:
            found[column.field] = free.pop(name)
    return found
