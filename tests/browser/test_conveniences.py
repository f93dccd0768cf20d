"""What scripts add to the pages: the reasons' panels, fragments, one act per click, the kept text, the dark switch."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import log_in


@pytest.fixture
def reasons(site, tab) -> Page:
    """A page with a button that cannot be pressed now."""
    login = site.first("technician")
    marked = 'class="why-btn" type="button"'
    path = next(link.path for link in site.pages(login) if marked in link.html)
    page = tab(login)
    page.goto(path)
    return page


@pytest.mark.parametrize("way", ["click", "Enter"])
def test_the_reasons_open_at_the_button_and_escape_closes_them(reasons, way):
    button = reasons.locator("main .why-btn[type=button]").first
    panel = reasons.locator(f"[id='{button.get_attribute('popovertarget')}']")
    expect(panel).to_be_hidden()
    button.focus()
    button.click() if way == "click" else button.press(way)
    expect(panel).to_be_visible()
    expect(panel.locator("li").first).not_to_be_empty()
    expect(button).to_have_attribute("aria-expanded", "true")
    reasons.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_reasons_open_at_a_tap(site, reasons):
    phone = site.context(
        viewport={"width": 390, "height": 800}, has_touch=True, storage_state=reasons.context.storage_state()
    )
    page = phone.new_page()
    page.goto(reasons.url)
    button = page.locator("main .why-btn[type=button]:visible").first
    button.tap()
    expect(page.locator(f"[id='{button.get_attribute('popovertarget')}']")).to_be_visible()
    phone.close()


def test_a_search_renews_the_list_and_not_the_page(site, tab):
    page = tab(site.first("owner"))
    page.goto("/customers/")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.fill("#list-q", "Brf Ripan")  # a restaurant has the other half of the name
    page.press("#list-q", "Enter")
    page.wait_for_url("**q=Brf*Ripan**")
    expect(page.locator("#main tbody tr")).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-same", "yes")


def test_a_double_click_acts_once(site, tab):
    page = tab(site.first("owner"))
    page.goto(next(link.path for link in site.pages(site.first("owner")) if link.endpoint == "customers.show"))
    page.fill("#comment", "Ring efter lunch.")
    page.locator("form:has(#comment) button").dblclick()
    expect(page.locator(".tl").get_by_text("Ring efter lunch.")).to_have_count(1)
    page.reload()
    expect(page.locator(".tl").get_by_text("Ring efter lunch.")).to_have_count(1)


@pytest.fixture
def alone(site) -> Iterator[Page]:
    """A form in a browser of its own: the others' tabs need their connection and their session."""
    context = site.context()
    page = context.new_page()
    log_in(page, site.first("owner"), site.password)
    page.goto("/customers/new")
    yield page
    context.close()


@pytest.mark.requirement("S0.17")
def test_what_was_typed_without_a_connection_survives_it_and_a_reload(alone):
    expect(alone.locator("#lost")).to_be_hidden()
    alone.context.set_offline(True)
    alone.fill("[name=name]", "Halvskriven AB")
    alone.locator("main form[data-keep] .btn-primary").first.click()
    expect(alone.locator("#lost")).to_be_visible()
    expect(alone.locator("[name=name]")).to_have_value("Halvskriven AB")
    alone.context.set_offline(False)
    expect(alone.locator("#lost")).to_be_hidden()
    alone.reload()
    expect(alone.locator("[name=name]")).to_have_value("Halvskriven AB")
    expect(alone.locator(".kept")).to_be_visible()


@pytest.mark.requirement("S0.17", "S0.18", "S0.19")
def test_a_lost_connection_says_which_side_is_away_and_what_to_check(alone):
    said = alone.locator("#lost [data-lost]:visible")
    alone.context.set_offline(True)
    expect(said).to_contain_text("nätverk")
    expect(alone.locator("#lost")).to_contain_text("0980-319 201")  # the support of the owner's store
    expect(alone.locator("#lost ol li")).to_have_count(3)
    alone.context.set_offline(False)
    expect(alone.locator("#lost")).to_be_hidden()
    wheres = {"unknown": lambda route: route.abort(), "server": lambda route: route.fulfill(status=502)}
    for where, answer in wheres.items():
        alone.route("**/favicon.svg*", answer)
        alone.evaluate("retry()")
        expect(said).to_have_attribute("data-lost", where)
        alone.unroute("**/favicon.svg*")
        alone.locator("[data-retry]").click()
        expect(alone.locator("#lost")).to_be_hidden()


def test_the_last_word_typed_before_a_reload_is_there_after_it(alone):
    alone.fill("[name=name]", "Snabb AB")
    alone.reload()
    expect(alone.locator("[name=name]")).to_have_value("Snabb AB")


def test_what_was_dropped_or_left_by_logging_out_stays_nowhere(alone):
    kept = "Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"
    alone.fill("[name=name]", "Kvar AB")
    alone.reload()
    alone.fill("[name=name]", "Kvarvarande AB")
    alone.locator("[data-drop-draft]").click()
    alone.reload()
    expect(alone.locator("[name=name]")).to_have_value("")
    alone.locator("[popovertarget=person]").click()
    alone.fill("[name=name]", "Hemlig AB")
    alone.evaluate("document.querySelector('form[data-forget]').requestSubmit()")
    alone.wait_for_url("**/login/")
    assert alone.evaluate(kept) == 0


def test_dark_is_chosen_and_stays(site, tab):
    page = tab(site.first("owner"))
    page.goto("/customers/")
    for theme in ("dark", ""):
        page.locator("[popovertarget=person]").click()
        page.locator(f"[data-themes] button[value='{theme}']").click()
        page.wait_for_load_state()
        page.goto("/orders/")
        assert page.evaluate("document.documentElement.dataset.bsTheme ?? ''") == theme


@pytest.mark.requirement("S0.4")
def test_connecting_loses_nothing_that_was_typed(site):
    context = site.context()
    page = context.new_page()
    page.goto("/login/")
    page.check("[name=disconnected]")
    page.fill("[name=login]", site.first("owner"))
    page.fill("[name=password]", site.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/customers/new")
    page.fill("[name=name]", "Halvskriven AB")
    page.locator("#disconnected button").click()
    expect(page.locator("#disconnected")).to_have_count(0)
    expect(page.locator("[name=name]")).to_have_value("Halvskriven AB")
    page.goto("/customers/")
    expect(page.locator("#disconnected")).to_have_count(0)
    context.close()


@pytest.mark.requirement("S0.17")
def test_what_was_typed_comes_back_after_a_logout_in_another_tab(site, alone):
    alone.fill("[name=name]", "Halvskriven AB")
    alone.context.clear_cookies()
    alone.locator("main form[data-keep] .btn-primary").first.click()
    alone.locator("[data-error] .btn-primary").click()
    alone.wait_for_url("**/login/**")
    alone.fill("[name=login]", site.first("owner"))
    alone.fill("[name=password]", site.password)
    alone.press("[name=password]", "Enter")
    alone.wait_for_url("**/customers/new")
    expect(alone.locator("[name=name]")).to_have_value("Halvskriven AB")


def test_back_to_a_form_that_was_sent_finds_it_empty_and_not_ready_to_be_sent_again(alone):
    alone.fill("[name=name]", "Tillbaka AB")
    alone.locator("main form[data-keep] .btn-primary").first.click()
    alone.wait_for_url(re.compile(r"/customers/\d+$"))
    alone.go_back()
    expect(alone.locator("main form[data-keep]")).to_be_visible()
    expect(alone.locator("[name=name]")).to_have_value("")
