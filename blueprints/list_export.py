"""A list as a file: what its reader sees, in CSV or XLSX."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Response, stream_with_context
from flask_login import current_user

from blueprints.list_address import asked
from blueprints.words import show, today
from models.listing import Column, Listing
from tasks.tables import write_csv, write_xlsx


def export(listing: Listing, columns: list[Column], title: str, kind: str) -> Response:
    """Exactly what is seen: the same search, filters, order and columns, all pages; `kind` is csv or xlsx."""
    headings = [str(column.label) for column in columns]
    rows = (
        [_exported(column, getattr(row.shown, column.name)) for column in columns]
        for row in listing.all_rows(current_user, asked(listing))
    )
    name = f"{listing.name}-{today():%Y-%m-%d}.{kind}"
    write, mime = WRITERS[kind]
    return Response(
        write(headings, rows, title),
        mimetype=mime,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _as_csv(headings: list[str], rows: Iterable[list[Any]], title: str) -> Any:
    return stream_with_context(write_csv(headings, rows, language=current_user.language.value))


def _as_xlsx(headings: list[str], rows: Iterable[list[Any]], title: str) -> Any:
    return write_xlsx(headings, rows, sheet=title)


WRITERS = {
    "csv": (_as_csv, "text/csv"),
    "xlsx": (_as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _exported(column: Column, value: Any) -> Any:
    if column.typed:
        return value
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else show(value)
