"""The articles that every new order of a customer gets by itself."""

from types import SimpleNamespace

from flask import abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from blueprints import amounts, forms
from blueprints.forms import REQUIRED, Form
from blueprints.web import blueprint, done, on, page
from models.auto_article import AutoArticle
from models.customer import Customer

bp = blueprint("auto_articles", at="/customers")

LABELS = AutoArticle.LABELS


class AutoArticleForm(Form):
    article = amounts.ArticleField(LABELS["article"], [REQUIRED], filters=[forms.clean])
    quantity = amounts.quantity(LABELS["quantity"])
    on_work = forms.yes_no(LABELS["on_work"], default=True)
    on_service = forms.yes_no(LABELS["on_service"], default=True)

    def validate_on_service(self, field) -> None:
        if not (field.data or self.on_work.data):
            raise ValidationError(_("Choose at least one kind of order."))


@bp.get("/<int:id>/articles")
@on(Customer, "edit")
def index(customer: Customer) -> Response:
    return list_page(customer, AutoArticleForm(None))


def list_page(customer: Customer, form: AutoArticleForm, status: int = 200) -> Response:
    rows = [line(customer, row) for row in AutoArticle.of(customer)]
    return page("auto_articles/index.html", status=status, customer=customer, rows=rows, form=form)


def line(customer: Customer, row: AutoArticle) -> SimpleNamespace:
    url = url_for("auto_articles.drop", id=customer.id, auto_article_id=row.id)
    return SimpleNamespace(row=row, kinds=kinds_of(row), drop_url=url)


def kinds_of(row: AutoArticle) -> str:
    chosen = ((row.on_work, LABELS["on_work"]), (row.on_service, LABELS["on_service"]))
    return " · ".join(str(label) for ticked, label in chosen if ticked)


@bp.post("/<int:id>/articles")
@on(Customer, "edit")
def put(customer: Customer) -> Response:
    """Add one, or change how much and where; an article stands on the list once."""
    form = AutoArticleForm()
    if not form.validate():
        return list_page(customer, form, 422)
    AutoArticle.put(customer, form.values(), by=current_user)
    return done(_("%(name)s is on the list.", name=form.article.data.title), url_for(".index", id=customer.id))


@bp.post("/<int:id>/articles/<int:auto_article_id>/removal")
@on(Customer, "edit")
def drop(customer: Customer, auto_article_id: int) -> Response:
    row = next((row for row in AutoArticle.of(customer) if row.id == auto_article_id), None)
    if row is None:
        abort(404)
    row.drop(by=current_user)
    return done(_("%(name)s is off the list.", name=row.title), url_for(".index", id=customer.id), "neutral")
