"""A customer reports a fault on a phone, with a photo, with and without scripts."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.site import log_in

PHONES = [
    pytest.param(390, True, id="phone"),
    pytest.param(320, True, id="small phone"),
    pytest.param(390, False, id="without scripts"),
]
SMALLEST = 43.5  # 44 px, less a rounding


def photo() -> dict:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), "darkred").save(drawn, "JPEG")
    return {"name": "display.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


@pytest.fixture
def phone(site):
    """`phone(390, scripts=True)`: a customer's phone, logged in at the demo company's portal."""
    opened = []

    def pick_up(width: int, scripts: bool):
        context = site.context(
            viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True, java_script_enabled=scripts
        )
        opened.append(context)
        page = context.new_page()
        log_in(page, site.first("portal"), site.password)
        return page

    yield pick_up
    for context in opened:
        context.close()


@pytest.mark.requirement("S4.29")
@pytest.mark.parametrize(("width", "scripts"), PHONES)
def test_a_fault_is_reported_on_a_phone_with_a_photo(phone, width, scripts):
    page = phone(width, scripts)
    page.locator("a.big-act").tap()
    page.wait_for_url("**/portal/fault-reports/new")
    choose_first_place(page)
    page.fill("[name=heading]", "Värmepumpen larmar")
    page.fill("[name=description]", "Displayen är röd sedan i natt.")
    page.set_input_files("[name=photos]", [photo()])
    if scripts:
        expect(page.locator("#photos-strip .shot")).to_have_count(1)
    page.locator(".stick button").tap()
    page.wait_for_url(re.compile(r"/portal/fault-reports/\d+$"))
    expect(page.locator("h1")).to_have_text("Värmepumpen larmar")
    expect(page.locator(".tl")).to_contain_text("Displayen är röd sedan i natt.")
    if scripts:
        expect(page.locator(".tl .photos img")).to_be_visible(timeout=20_000)
    assert page.locator(".track [aria-current=step]").count() == 1


def choose_first_place(page) -> None:
    page.locator("[name=facility]").select_option(index=1)


@pytest.mark.parametrize("width", [320, 390])
def test_the_form_fits_the_phone_and_everything_is_big_enough_to_tap(phone, width):
    page = phone(width, True)
    page.goto("/portal/fault-reports/new")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    targets = page.locator(
        "main :is(input:not([type=hidden]), select, textarea, button), .stick button, .tabs-bottom > *"
    )
    for target in targets.all():
        box = target.bounding_box() if target.is_visible() else None
        if box and target.get_attribute("type") not in ("radio", "file"):
            assert box["height"] >= SMALLEST, target.evaluate("element => element.outerHTML")


def test_what_was_typed_is_there_again_after_an_error(phone):
    page = phone(390, True)
    page.goto("/portal/fault-reports/new")
    choose_first_place(page)
    page.fill("[name=description]", "Det luktar bränt.")
    page.locator(".stick button").tap()
    expect(page.locator("[data-summary]")).to_be_focused()
    expect(page.locator("[name=description]")).to_have_value("Det luktar bränt.")
