"""Quotes: written with their lines, sent as a PDF, answered, and made into orders."""

from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import cards, files, lines, lists, timeline
from blueprints.actions import Action, act, link, tell
from blueprints.conflicts import both_values, chosen
from blueprints.custom_forms import customised, facts, removed_facts
from blueprints.forms import Form, clean_lines, date
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.protocols import told
from blueprints.quote_form import QuoteForm
from blueprints.web import blueprint, done, house, on, page
from blueprints.words import day
from blueprints.words import show as words
from models import sales_listings
from models.base import Money
from models.lifecycle import Conflict
from models.quote import Quote
from models.rights import Right, can
from tasks import quotes
from tasks.figures import amount

bp = blueprint("quotes")

LABELS = Quote.LABELS


class ProlongForm(Form):
    valid_until = date(LABELS["valid_until"])


def row_url(row) -> str:
    return url_for("quotes.show", id=row.id)


def card(row) -> Card:
    until = _("Valid until %(day)s", day=day(row.valid_until))
    sum_of_it = words(Money(row.net, house().currency))
    return Card(row.heading, str(row.number), [row.customer, cards.joined(sum_of_it, until)], badges=[row.status])


def new_one() -> Action:
    return link(_("New quote"), url_for("quotes.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    return [new_one()] if current_user.has(Right.QUOTE_CREATE) else []


def empty() -> SimpleNamespace:
    text = _("A quote says what something would cost and until when; an accepted one becomes an order in one click.")
    return SimpleNamespace(
        icon="file-earmark-text", title=_("No open quotes"), text=text, action=next(iter(actions()), None)
    )


def tabs() -> list[SimpleNamespace]:
    states = (
        ("sent", pgettext("several quotes", "Sent")),
        ("expired", pgettext("several quotes", "Expired")),
        ("accepted", pgettext("several quotes", "Accepted")),
        ("declined", pgettext("several quotes", "Declined")),
    )
    mine = tab("quotes.index", _("Mine"), made_by=str(current_user.id))
    return [
        tab("quotes.index", _("Open")),
        mine,
        *(tab("quotes.index", label, status=status) for status, label in states),
    ]


SCREEN = Screen(
    sales_listings.quotes,
    "quotes.index",
    _l("Quotes"),
    row_url=row_url,
    card=card,
    cells={
        "number": lambda row: Cell(row.number, url=row_url(row), strong=True),
        "heading": lambda row: Cell(row.heading, url=row_url(row)),
        "net": lambda row: Cell(amount(row.net), numeric=True),
        "gross": lambda row: Cell(amount(row.gross), numeric=True),
        "status": lambda row: Cell(badge=row.status),
    },
    actions=actions,
    empty=empty,
    tabs=tabs,
)
lists.routes(bp, SCREEN, Quote)
lines.routes(bp, Quote)


@bp.route("/new", methods=("GET", "POST"))
@on(Quote, "create")
def new() -> Response:
    """A new draft; from a customer's or facility's page with that chosen already."""
    form = customised(QuoteForm, Quote).blank()
    if form.is_asking or not form.sent():
        return form_page(form, status=200 if form.is_asking or request.method == "GET" else 422)
    quote = Quote.add(form.values(), by=current_user)
    return done(
        _("Quote %(number)s is made. Add its lines.", number=quote.number),
        url_for(".show", id=quote.id, _anchor=lines.ANCHOR),
    )


def form_page(form: Any, quote: Quote | None = None, *, status: int = 200) -> Response:
    return page("quotes/edit.html", form=form, quote=quote, kept=removed_facts(quote), status=status)


@bp.get("/choices")
@on(Quote, "create")
def choices() -> Response:
    """The facilities and contacts to choose from, for the customer that was just typed."""
    return page("quotes/choices.html", form=QuoteForm.blank())


@bp.route("/<int:id>/edit", methods=("GET", "POST"))
@on(Quote, "edit")
def edit(quote: Quote) -> Response:
    quote.demand("edit", current_user)
    form = customised(QuoteForm, Quote).of(quote)
    if not form.sent():
        return form_page(form, quote, status=422 if form.errors else 200)
    try:
        quote.change(chosen(form, quote, "customer"), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    return done(_("Quote %(number)s is saved.", number=quote.number), url_for(".show", id=quote.id))


@bp.get("/<int:id>")
@on(Quote, "view")
def show(quote: Quote) -> Response:
    return card_page(quote)


def card_page(quote: Quote, status: int = 200) -> Response:
    return page(
        "quotes/show.html",
        status=status,
        quote=quote,
        lines=lines.table(quote),
        steps=steps(quote),
        answers=answers(quote),
        prolong=act(quote, "prolong", _("Prolong"), url_for(".prolong", id=quote.id)),
        prolong_form=ProlongForm(None, valid_until=Quote.usual_end()),
        facts=[*quote_facts(quote), *facts(quote)],
        paper=paper(quote),
        told=[told(message) for message in quote.messages],
        tell=tell("quote.ready", quote) if quote.is_draft else None,
        comment=cards.comment_box(url_for(".comment", id=quote.id)) if can(current_user, "comment", quote) else None,
        history=timeline.of_records(quote),
    )


def steps(quote: Quote) -> list[Action]:
    """The next steps, each alive or explaining itself; what is over is not offered any more."""
    here = {"id": quote.id}
    void = act(quote, "void", _("Void the quote"), url_for(".void", **here), danger=True)
    if quote.is_draft:
        send = act(quote, "send", _("Send the quote"), url_for(".send", **here), icon="send", primary=True)
        return [send, act(quote, "edit", _("Edit"), url_for(".edit", **here), method="get", icon="pencil"), void]
    if quote.order_id:
        return [
            link(_("Open the order"), url_for("orders.show", id=quote.order_id), icon="clipboard-check", primary=True)
        ]
    if quote.is_open:
        return [void]
    order = act(
        quote, "make_order", _("Make the order"), url_for(".make_order", **here), icon="clipboard-plus", primary=True
    )
    return [order] if quote.is_accepted else []


def answers(quote: Quote) -> list[Action]:
    """What the customer may have said; the form with the note carries them."""
    if not quote.is_sent:
        return []
    here = {"id": quote.id}
    return [
        act(quote, "accept", _("The customer accepts"), url_for(".accept", **here), icon="check-lg", primary=True),
        act(quote, "decline", _("The customer declines"), url_for(".decline", **here), icon="x-lg"),
    ]


def quote_facts(quote: Quote) -> list[tuple[Any, Any]]:
    return [
        (LABELS["contact"], quote.contact.name if quote.contact else quote.customer.name),
        (LABELS["valid_until"], day(quote.valid_until)),
        (LABELS["made_by"], quote.made_by.name if quote.made_by else ""),
        (_("Sent"), words(quote.sent_at)),
        *answer_facts(quote),
    ]


def answer_facts(quote: Quote) -> list[tuple[Any, Any]]:
    """Who noted the answer and when."""
    if quote.answered_at is None:
        return []
    who = quote.answered_by.name if quote.answered_by else ""
    return [
        (_("Answer"), quote.status),
        (_("Noted"), cards.joined(who, words(quote.answered_at))),
        (LABELS["answer_note"], quote.answer_note),
    ]


def paper(quote: Quote) -> SimpleNamespace:
    """The stored PDF, or the button that has it tried again at once."""
    file = quote.pdf
    again = act(quote, "make_now", _("Try again now"), url_for(".make_now", id=quote.id)) if quote.is_held_up else None
    waits = not quote.is_draft and quote.sent_at is not None and file is None
    return SimpleNamespace(file=files.FileView(file) if file else None, again=again, waits=waits)


@bp.get("/<int:id>/paper")
@on(Quote, "view")
def status(quote: Quote) -> Response:
    """How far the PDF is; the page asks for this each second until it is there."""
    return page("quotes/paper.html", quote=quote, paper=paper(quote))


@bp.get("/<int:id>/pdf")
@on(Quote, "view")
def pdf(quote: Quote) -> Response:
    """The paper as it was stored: in the browser, or with ?download as a file."""
    file = quote.pdf
    if file is None:
        abort(404)
    return files.send_paper(file, inline="download" not in request.args)


@bp.post("/<int:id>/sending")
@on(Quote, "send")
def send(quote: Quote) -> Response:
    quote.send(by=current_user)
    return done(_("Quote %(number)s is on its way.", number=quote.number), url_for(".show", id=quote.id))


@bp.post("/<int:id>/making")
@on(Quote, "make_now")
def make_now(quote: Quote) -> Response:
    quote.make_now(by=current_user)
    quotes.make_quote(quote.id)
    return done(_("The PDF is being made."), url_for(".show", id=quote.id), "info")


@bp.post("/<int:id>/prolongation")
@on(Quote, "prolong")
def prolong(quote: Quote) -> Response:
    form = ProlongForm()
    if not form.validate() or form.valid_until.data is None:
        return card_page(quote, 422)
    quote.prolong(form.valid_until.data, by=current_user)
    return done(_("Valid until %(day)s.", day=day(quote.valid_until)), url_for(".show", id=quote.id))


def note() -> str:
    return clean_lines(request.form.get("note"))[:1000]


@bp.post("/<int:id>/acceptance")
@on(Quote, "accept")
def accept(quote: Quote) -> Response:
    quote.accept(note(), by=current_user)
    return done(_("Quote %(number)s is accepted.", number=quote.number), url_for(".show", id=quote.id))


@bp.post("/<int:id>/refusal")
@on(Quote, "decline")
def decline(quote: Quote) -> Response:
    quote.decline(note(), by=current_user)
    return done(_("Quote %(number)s is declined.", number=quote.number), url_for(".show", id=quote.id), "neutral")


@bp.post("/<int:id>/order")
@on(Quote, "make_order")
def make_order(quote: Quote) -> Response:
    order = quote.make_order(by=current_user)
    return done(_("Order %(number)s is made.", number=order.number), url_for("orders.show", id=order.id))


@bp.post("/<int:id>/void")
@on(Quote, "void")
def void(quote: Quote) -> Response:
    quote.void(by=current_user)
    return done(_("Quote %(number)s is voided.", number=quote.number), url_for(".show", id=quote.id), "neutral")


@bp.post("/<int:id>/comments")
@on(Quote, "comment")
def comment(quote: Quote) -> Response:
    text = clean_lines(request.form.get("text"))[:4000]
    if text:
        quote.comment(text, by=current_user)
    return redirect(url_for(".show", id=quote.id))
