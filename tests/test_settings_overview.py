"""The settings at a glance: every page in a group, found by what stands on it, and whose change was the last."""

import pytest
from flask import url_for

from blueprints.settings import SECTIONS
from models.retention import RULES
from tests import factories


def links(browser, query: str = "") -> list[str]:
    """The pages offered below the tabs, in their order."""
    page = browser.get("/settings/", query_string={"q": query} if query else {}).text
    found = page.partition("</nav>")[2].partition('role="search"')[2].split('class="pill-link" href="')[1:]
    return [part.partition('"')[0] for part in found]


def test_every_page_is_offered_once_with_its_purpose_under_a_heading(cast):
    browser = cast.at("owner")
    with cast.app.test_request_context():
        every = [url_for(endpoint) for endpoint, *_ in SECTIONS]
        purposes = [str(about) for _endpoint, _label, about in SECTIONS]
    assert sorted(links(browser)) == sorted(every)
    page = browser.get("/settings/").text
    assert [about for about in purposes if about not in page] == []
    for heading in ("The house", "People and rights", "The register", "Customer portal"):
        assert f">{heading}</h2>" in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("time zone", ["/settings/organisation"]),
        ("TIME Zone", ["/settings/organisation"]),
        ("pattern", ["/settings/customer-numbers"]),
        ("sender", ["/settings/mail"]),
        ("bookkeeping", ["/settings/integrations/"]),
        ("sets of rights", ["/staff/templates/"]),
    ],
)
def test_a_word_on_the_page_finds_it_also_the_name_of_a_field(cast, typed, found):
    assert links(cast.at("owner"), typed) == found


def test_a_word_that_stands_nowhere_says_so_and_is_kept(cast):
    page = cast.at("owner").get("/settings/?q=zeppelin<b>").text
    assert "No setting is called that" in page and 'value="zeppelin&lt;b&gt;"' in page


def said(browser, where: str) -> str:
    return browser.get(where).text.partition("Changed last by ")[2].partition("</p>")[0]


def test_a_page_tells_who_changed_it_last_and_another_page_does_not(cast):
    browser = cast.at("owner")
    assert said(browser, "/settings/mail") == ""
    data = {"sender_name": "Norrvik", "sender_address": "", "version": 1}
    cast.at("administrator").post("/settings/mail", data=data)
    assert said(browser, "/settings/mail").startswith("Adam Administrator, ")
    assert said(browser, "/settings/portal") == ""


def test_pages_of_other_records_tell_theirs(cast):
    browser = cast.at("owner")
    browser.post("/settings/user-groups/", data={"name": "Night shift"})
    factories.integration(cast.administrator)
    assert said(browser, "/settings/user-groups/").startswith("Olga Owner, ")
    assert said(browser, "/settings/integrations/").startswith("Adam Administrator, ")
    assert said(browser, "/settings/categories/") == ""


def test_the_periods_of_keeping_count_as_changes_of_their_page(cast):
    browser = cast.at("owner")
    days = {rule.code: rule.high for rule in RULES if not rule.is_fixed}
    assert browser.post("/settings/retention/", data=days).status_code == 302
    assert said(browser, "/settings/retention/").startswith("Olga Owner, ")


def test_who_is_told_of_what_and_the_logo_count_as_changes_of_their_pages(cast):
    cast.at("administrator").post("/settings/notifications", data={"version": 1, "told": []})
    assert said(cast.at("owner"), "/settings/notifications").startswith("Adam Administrator, ")
    cast.house.organisation.use_logo("a/b.png", by=cast.owner)
    assert said(cast.at("owner"), "/settings/organisation").startswith("Olga Owner, ")
