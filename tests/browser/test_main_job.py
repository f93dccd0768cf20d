"""The main job in a real browser: a customer reports on a phone, the office accepts, a technician signs
and finishes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import log_in

WAYS = [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")]
CUSTOMER = "ripan"  # whose reports wait for the office; some customers' become orders by themselves
PHONE = {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True}


@pytest.fixture(params=WAYS)
def people(site, request):
    """Three people at browsers of their own: the customer and the technician on phones, the dispatcher at a desk."""
    contexts = {}
    for role in ("portal", "dispatcher", "technician"):
        size = {} if role == "dispatcher" else PHONE
        contexts[role] = site.context(java_script_enabled=request.param, **size)
        login = CUSTOMER if role == "portal" else site.first(role)
        log_in(contexts[role].new_page(), login, site.password)
    yield {role: context.pages[0] for role, context in contexts.items()}
    for context in contexts.values():
        context.close()


def test_from_the_report_to_the_signed_protocol(site, people):
    heading = report(people["portal"])
    order = accept(people["dispatcher"], heading)
    number = re.search(r"\d+", people["dispatcher"].title())[0]
    assign(people["dispatcher"], site.first("technician"))
    protocol = carry_out(people["technician"], order)
    expect(protocol.locator("h1")).to_contain_text(number)
    people["portal"].goto("/portal/protocols/")
    expect(people["portal"].locator("#main")).to_contain_text(number)


def report(page: Page) -> str:
    page.goto("/portal/fault-reports/new")
    place = page.locator("[name=facility]")
    if place.first.evaluate("(field) => field.tagName") == "SELECT":
        place.select_option(index=1)
    else:
        place.first.check(force=True)
    heading = f"Kylen larmar {page.evaluate('Date.now()')}"
    page.fill("[name=heading]", heading)
    page.fill("[name=description]", "Displayen visar E4.")
    page.locator(".stick button").click()
    page.wait_for_url(re.compile(r"/portal/fault-reports/\d+$"))
    return heading


def accept(page: Page, heading: str) -> str:
    """The way of the order that the report became."""
    page.goto("/fault-reports/waiting")
    page.locator(".pile").get_by_text(heading).click()
    expect(page.locator("#opened-head")).to_have_text(heading)
    page.locator("form[action$='/acceptance'] button").click()
    page.wait_for_url(re.compile(r"/orders/\d+$"))
    return re.search(r"/orders/\d+$", page.url)[0]


def assign(page: Page, login: str) -> None:
    """The order's page offers everybody by name; the demo company's logins are first names."""
    box = page.locator("#assignment")
    if not box.locator("form").is_visible():
        box.locator("summary").click()
    box.locator("label", has_text=re.compile(login, re.IGNORECASE)).click()
    box.locator("form button").click()
    expect(box.locator("ul.short")).to_contain_text(re.compile(login, re.IGNORECASE))


def carry_out(page: Page, order: str) -> Page:
    page.goto(f"{order}/work")
    page.locator("form[action$='/start'] button").click()
    page.wait_for_url(re.compile(r"/work$"))
    for group in page.locator("#sheet [role=radiogroup]").all():
        group.locator("label").first.click()
    for value in page.locator("#sheet .measure input").all():
        value.fill("3")
    page.fill("[name=performed_action]", "Bytte fläkten och provkörde.")
    page.locator("[name=sign]").click()
    expect(page.locator("#signatures .pad .num")).to_have_count(1)
    for remark in page.locator("#sheet .remark [name$='-remark']:visible").all():
        remark.fill("Uppmätt två gånger, följs upp vid nästa service.")
    page.locator("[formaction$='/performance']").click()
    page.wait_for_url(re.compile(r"/protocols/\d+$"))
    return page
