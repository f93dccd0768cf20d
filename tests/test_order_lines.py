"""Lines: what they cost, who writes them, what two people do to the same line, and when it is too late."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.amounts import Share, Totals, half_up, line_total
from models.article import Article, ArticleGroup
from models.auto_article import AutoArticle
from models.event import Event
from models.line import Line
from models.order import Order, OrderKind, OrderStatus
from models.order_line import OrderLine
from models.organisation import Organisation
from models.portal import PortalAccount, report_fault
from models.rights import Right
from models.user import UserRight
from tasks.figures import amount
from tests import factories
from tests.pages import form, said
from tests.test_refusals_provoked import codes

HUNDREDTHS = st.integers(1, 9_999_999).map(lambda number: Decimal(number).scaleb(-2))
PERCENT = st.integers(0, 10_000).map(lambda number: Decimal(number).scaleb(-2))
PRICE = st.integers(0, 99_999_999_999)
RATE = st.sampled_from([Decimal(rate) for rate in (25, 20, 15, 12, 7, 6, 0)] + [Decimal("11.11")])
LINE = st.tuples(HUNDREDTHS, PRICE, PERCENT, RATE)


@pytest.fixture
def order(cast) -> Order:
    return factories.order(cast.dispatcher, cast.lovskar, cast.shop)


@pytest.fixture
def goods(cast) -> Article:
    return factories.article(cast.owner)


def add(browser, order: Order, **values):
    return browser.post(f"/orders/{order.id}/lines/new", data={"quantity": "1", "vat": "25", **values})


def written(order: Order) -> list[tuple]:
    return [(line.text, line.quantity, line.price, line.discount, line.total) for line in order.written_lines]


# What a line comes to


@given(LINE)
@example((Decimal("0.01"), 50, Decimal(0), Decimal(25)))  # half of a minor unit goes up
def test_a_line_is_rounded_half_up_once(line):
    quantity, price, discount, _rate = line
    exact = quantity * price * (100 - discount) / 100
    assert abs(line_total(quantity, price, discount) - exact) <= Decimal("0.5")
    assert line_total(Decimal(1), price, Decimal(0)) == price
    assert line_total(quantity, price, Decimal(100)) == 0


@given(st.lists(LINE, max_size=20))
def test_what_is_printed_adds_up_to_what_is_stored(lines):
    """Per rate the VAT is reckoned on the sum of rounded lines, and every printed figure is a stored one."""
    made = [OrderLine(quantity=q, price=p, discount=d, vat=r, total=line_total(q, p, d)) for q, p, d, r in lines]
    totals = Totals.of(made)
    printed = [_read(amount_in_english(line.total)) for line in made]
    assert sum(printed) == totals.net == sum(share.net for share in totals.shares)
    for share in totals.shares:
        assert share.net == sum(line.total for line in made if line.vat == share.rate)
        assert share.vat == half_up(share.net * share.rate / 100)
    assert totals.gross == totals.net + sum(_read(amount_in_english(share.vat)) for share in totals.shares)
    assert [share.rate for share in totals.shares] == sorted({line.vat for line in made}, reverse=True)


def amount_in_english(minor: int) -> str:
    from babel.numbers import format_decimal

    return format_decimal(Decimal(minor).scaleb(-2), format="#,##0.00", locale="en_GB")


def _read(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def test_amounts_are_written_the_readers_way(cast):
    from flask_babel import force_locale

    with cast.app.test_request_context():
        ways = {}
        for language in ("sv", "nb", "uk", "en_GB"):
            with force_locale(language):
                ways[language] = amount(-123456789).replace("\u00a0", " ").replace("\u202f", " ")
    assert ways["en_GB"] == "-1,234,567.89"
    assert {way.replace("\N{MINUS SIGN}", "-") for name, way in ways.items() if name != "en_GB"} == {"-1 234 567,89"}


def test_vat_is_reckoned_on_the_sum_of_each_rate():
    lines = [
        OrderLine(vat=Decimal(25), total=1),
        OrderLine(vat=Decimal(25), total=1),
        OrderLine(vat=Decimal(6), total=50),
    ]
    assert Totals.of(lines).shares == (Share(Decimal(25), 2, 1), Share(Decimal(6), 50, 3))


def test_the_columns_give_back_what_was_put_in(order, goods, cast):
    line = order.add_line({"article": goods, "quantity": Decimal("12345.67"), "price": 2**40}, by=cast.dispatcher)
    kept = OrderLine.get_by_id(line.id)
    assert (kept.quantity, kept.price, kept.vat) == (Decimal("12345.67"), 2**40, Decimal(25))
    assert kept.total == half_up(Decimal("12345.67") * 2**40)


# Writing them


def test_a_line_takes_text_unit_prices_and_vat_from_the_article_and_keeps_them(cast, order, goods):
    answer = add(cast.at("dispatcher"), order, article="4711", quantity="2,5")
    assert answer.location.endswith(f"/orders/{order.id}#lines")
    (line,) = order.written_lines
    assert (line.text, line.unit, line.price, line.cost, line.vat) == ("Filter G4", "pcs", 34_900, 12_050, Decimal(25))
    assert (line.quantity, line.total, line.automatic) == (Decimal("2.50"), 87_250, False)
    goods.change({"name": "Dearer", "sales_price": 99_900}, by=cast.owner, seen=1)
    assert written(order) == [("Filter G4", Decimal("2.5"), 34_900, Decimal(0), 87_250)]
    event = Event.about(order).first()
    assert (event.verb, event.data["line"], event.internal) == ("order.line_added", "Filter G4", True)


@pytest.mark.parametrize("typed", ["4711", "4711 Filter G4", "filter g4"])
def test_an_article_is_found_by_number_or_name(cast, order, goods, typed):
    add(cast.at("dispatcher"), order, article=typed)
    assert [line.article for line in order.written_lines] == [goods]


def test_a_line_without_an_article_has_its_own_text_and_needs_a_price(cast, order):
    browser = cast.at("dispatcher")
    refused = add(browser, order, article="Scaffolding hired")
    assert (refused.status_code, "A line without an article needs a price." in refused.text) == (422, True)
    assert 'value="Scaffolding hired"' in refused.text
    add(browser, order, article="Scaffolding hired", price="1 250,50", unit="day", vat="12")
    (line,) = order.written_lines
    assert (line.article, line.text, line.price, line.vat) == (None, "Scaffolding hired", 125_050, Decimal(12))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"article": ""}, "Fill this in."),
        ({"quantity": "0"}, "A quantity from 0.01"),
        ({"quantity": "many"}, "Write a number"),
        ({"price": "-1"}, "An amount from 0"),
        ({"discount": "101"}, "A percentage from 0 to 100"),
        ({"vat": "99"}, "Not a valid choice"),
        ({"vat": "lots"}, "Invalid Choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(cast, order, goods, values, sentence):
    answer = add(cast.at("dispatcher"), order, **{"article": "4711", **values})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert written(order) == []


def test_an_inactive_article_is_not_chosen(cast, order, goods):
    goods.inactivate(by=cast.owner)
    assert add(cast.at("dispatcher"), order, article="4711", price="").status_code == 422
    assert "4711" not in cast.at("dispatcher").get("/articles/suggest?article=471").text
    goods.reactivate(by=cast.owner)
    assert "4711 Filter G4" in cast.at("dispatcher").get("/articles/suggest?article=471").text


def test_the_technician_adds_articles_on_the_phone_and_stays_there(cast, order, goods):
    order.assign([cast.technician], by=cast.dispatcher)
    order.start(by=cast.technician)
    browser = cast.at("technician")
    page = browser.get(f"/orders/{order.id}/work").text
    assert 'id="articles-known"' in page
    answer = add(browser, order, article="4711", next=f"/orders/{order.id}/work#lines")
    assert answer.location == f"/orders/{order.id}/work#lines"
    assert "Filter G4" in browser.get(f"/orders/{order.id}/work").text
    elsewhere = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    assert add(browser, elsewhere, article="4711").status_code == 404


def test_who_may_not_change_the_order_sees_its_lines_and_the_reason(cast, order, goods):
    order.add_line({"article": goods}, by=cast.dispatcher)
    browser = cast.at("finance")
    page = said(browser.get(f"/orders/{order.id}").text)
    assert "Filter G4" in page and "You lack the right" in page
    assert add(browser, order, article="4711").status_code == 403
    assert order.lines.count() == 1


# Discounts


def letter_of(cast, **values):
    letter = factories.discount_letter(cast.owner, **values)
    cast.lovskar.change({"discount_letter": letter}, by=cast.dispatcher, seen=cast.lovskar.version)
    return letter


@pytest.mark.requirement("S2.9")
def test_the_customers_letter_gives_its_discount_per_group(cast, order, goods):
    hours = factories.article(cast.owner, "9000", "Hour", group=factories.article_group(cast.owner, "Hours"))
    letter_of(cast, **{f"group_{hours.group_id}": Decimal("2.5")})
    order.reload()
    for article in (goods, hours):
        order.add_line({"article": article}, by=cast.dispatcher)
    assert [line.discount for line in order.written_lines] == [Decimal(10), Decimal("2.5")]
    assert [line.total for line in order.written_lines] == [31_410, half_up(Decimal(34_900) * Decimal("0.975"))]


def test_a_letter_outside_its_days_gives_nothing(cast, order, goods):
    from datetime import timedelta

    today = Organisation.today()
    letter = letter_of(cast, valid_from=today + timedelta(days=1))
    order.reload()
    assert order.offer(goods)["discount"] == 0
    letter.change({"valid_from": today, "valid_until": today}, by=cast.owner, seen=1)
    order.reload()
    assert order.offer(goods)["discount"] == 10
    letter.inactivate(by=cast.owner)
    order.reload()
    assert order.offer(goods)["discount"] == 0


@pytest.mark.requirement("S0.15")
@pytest.mark.requirement("S0.16")
def test_nobody_gives_more_than_the_group_allows(cast, order, goods):
    goods.group.change({"max_discount": Decimal(30)}, by=cast.owner, seen=1)
    browser = cast.at("dispatcher")
    refused = add(browser, order, article="4711", discount="31")
    assert refused.status_code == 422
    page = said(refused.text)
    assert "At most 30 percent may be given on Filters" in page
    assert "Olga Owner (Owner)" in page  # who can change the limit
    assert "/settings/article-groups/" in add(cast.at("owner"), order, article="4711", discount="31").text
    assert written(order) == []
    add(browser, order, article="4711", discount="30")
    assert codes(lambda: order.add_line({"article": goods, "discount": Decimal("30.01")}, by=cast.owner)) == {
        "discount.over_limit"
    }
    (line,) = order.written_lines
    raised = browser.post(
        f"/orders/{order.id}/lines/{line.id}",
        data=form(browser.get(f"/orders/{order.id}/lines/{line.id}").text) | {"discount": "40"},
    )
    assert raised.status_code == 422
    assert [line.discount for line in order.written_lines] == [Decimal(30)]


def test_a_letter_is_cut_at_the_limit_that_came_later(cast, order, goods):
    letter_of(cast)
    goods.group.change({"max_discount": Decimal(4)}, by=cast.owner, seen=1)
    order.reload()
    fresh = Article.visible_to(cast.owner).where(Article.id == goods.id).get()
    assert order.offer(fresh)["discount"] == Decimal(4)


def test_only_administrators_set_the_limit(cast, goods):
    browser, where = cast.at("finance"), f"/settings/article-groups/{goods.group_id}"
    assert browser.get("/settings/article-groups/").status_code == 403
    assert browser.post(where, data={"name": "Filters", "max_discount": "99", "version": "1"}).status_code == 403
    assert codes(lambda: goods.group.change({"max_discount": Decimal(99)}, by=cast.finance, seen=1)) == {
        "right.missing"
    }
    cast.at("owner").post(where, data={"name": "Filters", "max_discount": "12,5", "version": "1"})
    assert ArticleGroup.get_by_id(goods.group_id).max_discount == Decimal("12.5")


# Changing and removing


def edit(browser, order: Order, line: Line) -> dict:
    return form(browser.get(f"/orders/{order.id}/lines/{line.id}").text)


def test_a_line_is_changed_and_the_log_says_what(cast, order, goods):
    line = order.add_line({"article": goods}, by=cast.dispatcher)
    browser = cast.at("dispatcher")
    fields = edit(browser, order, line)
    assert (fields["price"], fields["quantity"], fields["discount"]) == ("349.00", "1", "0")
    browser.post(f"/orders/{order.id}/lines/{line.id}", data=fields | {"price": "300", "quantity": "3"})
    assert written(order) == [("Filter G4", Decimal(3), 30_000, Decimal(0), 90_000)]
    page = said(browser.get(f"/orders/{order.id}?show=changes").text)
    assert "Unit price 349.00 → 300.00" in page
    assert "Quantity 1.00 → 3.00" in page


def test_two_people_change_different_fields_and_both_stay(cast, order, goods):
    line = order.add_line({"article": goods}, by=cast.dispatcher)
    first, second = cast.at("dispatcher"), cast.at("owner")
    mine, theirs = edit(first, order, line), edit(second, order, line)
    url = f"/orders/{order.id}/lines/{line.id}"
    second.post(url, data=theirs | {"quantity": "4"})
    assert first.post(url, data=mine | {"text": "Filter, washable"}).status_code == 302
    assert written(order) == [("Filter, washable", Decimal(4), 34_900, Decimal(0), 139_600)]


def test_two_people_change_the_same_field_and_the_second_chooses(cast, order, goods):
    line = order.add_line({"article": goods}, by=cast.dispatcher)
    first, second = cast.at("dispatcher"), cast.at("owner")
    mine, theirs = edit(first, order, line), edit(second, order, line)
    url = f"/orders/{order.id}/lines/{line.id}"
    second.post(url, data=theirs | {"price": "400"})
    asked = first.post(url, data=mine | {"price": "500"})
    assert asked.status_code == 409
    page = said(asked.text)
    assert "Olga Owner" in page and "400.00" in page and "500.00" in page
    assert written(order)[0][2] == 40_000
    first.post(url, data=form(asked.text) | {"keep-price": "yours"})
    assert written(order)[0][2] == 50_000


def test_of_two_who_remove_a_line_one_is_told_that_it_is_gone(cast, order, goods):
    line = order.add_line({"article": goods}, by=cast.dispatcher)
    url = f"/orders/{order.id}/lines/{line.id}"
    assert cast.at("owner").post(f"{url}/removal").status_code == 302
    for answer in (cast.at("dispatcher").post(f"{url}/removal"), cast.at("dispatcher").get(url)):
        assert answer.status_code == 409
        assert "Olga Owner has removed this line: Filter G4" in said(answer.text)
    assert codes(lambda: order.line(line.id)) == {"line.removed"}
    assert cast.at("dispatcher").get(f"/orders/{order.id}/lines/999").status_code == 404
    assert [event.verb for event in Event.about(order)][:2] == ["order.line_removed", "order.line_added"]


@pytest.mark.parametrize(
    ("status", "code"), [(OrderStatus.INVOICED, "order.invoiced"), (OrderStatus.VOIDED, "order.voided")]
)
def test_what_is_invoiced_or_voided_keeps_its_lines(cast, order, goods, status, code):
    line = order.add_line({"article": goods}, by=cast.dispatcher)
    Order.update(status=status, voided_at=order.created_at).where(Order.id == order.id).execute()
    order.reload()
    acts = (
        lambda: order.add_line({"article": goods}, by=cast.owner),
        lambda: order.change_line(line, {"price": 1}, by=cast.owner, seen=1),
        lambda: order.remove_line(line, by=cast.owner),
    )
    assert [codes(act) for act in acts] == [{code}] * 3
    page = cast.at("dispatcher").get(f"/orders/{order.id}").text
    assert "Filter G4" in page and f"/orders/{order.id}/lines/{line.id}" not in page
    assert len(written(order)) == 1


def test_what_was_used_on_a_performed_order_is_still_written_down(cast, order, goods):
    Order.update(status=OrderStatus.PERFORMED, performed_at=order.created_at).where(Order.id == order.id).execute()
    assert add(cast.at("dispatcher"), order, article="4711").status_code == 302


# Who reads what


def test_purchase_prices_are_only_for_those_with_the_right(cast, order, goods):
    order.add_line({"article": goods}, by=cast.dispatcher)
    assert "Left over the purchase prices" not in cast.at("dispatcher").get(f"/orders/{order.id}").text
    page = said(cast.at("owner").get(f"/orders/{order.id}").text)
    assert "Left over the purchase prices 228.50" in page


@pytest.mark.requirement("S4.22")
def test_the_portal_shows_lines_where_the_setting_says_so_and_never_purchase_prices(cast, order, goods):
    order.add_line({"article": goods}, by=cast.dispatcher)
    where = f"/portal/orders/{order.id}"
    assert "Filter G4" not in cast.at("marit").get(where).text
    Organisation.update(portal_show_lines=True).execute()
    PortalAccount.update(show_purchase_lines=True).execute()
    page = cast.at("marit").get(where).text
    assert "Filter G4" in page and "349.00" in page and "436.25" in page
    assert "120.50" not in page and "added Filter G4" not in page
    assert cast.at("linnea").get(where).status_code == 404


# Articles that come by themselves


def every_order(cast, goods, **values) -> None:
    kinds = {"quantity": Decimal(2), "on_work": True, "on_service": True, **values}
    AutoArticle.put(cast.lovskar, {"article": goods, **kinds}, by=cast.dispatcher)


def by_hand(cast) -> Order:
    return factories.order(cast.dispatcher, cast.lovskar, cast.shop)


def from_report(cast) -> Order:
    return factories.fault_report(cast.marit, cast.lovskar, cast.shop).accept(by=cast.dispatcher)


def directly(cast) -> Order:
    PortalAccount.update(order_directly=True).execute()
    facts = {"heading": "Warm", "description": "", "facility": cast.shop}
    return report_fault(facts, by=cast.marit).orders.get()


@pytest.mark.requirement("S2.9")
@pytest.mark.parametrize("source", [by_hand, from_report, directly], ids=lambda source: source.__name__)
def test_every_new_order_gets_them_whatever_it_comes_from(cast, goods, source):
    every_order(cast, goods)
    (line,) = source(cast).written_lines
    assert (line.text, line.quantity, line.automatic) == ("Filter G4", Decimal(2), True)
    assert Event.select().where(Event.verb == "order.line_automatic").count() == 1


def test_they_come_to_the_kinds_of_order_that_were_chosen(cast, goods):
    every_order(cast, goods, on_work=False)
    work = by_hand(cast)
    service = factories.order(cast.dispatcher, cast.lovskar, cast.shop, kind=OrderKind.SERVICE)
    others = factories.order(cast.dispatcher, cast.hotel, cast.laundry, kind=OrderKind.SERVICE)
    assert [order.lines.count() for order in (work, service, others)] == [0, 1, 0]
    goods.inactivate(by=cast.owner)
    assert factories.order(cast.dispatcher, cast.lovskar, cast.shop, kind=OrderKind.SERVICE).lines.count() == 0


def test_with_the_order_its_lines_are_taken_back(cast, goods, monkeypatch):
    """The same transaction: where the making breaks off there is neither."""
    every_order(cast, goods)

    def broken(*_args, **_kwargs):
        raise OSError("away")

    monkeypatch.setattr("models.order.OrderAssignment.create", broken)
    cast.lovskar.assign([cast.technician], by=cast.owner)
    with pytest.raises(OSError):
        by_hand(cast)
    assert (Order.select().count(), OrderLine.select().count()) == (0, 0)


def test_the_list_is_kept_on_the_customers_card(cast, goods):
    browser, where = cast.at("dispatcher"), f"/customers/{cast.lovskar.id}/articles"
    neither = browser.post(where, data={"article": "4711", "quantity": "1"})
    assert (neither.status_code, "Choose at least one kind of order" in neither.text) == (422, True)
    unknown = browser.post(where, data={"article": "nothing", "quantity": "1", "on_work": "y"})
    assert (unknown.status_code, "No article has this number or name" in unknown.text) == (422, True)
    browser.post(where, data={"article": "4711", "quantity": "1", "on_work": "y"})
    browser.post(where, data={"article": "4711", "quantity": "3", "on_work": "y"})
    (row,) = AutoArticle.of(cast.lovskar)
    assert (row.quantity, row.on_work, row.on_service) == (Decimal(3), True, False)
    assert "4711 Filter G4" in browser.get(f"/customers/{cast.lovskar.id}").text
    assert browser.post(f"{where}/999/removal").status_code == 404
    browser.post(f"{where}/{row.id}/removal")
    assert AutoArticle.of(cast.lovskar) == []
    verbs = [event.verb for event in Event.about(cast.lovskar)]
    assert verbs == ["customer.auto_article_removed", "customer.auto_article_set", "customer.auto_article_set"]
    assert cast.at("technician").get(where).status_code == 404


def test_purchase_prices_may_be_given_to_a_person(cast, order, goods):
    order.add_line({"article": goods}, by=cast.dispatcher)
    UserRight.create(user=cast.dispatcher, right=Right.ARTICLE_SEE_PURCHASE_PRICE, granted=True)
    cast.dispatcher.forget_rights()
    assert "228.50" in cast.at("dispatcher").get(f"/orders/{order.id}").text


def test_an_order_costs_as_many_queries_with_many_lines_as_with_few(cast, order, goods):
    from tests.counting import queries

    browser, counted = cast.at("owner"), []
    for _ in range(2):
        for _ in range(6):
            order.add_line({"article": goods}, by=cast.owner)
        browser.get(f"/orders/{order.id}")
        with queries() as seen:
            browser.get(f"/orders/{order.id}")
        counted.append(len(seen))
    assert counted[1] <= counted[0]


def test_the_customers_timeline_is_not_flooded_with_lines(cast, order, goods):
    order.add_line({"article": goods}, by=cast.dispatcher)
    assert "added Filter G4" in said(cast.at("dispatcher").get(f"/orders/{order.id}").text)
    for where in (f"/customers/{cast.lovskar.id}", f"/facilities/{cast.shop.id}"):
        page = said(cast.at("dispatcher").get(where).text)
        assert "added Filter G4" not in page and "Yearly service" in page
