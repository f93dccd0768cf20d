"""Articles, discounts, lines and quotes."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_OPEN_ARTICLE = Remedy(_l("Open the article"), "articles.show", {"id": "article"})
_OPEN_QUOTE = Remedy(_l("Open the quote"), "quotes.show", {"id": "quote_id"})

REASONS = (
    Reason(
        "discount.over_limit",
        422,
        _l("At most %(limit)s percent may be given on %(group)s"),
        _l("%(discount)s percent was asked for. The organisation sets the limit in its settings."),
        (Remedy(_l("Change the limit"), "article_groups.index", right="organisation.administer"),),
        lifted_by="organisation.administer",
    ),
    Reason(
        "discount.unknown_group",
        422,
        _l("Line %(line)s: there is no product group %(name)s"),
        _l("Nothing of the file is taken in."),
        (Remedy(_l("See the product groups"), "article_groups.index", right="organisation.administer"),),
    ),
    Reason(
        "discount.no_percent",
        422,
        _l("Line %(line)s: %(value)s is no percentage from 0 to 100"),
        _l("Nothing of the file is taken in."),
        (Remedy(_l("See the discount letters"), "discount_letters.index", right="article.view"),),
    ),
    Reason(
        "article.already_inactive",
        409,
        _l("The article is inactive already"),
        _l("Inactivated %(since)s."),
        (_OPEN_ARTICLE,),
    ),
    Reason("article.already_active", 409, _l("The article is active already"), remedies=(_OPEN_ARTICLE,)),
    Reason(
        "article_group.in_use",
        409,
        _l("There are articles in %(name)s"),
        _l("Articles: %(count)s."),
        (Remedy(_l("See these articles"), "articles.index", {"group": "group"}, right="article.view"),),
    ),
    Reason(
        "line.removed",
        409,
        _l("%(who)s has removed this line: %(line)s"),
        _l("Removed %(since)s."),
        (Remedy(_l("Open it as it is now"), "search.open", {"noun": "noun", "id": "id"}),),
    ),
    Reason(
        "order.invoiced",
        409,
        _l("The order is invoiced"),
        _l("What is on an invoice does not change any more."),
        (Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "quote.draft",
        409,
        _l("The quote is not sent yet"),
        remedies=(_OPEN_QUOTE,),
    ),
    Reason(
        "quote.sent",
        409,
        _l("The quote is sent and stays as the customer has it"),
        _l("Sent %(since)s. To offer something else, void it and make another."),
        (_OPEN_QUOTE,),
    ),
    Reason(
        "quote.answered",
        409,
        _l("The customer has answered this quote already"),
        _l("%(status)s, noted %(since)s."),
        (_OPEN_QUOTE,),
    ),
    Reason("quote.voided", 409, _l("The quote is voided"), _l("Voided %(since)s."), (_OPEN_QUOTE,)),
    Reason(
        "quote.empty",
        409,
        _l("The quote has no lines"),
        _l("Without a line there is nothing to accept."),
        (Remedy(_l("Add a line"), "quotes.add_line", {"id": "quote_id"}, right="quote.edit"),),
    ),
    Reason(
        "quote.expired",
        409,
        _l("The quote was valid until %(until)s"),
        _l("Give it a later day first."),
        (Remedy(_l("Change the day"), "quotes.show", {"id": "quote_id"}, right="quote.edit", anchor="valid-until"),),
    ),
    Reason(
        "quote.not_accepted",
        409,
        _l("The customer has not accepted the quote"),
        _l("Its status is %(status)s."),
        (_OPEN_QUOTE,),
    ),
    Reason(
        "quote.ordered",
        409,
        _l("The quote is order %(order)s already"),
        remedies=(Remedy(_l("Open the order"), "orders.show", {"id": "order_id"}),),
    ),
    Reason(
        "quote.other_contact",
        422,
        _l("%(contact)s is a contact of another customer"),
        remedies=(Remedy(_l("Open the customer"), "customers.show", {"id": "customer_id"}),),
    ),
    Reason(
        "quote.not_held_up",
        409,
        _l("Nothing holds this quote's PDF up"),
        _l("It is made, or is being made."),
        (_OPEN_QUOTE,),
    ),
)
