"""While a new customer is typed, the panel of doubles comes by itself; saving works as if it had not."""


def test_the_panel_comes_while_typing_and_the_form_saves_at_once(site, tab):
    page = tab(site.first("owner"))
    page.goto("/customers/")
    known = page.locator(".grid a").filter(has_text="Brf").first
    name = known.inner_text()
    known.click()
    phone = page.locator(".marks a.tel").inner_text()
    page.goto("/customers/new")
    page.fill("#name", "Nybyggarnas samfällighet")
    page.fill("#phone", phone)
    page.press("#phone", "Tab")
    panel = page.locator("#may-exist")
    panel.wait_for()
    assert name in panel.inner_text()
    page.fill("#org_number", "5560125790")
    page.press("#org_number", "Tab")
    page.locator("#vat-hint option").wait_for(state="attached")
    assert page.locator("#vat-hint option").get_attribute("value") == "SE556012579001"
    page.locator("#customer-form .form-foot .btn-primary").click()
    page.get_by_role("heading", level=1, name="Nybyggarnas samfällighet").wait_for()


def test_the_kind_decides_which_number_is_asked_for(site, tab):
    page = tab(site.first("owner"), width=390)
    page.goto("/customers/new")
    assert (page.locator("#org_number").is_visible(), page.locator("#personal_number").is_visible()) == (True, False)
    page.select_option("#kind", "private")
    assert (page.locator("#org_number").is_visible(), page.locator("#personal_number").is_visible()) == (False, True)
