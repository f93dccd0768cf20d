"""The article register: list, search, form, card, groups, who sees what, and the import."""

from datetime import date
from decimal import Decimal

import pytest

from models import vat
from models.amounts import Minor
from models.article import Article, ArticleGroup
from models.base import Country
from models.event import Event
from models.refusals import Refused
from models.register import RegisterName
from tests import factories
from tests.pages import form, said
from tests.registers import bring, counts, problems, table
from tests.test_refusals_provoked import codes

WITHOUT_RIGHT = 403


@pytest.fixture
def goods(cast) -> Article:
    return factories.article(cast.owner)


def new(browser, **values):
    fields = {"number": "100", "name": "Pressure switch", "sales_price": "1 250,50", "vat": "25", "unit": "pcs"}
    return browser.post("/articles/new", data={**fields, "group": "", **values})


def test_an_article_is_added_with_its_prices_in_minor_units(cast):
    group = factories.article_group(cast.owner)
    answer = new(cast.at("owner"), group=str(group.id), purchase_price="800", note="Two weeks")
    made = Article.get(Article.number == "100")
    assert answer.location == f"/articles/{made.id}"
    assert (made.sales_price, made.purchase_price, made.vat) == (125_050, 80_000, Decimal(25))
    assert (made.group, made.unit, made.note) == (group, "pcs", "Two weeks")
    assert [event.verb for event in Event.about(made)] == ["article.created"]
    page = said(cast.at("owner").get(f"/articles/{made.id}").text)
    assert "SEK" in page and "1,250.50" in page and "800.00" in page and "Two weeks" in page


def test_a_number_belongs_to_one_article(cast, goods):
    again = new(cast.at("owner"), number="4711")
    assert (again.status_code, "There is an article with this number." in again.text) == (422, True)
    other = factories.article(cast.owner, "4712")
    fields = form(cast.at("owner").get(f"/articles/{other.id}/edit").text)
    assert cast.at("owner").post(f"/articles/{other.id}/edit", data=fields | {"number": "4711"}).status_code == 422
    assert new(cast.at("owner"), sales_price="free").status_code == 422
    assert Article.select().count() == 2


def test_a_change_is_on_the_log_and_two_people_merge(cast, goods):
    first, second = cast.at("owner"), cast.at("finance")
    url = f"/articles/{goods.id}/edit"
    mine, theirs = form(first.get(url).text), form(second.get(url).text)
    assert (mine["sales_price"], mine["purchase_price"]) == ("349.00", "120.50")
    second.post(url, data=theirs | {"sales_price": "399"})
    assert first.post(url, data=mine | {"name": "Filter G4, washable"}).status_code == 302
    goods.reload()
    assert (goods.name, goods.sales_price) == ("Filter G4, washable", 39_900)
    assert "Price 349.00 → 399.00" in said(first.get(f"/articles/{goods.id}?show=changes").text)
    mine = form(first.get(url).text)
    second.post(url, data=form(second.get(url).text) | {"sales_price": "1"})
    both = first.post(url, data=mine | {"sales_price": "2"})
    assert (both.status_code, "399.00" in both.text) == (409, True)


def test_purchase_prices_are_nowhere_for_those_without_the_right(cast, goods):
    goods.change({"purchase_price": Minor(77_777)}, by=cast.owner, seen=1)
    factories.article_group(cast.owner)
    browser = cast.at("dispatcher")
    for where in (
        "",
        f"{goods.id}",
        f"{goods.id}?show=changes",
        f"{goods.id}/edit",
        "export/csv",
        "?sort=purchase_price",
    ):
        text = browser.get(f"/articles/{where}").get_data(as_text=True)
        assert "777" not in text and "120.50" not in text and "120,50" not in text, where
    fields = form(browser.get(f"/articles/{goods.id}/edit").text)
    assert "purchase_price" not in fields
    browser.post(f"/articles/{goods.id}/edit", data=fields | {"purchase_price": "1", "name": "New name"})
    goods.reload()
    assert (goods.name, goods.purchase_price) == ("New name", 77_777)
    assert codes(lambda: goods.change({"purchase_price": Minor(1)}, by=cast.dispatcher, seen=3)) == {"right.missing"}
    assert "777.77" in cast.at("owner").get(f"/articles/{goods.id}").text
    assert "777.77" in cast.at("owner").get("/articles/export/csv").get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "sees", "adds"),
    [("dispatcher", 200, 302), ("technician", 200, 403), ("cashier", 200, 403), ("finance", 200, 302)],
)
def test_who_sees_and_who_adds(cast, goods, who, sees, adds):
    browser = cast.at(who)
    assert browser.get(f"/articles/{goods.id}").status_code == sees
    assert new(browser).status_code == adds


def test_the_portal_has_no_register_of_articles(cast, goods):
    assert list(Article.visible_to(cast.marit)) == []
    assert cast.at("marit").get("/articles/").status_code == 404


def test_an_article_is_inactivated_and_comes_back(cast, goods):
    browser = cast.at("dispatcher")
    browser.post(f"/articles/{goods.id}/inactivation")
    shown = f'href="/articles/{goods.id}"'
    assert shown not in browser.get("/articles/").text
    assert shown in browser.get("/articles/?status=inactive").text
    goods.reload()
    assert codes(lambda: goods.inactivate(by=cast.owner)) == {"article.already_inactive"}
    browser.post(f"/articles/{goods.id}/reactivation")
    goods.reload()
    assert codes(lambda: goods.reactivate(by=cast.owner)) == {"article.already_active"}
    verbs = [event.verb for event in Event.about(goods)]
    assert verbs == ["article.reactivated", "article.inactivated", "article.created"]


def test_the_list_searches_filters_and_sorts(cast, goods):
    hours = factories.article(
        cast.owner, "9000", "Hour, cooling", group=factories.article_group(cast.owner, "Hours"), sales_price=99_500
    )
    browser = cast.at("dispatcher")
    assert "Hour, cooling" not in browser.get("/articles/?q=filter").text
    assert "Filter G4" not in browser.get(f"/articles/?group={hours.group_id}").text
    page = browser.get("/articles/?sort=sales_price&direction=desc").text
    assert page.index("Hour, cooling") < page.index("Filter G4")
    assert "Filter G4" in browser.get("/search/?q=4711").text


# Product groups


def test_a_group_is_kept_in_the_settings_and_goes_only_when_it_is_empty(cast, goods):
    browser = cast.at("owner")
    browser.post("/settings/article-groups/", data={"name": "Hours", "max_discount": ""})
    assert browser.post("/settings/article-groups/", data={"name": "Hours"}).status_code == 422
    assert browser.post("/settings/article-groups/", data={"name": "", "max_discount": "x"}).status_code == 422
    hours = ArticleGroup.get(ArticleGroup.name == "Hours")
    assert hours.max_discount is None
    where = f"/settings/article-groups/{hours.id}"
    assert browser.post(where, data={"name": "Filters", "version": "1"}).status_code == 422
    browser.post(where, data={"name": "Working hours", "max_discount": "5", "version": "1"})
    assert "At most 5 % discount" in browser.get("/settings/article-groups/").text
    assert codes(lambda: goods.group.remove(by=cast.owner)) == {"article_group.in_use"}
    refused = browser.post(f"/settings/article-groups/{goods.group_id}/removal")
    assert refused.status_code == 409
    browser.post(f"{where}/removal")
    assert [group.name for group in ArticleGroup.select()] == ["Filters"]
    with pytest.raises(Refused):
        ArticleGroup.add({"name": "Mine"}, by=cast.dispatcher)


def test_two_administrators_change_a_group(cast, goods):
    browser, where = cast.at("owner"), f"/settings/article-groups/{goods.group_id}"
    goods.group.change({"max_discount": Decimal(10)}, by=cast.administrator, seen=1)
    both = browser.post(where, data={"name": "Filters", "max_discount": "20", "version": "1"})
    assert both.status_code == 409
    assert ArticleGroup.get_by_id(goods.group_id).max_discount == Decimal(10)


# VAT


@pytest.mark.parametrize(
    ("country", "day", "rates"),
    [
        (Country.SE, date(2026, 3, 31), ["25", "12", "6", "0"]),
        (Country.NO, date(2026, 11, 25), ["25", "15", "12", "11.11", "0"]),
        (Country.UA, date(2026, 11, 25), ["20", "14", "7", "0"]),
    ],
)
def test_the_rates_are_those_of_the_country_and_the_day(country, day, rates):
    assert [str(rate) for rate in vat.rates_on(country, day)] == rates


def test_swedish_food_has_the_lower_rate_for_its_months_only():
    def food(day: date) -> list[str]:
        found = vat.rates_on(Country.SE, day).items()
        return [str(rate) for rate, uses in found if "Food" in [str(use) for use in uses]]

    days = (date(2026, 3, 31), date(2026, 4, 1), date(2027, 12, 31), date(2028, 1, 1))
    assert [food(day) for day in days] == [["12"], ["6"], ["6"], ["12"]]


def test_a_rate_that_is_in_force_no_more_stays_with_the_article_that_has_it(cast, goods):
    Article.update(vat=Decimal(17)).where(Article.id == goods.id).execute()
    browser = cast.at("owner")
    fields = form(browser.get(f"/articles/{goods.id}/edit").text)
    assert Decimal(fields["vat"]) == 17
    browser.post(f"/articles/{goods.id}/edit", data=fields | {"name": "Old"})
    assert Article.get_by_id(goods.id).vat == Decimal(17)


# The import

HEAD = "Artikelnr;Benämning;Varugrupp;Enhet;Pris;Inköpspris;Moms"


@pytest.mark.requirement("S2.4")
def test_a_register_of_articles_comes_in_and_again_changes_only_what_differs(cast, goods):
    rows = ("4711;Filter G4;Filters;st;349,00;120,50;25 %", "0815;Timme, kyla;;tim;1 095,00;;25,00")
    job = bring(cast, table(HEAD, *rows), RegisterName.ARTICLES)
    assert counts(job) == (1, 1, 0, 0)
    made = Article.get(Article.number == "0815")
    assert (made.name, made.group, made.sales_price, made.purchase_price) == ("Timme, kyla", None, 109_500, None)
    assert (made.vat, made.unit) == (Decimal(25), "tim")
    assert Event.about(made).get().verb == "article.imported"
    assert list(Article.select().where(Article.matches("timme kyl"))) == [made]
    assert Event.about(goods).first().changes == {"unit": {"old": "pcs", "new": "st"}}
    assert counts(bring(cast, table(HEAD, *rows, ""), RegisterName.ARTICLES)) == (0, 0, 2, 0)


def test_each_wrong_cell_of_the_register_is_said(cast, goods):
    rows = (
        "1;A;Unknown;st;1;;25",
        "2;B;;st;dear;;25",
        "3;C;;st;1;;24",
        ";D;;st;1;;25",
        "4711;Filter G5;filters;st;1;;25",
    )
    job = bring(cast, table(HEAD, *rows), RegisterName.ARTICLES)
    assert counts(job) == (0, 1, 0, 4)
    assert [(line, heading) for line, heading, _, _ in problems(job)] == [
        (2, "Varugrupp"),
        (3, "Pris"),
        (4, "Moms"),
        (5, "Artikelnr"),
    ]
    assert "There is no product group of this name" in problems(job)[0][3]
    assert "No such VAT rate is in force; there are: 25, 12, 6, 0." in problems(job)[2][3]


def test_purchase_prices_are_imported_by_those_who_may_see_them(cast, goods):
    job = bring(cast, table(HEAD, "4711;Filter G4;Filters;pcs;349;1;25"), RegisterName.ARTICLES, by=cast.dispatcher)
    assert (counts(job), problems(job)[0][3]) == ((0, 0, 0, 1), "You may not set purchase prices.")
    bring(cast, table(HEAD, "4711;Filter G4;Filters;pcs;349;1;25"), RegisterName.ARTICLES)
    goods.reload()
    assert goods.purchase_price == 100
    assert Event.about(goods).first().changes == {"purchase_price": {"old": "•••", "new": "•••"}}
