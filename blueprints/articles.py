"""Articles: the register, the card with what happened, and suggestions for the fields where lines are written."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import amounts, cards, forms, lists, timeline
from blueprints.actions import Action, act, link
from blueprints.conflicts import both_values, chosen
from blueprints.forms import Form, RecordSelect
from blueprints.lists import Card, Cell, Screen, tab
from blueprints.web import blueprint, done, house, on, page
from blueprints.words import show as words
from models import sales_listings
from models.activity import Activity
from models.article import Article, ArticleGroup
from models.base import Money, Taken
from models.lifecycle import Conflict
from models.rights import Right, can
from tasks.figures import amount, short

bp = blueprint("articles")

LABELS = Article.LABELS


class ArticleForm(Form):
    number = forms.text(LABELS["number"], 32, required=True)
    name = forms.text(LABELS["name"], 120, required=True)
    group = RecordSelect(
        LABELS["group"], lambda user: ArticleGroup.in_order(), blank=_l("None"), words=lambda found: found.name
    )
    unit = forms.text(LABELS["unit"], 12)
    sales_price = amounts.amount(LABELS["sales_price"], required=True)
    purchase_price = amounts.amount(LABELS["purchase_price"])
    vat = amounts.VatSelect(LABELS["vat"])
    note = forms.long_text(LABELS["note"])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not current_user.has(Right.ARTICLE_SEE_PURCHASE_PRICE):
            del self.purchase_price


def row_url(row) -> str:
    return url_for("articles.show", id=row.id)


def card(row) -> Card:
    badges = [row.status] if row.status is Activity.INACTIVE else []
    return Card(row.name, row.number, [cards.joined(row.group, price_of(row))], badges=badges)


def price_of(row) -> str:
    return words(Money(row.sales_price, house().currency))


def new_one() -> Action:
    return link(_("New article"), url_for("articles.new"), icon="plus-lg", primary=True)


def actions() -> list[Action]:
    to_import = (
        [link(_("Import"), url_for("imports.index"), icon="upload")]
        if current_user.has(Right.REGISTER_IMPORT) and current_user.has(Right.ARTICLE_CREATE)
        else []
    )
    letters = link(_("Discount letters"), url_for("discount_letters.index"), icon="percent")
    return [letters, *to_import, *([new_one()] if current_user.has(Right.ARTICLE_CREATE) else [])]


def empty() -> SimpleNamespace:
    text = _("Here will be what you sell: spare parts, hours, travel. Lines on orders and quotes come from it.")
    action = new_one() if current_user.has(Right.ARTICLE_CREATE) else None
    return SimpleNamespace(icon="box-seam", title=_("No articles yet"), text=text, action=action)


SCREEN = Screen(
    sales_listings.articles,
    "articles.index",
    _l("Articles"),
    row_url=row_url,
    card=card,
    cells={
        "name": lambda row: Cell(row.name, row_url(row), strong=True),
        "sales_price": lambda row: Cell(amount(row.sales_price), numeric=True),
        "vat": lambda row: Cell(f"{short(row.vat)} %", numeric=True),
        "status": lambda row: Cell(badge=row.status) if row.status is Activity.INACTIVE else Cell(row.status.label),
    },
    actions=actions,
    empty=empty,
    tabs=lambda: [tab("articles.index", _("Active")), tab("articles.index", _("Inactive"), status="inactive")],
)
lists.routes(bp, SCREEN, Article)


@bp.get("/suggest")
@on(Article, "view")
def suggest() -> Response:
    """Options for the article field of any form."""
    typed = forms.clean(request.args.get("article"))[:80]
    return page("articles/suggest.html", articles=Article.suggested(current_user, typed) if typed else [])


@bp.get("/new")
@on(Article, "create")
def new() -> Response:
    return form_page(ArticleForm(None))


@bp.post("/new")
@on(Article, "create")
def add() -> Response:
    form = ArticleForm()
    if not form.validate():
        return form_page(form, status=422)
    try:
        article = Article.add(form.values(), by=current_user)
    except Taken:
        return taken(form)
    return done(_("%(name)s is added.", name=article.title), url_for("articles.show", id=article.id))


def form_page(form: ArticleForm, article: Article | None = None, *, status: int = 200) -> Response:
    return page("articles/edit.html", status=status, form=form, article=article, currency=house().currency)


def taken(form: ArticleForm, article: Article | None = None) -> Response:
    form.blame("number", _("There is an article with this number."))
    return form_page(form, article, status=422)


@bp.get("/<int:id>/edit")
@on(Article, "edit")
def edit(article: Article) -> Response:
    return form_page(ArticleForm.over(article), article)


@bp.post("/<int:id>/edit")
@on(Article, "edit")
def change(article: Article) -> Response:
    form = ArticleForm.over(article)
    if not form.validate():
        return form_page(form, article, status=422)
    try:
        article.change(chosen(form, article), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    except Taken:
        return taken(form, article)
    return done(_("%(name)s is saved.", name=article.title), url_for("articles.show", id=article.id))


@bp.get("/<int:id>")
@on(Article, "view")
def show(article: Article) -> Response:
    at = lambda endpoint: url_for(endpoint, id=article.id)  # noqa: E731
    verb, label = (
        ("inactivate", _("Inactivate %(name)s", name=article.name))
        if article.is_active
        else ("reactivate", _("Reactivate %(name)s", name=article.name))
    )
    return page(
        "articles/show.html",
        article=article,
        facts=facts(article),
        history=timeline.of_records(article),
        steps=[act(article, "edit", _("Edit"), at("articles.edit"), method="get", icon="pencil")],
        closing=act(article, verb, label, at(f"articles.{verb}"), danger=article.is_active),
        edit_url=at("articles.edit") if can(current_user, "edit", article) else "",
    )


def facts(article: Article) -> list[tuple[Any, Any]]:
    currency = house().currency
    cost = (
        [(LABELS["purchase_price"], words(article.purchase_price and Money(article.purchase_price, currency)))]
        if can(current_user, "see_purchase_price", article)
        else []
    )
    return [
        (LABELS["group"], article.group.name if article.group_id else ""),
        (LABELS["unit"], article.unit),
        (LABELS["sales_price"], words(Money(article.sales_price, currency))),
        *cost,
        (LABELS["vat"], f"{short(article.vat)} %"),
    ]


@bp.post("/<int:id>/inactivation")
@on(Article, "inactivate")
def inactivate(article: Article) -> Response:
    article.inactivate(by=current_user)
    return done(_("%(name)s is inactive.", name=article.title), url_for("articles.show", id=article.id))


@bp.post("/<int:id>/reactivation")
@on(Article, "reactivate")
def reactivate(article: Article) -> Response:
    article.reactivate(by=current_user)
    return done(_("%(name)s is active again.", name=article.title), url_for("articles.show", id=article.id))
