"""The one list: a noun's Listing on the screen, with search, filters, sort, columns, saved filters, bulk
actions, export.

A blueprint declares a `Screen` and calls `lists.routes(bp, SCREEN, Noun)`; the pages, the saved filters, the
columns and the exports come with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import list_export, list_table
from blueprints.actions import Action
from blueprints.forms import clean
from blueprints.list_address import PER_PAGE, arguments, asked, place_of
from blueprints.list_table import Card, Cell
from blueprints.web import on, page, signed_in
from blueprints.words import number
from models.base import Record
from models.listing import Column, Listing, Request, Row
from models.saved_filter import ListChoice, SavedFilter


@dataclass(frozen=True)
class Screen:
    """How a Listing looks. `cells` overrides single columns: name -> (row -> Cell); `card` draws the phone's row."""

    of: Callable[[], Listing]
    endpoint: str
    title: Any
    row_url: Callable[[Any], str]
    card: Callable[[Any], Card]
    cells: dict[str, Callable[[Any], Cell]] = field(default_factory=dict)
    actions: Callable[[], list[Action]] = list
    bulk: Callable[[], list[Action]] = list
    empty: Callable[[], Any] | None = None
    template: str = "lists/index.html"
    tabs: Callable[[], list[Any]] = list  # ready-made filters shown before the reader's own
    verb: str = "view"

    @property
    def listing(self) -> Listing:
        return self.of()


def routes(bp: Blueprint, screen: Screen, noun: type[Record]) -> None:
    """Give the blueprint its list: index, export, saved filters, columns."""

    @bp.get("/")
    @on(noun, screen.verb)
    def index() -> Response:
        return show_list(screen)

    @bp.get("/export/<any(csv,xlsx):kind>")
    @on(noun, "export")
    def export(kind: str) -> Response:
        columns = shown_columns(screen.listing, ListChoice.of(current_user, screen.listing.name))
        return list_export.export(screen.listing, columns, str(screen.title), kind)

    @bp.post("/filters")
    @signed_in
    def save_filter() -> Response:
        name = clean(request.form["name"])[:60] or "*"
        saved = SavedFilter.keep(current_user, screen.listing.name, name, arguments(), default="star" in request.form)
        return redirect(_address(screen, saved.arguments))

    @bp.post("/filters/<int:filter_id>/removal")
    @signed_in
    def drop_filter(filter_id: int) -> Response:
        SavedFilter.drop(current_user, filter_id)
        return redirect(_address(screen, {"all": "1"}))

    @bp.post("/columns")
    @signed_in
    def columns() -> Response:
        chosen = [
            column.name
            for column in screen.listing.columns_for(current_user)
            if column.name in request.form.getlist("columns")
        ]
        ListChoice.keep(current_user, screen.listing.name, chosen, "roomy" in request.form)
        return redirect(_with(screen))


def show_list(screen: Screen) -> Response:
    saved = SavedFilter.of(current_user, screen.listing.name)
    default = next((kept for kept in saved if kept.is_default), None)
    if default and not request.args:
        return redirect(_address(screen, default.arguments))
    return page(screen.template, block="list", l=view(screen, saved), actions=screen.actions())


def view(screen: Screen, saved: list[SavedFilter]) -> SimpleNamespace:
    """Everything the list's template prints."""
    listing, wanted = screen.listing, asked(screen.listing)
    found = listing.page(current_user, wanted)
    chosen = ListChoice.of(current_user, listing.name)
    columns = shown_columns(listing, chosen)
    start = max(1, request.args.get("from", default=1, type=int)) if wanted.after or wanted.before else 1
    return SimpleNamespace(
        title=screen.title,
        total=found.total,
        total_label=_total(found.total, found.more),
        query=wanted.query,
        action_url=url_for(screen.endpoint),
        hidden=_kept_hidden(listing),
        columns=_headings(screen, columns, wanted),
        rows=list_table.rows(screen, columns, found.rows),
        chips=_chips(screen, wanted),
        filters=_filters(listing, wanted),
        saved=_tabs(screen, saved),
        save_url=_beside(screen, "save_filter"),
        columns_url=_beside(screen, "columns"),
        density_roomy=bool(chosen and chosen.roomy),
        column_choices=[(column.name, column.label, column in columns) for column in listing.columns_for(current_user)],
        bulk=screen.bulk(),
        selectable=bool(screen.bulk()),
        exports=_exports(screen),
        is_filtered=bool(wanted.query or wanted.filters),
        range_label=_range(start, len(found.rows), found.total, found.more),
        pages=[],
        prev_url=_turn(screen, "before", found.rows[0], max(1, start - wanted.per_page))
        if found.has_previous and found.rows
        else "",
        next_url=_turn(screen, "after", found.rows[-1], start + len(found.rows))
        if found.has_next and found.rows
        else "",
        per_page_choices=[
            SimpleNamespace(label=size, url=_with(screen, per_page=size), current=size == wanted.per_page)
            for size in PER_PAGE
        ],
        empty=screen.empty() if screen.empty else None,
        no_match=_no_match(screen, wanted),
        archive_hits=_left_out(screen, found.left_out),
    )


def shown_columns(listing: Listing, chosen: ListChoice | None) -> list[Column]:
    """The reader's choice of columns, or the usual ones; the first column always stays."""
    known = listing.columns_for(current_user)
    if chosen and chosen.columns:
        return [column for column in known if column.name in chosen.columns or column is known[0]]
    return [column for column in known if column.default]


def _blueprint(screen: Screen) -> str:
    return screen.endpoint.rpartition(".")[0]


def _with(screen: Screen, **changes: Any) -> str:
    """This list's address with some arguments changed; None takes one out."""
    merged = {name: value for name, value in {**arguments(), **changes}.items() if value is not None}
    return _address(screen, merged or {"all": "1"})  # without any argument the reader's default filter would come back


def _turn(screen: Screen, way: str, row: Row, start: int) -> str:
    column, _ = screen.listing.sorted_by(asked(screen.listing))
    return _with(screen, **{way: place_of(column, row), "from": start})


def _headings(screen: Screen, columns: list[Column], wanted: Request) -> list[SimpleNamespace]:
    current, descending = screen.listing.sorted_by(wanted)
    return [_heading(screen, column, column is current, descending) for column in columns]


def _heading(screen: Screen, column: Column, is_current: bool, descending: bool) -> SimpleNamespace:
    turned = "desc" if is_current and not descending else "asc"
    return SimpleNamespace(
        name=column.name,
        label=column.label,
        numeric=column.numeric,
        wide=column.wide,
        hide_m=column.less_needed,
        direction=("desc" if descending else "asc") if is_current else "",
        sort_url=_with(screen, sort=column.name, direction=turned) if column.sortable else "",
    )


def _chips(screen: Screen, wanted: Request) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label=part.label, value=_spoken(part, value), remove_url=_with(screen, **{part.name: None}))
        for part in screen.listing.filters
        if (value := wanted.filters.get(part.name))
    ]


def _spoken(part: Any, value: str) -> str:
    if part.words:
        return part.words(current_user, value)
    known = {str(key): label for key, label in part.choices(current_user)} if part.is_choice else {}
    return str(known.get(value, value))


def _filters(listing: Listing, wanted: Request) -> list[SimpleNamespace]:
    return [_filter(part, wanted.filters.get(part.name, "")) for part in listing.filters if not part.by_record]


def _filter(part: Any, value: str) -> SimpleNamespace:
    choices = (
        [("", gettext("Any"), not value)]
        + [(key, label, str(key) == value) for key, label in part.choices(current_user)]
        if part.is_choice
        else []
    )
    return SimpleNamespace(
        name=part.name,
        label=part.label,
        value=value,
        choices=choices,
        is_choice=part.is_choice,
        is_bool=part.is_bool,
        is_date=part.is_date,
    )


def _kept_hidden(listing: Listing) -> list[tuple[str, str]]:
    """What the search form must carry along besides its own fields."""
    own = {"q", *(part.name for part in listing.filters if not part.by_record)}
    return [(name, value) for name, value in arguments().items() if name not in own]


def _tabs(screen: Screen, saved: list[SavedFilter]) -> list[SimpleNamespace]:
    ready = screen.tabs()
    if not ready and not saved:
        return []
    here = arguments()
    everything = (
        []
        if ready
        else [
            SimpleNamespace(
                label=gettext("All"),
                url=_address(screen, {"all": "1"}),
                current=not set(here) - {"all"},
                star=False,
                count=None,
                delete_url="",
            )
        ]
    )
    return [*everything, *ready, *(_saved(screen, kept, here) for kept in saved)]


def _saved(screen: Screen, kept: SavedFilter, here: dict[str, str]) -> SimpleNamespace:
    return SimpleNamespace(
        label=kept.name,
        url=_address(screen, kept.arguments),
        current=kept.arguments == here,
        star=kept.is_default,
        count=None,
        delete_url=url_for(f"{_blueprint(screen)}.drop_filter", filter_id=kept.id),
    )


def _address(screen: Screen, wanted: dict[str, str]) -> str:
    return f"{url_for(screen.endpoint)}?{urlencode(wanted)}"


def _beside(screen: Screen, name: str, **values: Any) -> str:
    """Another route of the list, with what the list's address says. Never through url_for: the names are the
    reader's."""
    return f"{url_for(f'{_blueprint(screen)}.{name}', **values)}?{urlencode(arguments())}"


def tab(screen_endpoint: str, label: Any, **wanted: str) -> SimpleNamespace:
    """A ready-made filter for `Screen.tabs`; the one that wants nothing is the list as it is by itself."""
    here = {
        name: value for name, value in arguments().items() if name not in ("all", "q", "sort", "direction", "per_page")
    }
    url = f"{url_for(screen_endpoint)}?{urlencode(wanted or {'all': '1'})}"
    return SimpleNamespace(label=label, url=url, current=here == wanted, star=False, count=None, delete_url="")


def _exports(screen: Screen) -> list[SimpleNamespace]:
    if screen.listing.noun.MAY["export"].missing(current_user, None):
        return []
    ways = (("xlsx", "Excel (XLSX)"), ("csv", "CSV"))
    return [SimpleNamespace(label=label, url=_beside(screen, "export", kind=kind)) for kind, label in ways]


def _total(total: int, more: bool) -> str:
    return gettext("more than %(count)s", count=number(total)) if more else number(total)


def _range(start: int, length: int, total: int, more: bool) -> str:
    if not length:
        return ""
    return gettext(
        "%(first)s–%(last)s of %(total)s",
        first=number(start),
        last=number(start + length - 1),
        total=_total(total, more),
    )


def _no_match(screen: Screen, wanted: Request) -> SimpleNamespace:
    drops = [Action(gettext("Without %(name)s", name=chip.label), chip.remove_url) for chip in _chips(screen, wanted)]
    if wanted.query and drops:
        drops.insert(0, Action(gettext("Without the search"), _with(screen, q=None)))
    text = gettext("Nothing matches “%(query)s”.", query=wanted.query) if wanted.query else ""
    return SimpleNamespace(title=gettext("No hits"), text=text, drops=drops, clear_url=_address(screen, {"all": "1"}))


def _left_out(screen: Screen, count: int) -> SimpleNamespace | None:
    """A search also looks at what the list leaves out (inactive, done), and says how many hits are there."""
    return SimpleNamespace(count=count, url=_with(screen, **{screen.listing.hidden_unless: "all"})) if count else None


def chosen_ids() -> list[int]:
    """The ticked rows of a bulk action."""
    return [int(value) for value in request.form.getlist("id")[:1000] if value.isdigit()]
