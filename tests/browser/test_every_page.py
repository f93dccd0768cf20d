"""Every page that links lead to, in a real browser: axe finds nothing, nothing sticks out, the console is silent."""

import pytest

from tests.browser.inspection import Inspection

ROLES = ("owner", "technician", "portal", "")


@pytest.fixture(scope="module")
def inspection(site) -> Inspection:
    """All pages of the owner, and what others see that the owner does not."""
    found = Inspection().of(site, site.first("owner"))
    for role in ("technician", "portal"):
        seen = frozenset(found.visited) - {"today.show", "orders.show"}
        found.of(site, site.first(role), seen=seen)
    return found.of(site, "")


def test_links_lead_to_every_part_of_the_house(inspection):
    parts = {endpoint.split(".")[0] for endpoint in inspection.visited if endpoint}
    wanted = {
        "customers",
        "facilities",
        "service_objects",
        "fault_reports",
        "orders",
        "protocols",
        "portal",
        "staff",
        "settings",
        "help",
        "login",
        "today",
    }
    assert wanted - parts == set()


@pytest.mark.parametrize("light", ["light", "narrow", "dark"])
def test_axe_finds_nothing(inspection, light):
    assert "\n".join(inspection.faults[light]) == ""


def test_no_page_is_wider_than_its_screen(inspection):
    assert "\n".join(inspection.faults["wide"]) == ""


def test_the_console_is_silent(inspection):
    """Neither errors nor violations of the content security policy."""
    asked_for = ("/nowhere: Failed to load resource", "/login/link/unknown: Failed to load resource")
    assert [fault for fault in inspection.faults["console"] if not fault.startswith(asked_for)] == []


def test_no_link_leads_into_the_void(site, inspection):
    void = [
        f"{link.path}: {role}"
        for role in ROLES
        for link in site.pages(site.first(role) if role else "")
        if "#missing-" in link.html
    ]
    assert void == []
