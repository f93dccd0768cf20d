"""Quotes on paper: made once by the worker and kept, then sent to whom it is for."""

import structlog
from flask import g, render_template
from flask_babel import force_locale, gettext, to_user_timezone

from models.amounts import Share
from models.base import Language, Money, connection
from models.line import Line
from models.organisation import Organisation
from models.protocol_view import CustomerView, FacilityView
from models.quote import Quote
from models.quote_view import PriceView, QuoteView, VatView
from tasks import CONFIG, app, huey, leaving, pdf
from tasks.documents import keep, lines, own, sender
from tasks.figures import MINUS, amount, money, short

log = structlog.get_logger("kundbok.quotes")


@huey.task(name="make_quote", priority=60)
def make_quote(quote_id: int) -> None:
    """The PDF of a sent quote; does nothing where it is made already."""
    with connection():
        quote = Quote.get_or_none(Quote.id == quote_id)
        if quote is not None and not quote.is_printed:
            try_quote(quote)


def make_waiting() -> None:
    """Quotes whose maker died or failed; one that cannot be made does not stand in the way of the others."""
    with connection():
        for quote in Quote.unprinted():
            if leaving.is_set():
                break
            try_quote(quote)


def try_quote(quote: Quote) -> None:
    """Whatever goes wrong, the quote stays sent and its paper is tried again later."""
    quote.attempted()
    try:
        keep(quote.printed, name_of(quote), print_quote(quote))
    except Exception:
        log.exception("quote_not_made", quote=quote.id, attempts=quote.attempts)


def language_of(quote: Quote) -> Language:
    """The reader's: the contact's, or else the customer's."""
    return quote.contact.tongue if quote.contact else quote.customer.language


def name_of(quote: Quote) -> str:
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(language_of(quote).locale):
        return gettext("Quote %(number)s", number=quote.number)


def print_quote(quote: Quote) -> bytes:
    """The quote as PDF bytes, in the reader's language and the organisation's time."""
    language = language_of(quote)
    images: dict[str, bytes] = {}
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(language.locale):
        g.organisation = Organisation.current()
        view = quote_view(quote, images, language)
        html = render_template("pdf/quote.html", quote=view)
        accent = g.organisation.accent
    return pdf.render(html, images=images, language=language.value, accent=accent)


def quote_view(quote: Quote, images: dict[str, bytes], language: Language) -> QuoteView:
    customer, facility, totals = quote.customer, quote.facility, quote.totals
    currency = g.organisation.currency
    reference = customer.document_reference or quote.made_by
    return QuoteView(
        number=str(quote.number),
        title=gettext("Quote"),
        language=language.value,
        organisation=sender(images),
        store=quote.store.name,
        customer=CustomerView(
            customer.name,
            customer.number,
            lines(customer.address, f"{customer.postcode} {customer.town}"),
            customer.org_number,
            own(customer, language),
        ),
        facility=FacilityView(
            facility.name,
            facility.number,
            lines(facility.address, f"{facility.postcode} {facility.town}"),
            own(facility, language),
        ),
        made_on=to_user_timezone(quote.sent_at or quote.created_at).date(),
        valid_until=quote.valid_until,
        heading=quote.heading,
        introduction=quote.introduction,
        terms=quote.terms,
        our_reference=reference.name if reference else "",
        your_reference=quote.contact.name if quote.contact else "",
        currency=currency,
        net=money(Money(totals.net, currency)),
        gross=money(Money(totals.gross, currency)),
        prices=tuple(price_view(line) for line in quote.written_lines),
        vats=tuple(vat_view(share) for share in totals.shares),
        own=own(quote, language),
    )


def price_view(line: Line) -> PriceView:
    return PriceView(
        line.text,
        short(line.quantity),
        line.unit,
        on_paper(line.price),
        f"{short(line.discount)}\N{NO-BREAK SPACE}%" if line.discount else "",
        on_paper(line.total),
        line.article.number if line.article_id else "",
    )


def vat_view(share: Share) -> VatView:
    return VatView(f"{short(share.rate)}\N{NO-BREAK SPACE}%", on_paper(share.vat))


def on_paper(minor: int) -> str:
    return amount(minor).replace("-", MINUS)
