"""A register is imported and the import undone in a real browser: with scripts, without, and by keyboard alone."""

import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import log_in


@pytest.fixture(params=[pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")])
def owner(site, request):
    context = site.context(java_script_enabled=request.param)
    log_in(context.new_page(), site.first("owner"), site.password)
    yield context.pages[0]
    context.close()


@pytest.fixture
def register(tmp_path) -> str:
    """Titles above the headings, a column twice, and the register on the second sheet."""
    made = openpyxl.Workbook()
    made.active.append(["Utskrivet", "av"])
    made.active.append(["1", "2"])
    sheet = made.create_sheet("Kunder")
    sheet.append(["KUNDREGISTER"])
    sheet.append(["Kundnr", "Namn", "E-post", "E-post"])
    sheet.append(["18801", "Första AB", "a@a.example.se", "b@a.example.se"])
    sheet.append(["18802", "", "", ""])
    made.save(tmp_path / "register.xlsx")
    return str(tmp_path / "register.xlsx")


def until(page: Page, text: str) -> None:
    """The page asks for itself; without scripts its link does."""
    for _ in range(40):
        if page.get_by_text(text, exact=True).count():
            return
        page.wait_for_timeout(250)
        again = page.get_by_role("link", name="Visa hur långt")
        if again.count() and again.first.is_visible():
            again.first.click()
    expect(page.locator("#main")).to_contain_text(text)


def press(page: Page, name: str) -> None:
    """By keyboard: focus the button and press Enter."""
    button = page.locator("#main").get_by_role("button", name=re.compile(name)).first
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_from_the_file_to_the_customers_and_back(owner, register):
    owner.goto("/imports/")
    owner.set_input_files("[name=file]", register)
    press(owner, "Läs in filen")
    owner.wait_for_url(re.compile(r"/imports/\d+$"))
    owner.select_option("[name=sheet]", "Kunder")
    press(owner, "Läs det här bladet")
    expect(owner.locator("#main")).to_contain_text("den här kallas E-post (2)")
    owner.select_option("[name=column-invoice_email]", "E-post (2)")
    press(owner, "Kontrollera filen")
    until(owner, "Detta skulle hända")
    expect(owner.locator("#main")).to_contain_text("Rad 4 · Namn")
    press(owner, "Importera 1 rad")
    until(owner, "Detta gjordes")
    address = owner.url
    owner.goto("/customers/?q=18801")
    expect(owner.locator("#main")).to_contain_text("Första AB")
    owner.goto(address)
    press(owner, "Se vad som skulle hända")
    until(owner, "Detta skulle hända")
    press(owner, "Ångra 1 post")
    until(owner, "Detta ångrades")
    expect(owner.locator("h1 + .marks")).to_contain_text("Ångrad")
    owner.goto("/customers/?q=18801")
    expect(owner.locator("#main")).not_to_contain_text("Första AB")
