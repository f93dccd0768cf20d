"""A list's address: what the reader asked for, by names, and where a page starts."""

from dataclasses import replace
from typing import Any

from flask import request

from models.listing import Column, Listing, Request, Row

PER_PAGE = (25, 50, 100)
MARK = "~"  # between sort value and id in a page's place


def arguments() -> dict[str, str]:
    """What the list's address says, without the place of the page. `all` only tells a bare list from the
    default filter."""
    said = {name: value for name, value in request.args.items() if name not in ("after", "before", "from") and value}
    return said if list(said) == ["all"] else {name: value for name, value in said.items() if name != "all"}


def asked(listing: Listing) -> Request:
    """The reader's request, from the address. Unknown names and broken places are left out."""
    args = request.args
    per_page = args.get("per_page", type=int)
    wanted = Request(
        query=args.get("q", "")[:200],
        filters={part.name: args[part.name][:200] for part in listing.filters if args.get(part.name)},
        sort=args.get("sort", ""),
        descending=args.get("direction") == "desc",
        per_page=per_page if per_page in PER_PAGE else PER_PAGE[0],
    )
    column, _ = listing.sorted_by(wanted)
    return replace(wanted, after=place(column, args.get("after")), before=place(column, args.get("before")))


def place(column: Column, text: str | None) -> tuple[Any, int] | None:
    """Where a page starts: the sort value and the id of the row before it, as the database compares them.

    A value of another kind than the column's is no place: the list then begins at its beginning.
    """
    value, _, row_id = (text or "").rpartition(MARK)
    if not (row_id.isascii() and row_id.isdigit()) or len(row_id) > 18:
        return None
    try:
        return column.read(value), int(row_id)
    except (ValueError, OverflowError):
        return None


def place_of(column: Column, row: Row) -> str:
    return f"{column.write(row.sort_value)}{MARK}{row.shown.id}"
