"""One server, one browser and the logged-in contexts of the demo company, for all tests in here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.site import Site, demo_site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    with demo_site(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def tab(site):
    """`tab("annika", width=390)`: a new tab of that person's browser; closed after the test."""
    opened = []

    def open_tab(login: str, width: int = 1440, height: int = 900):
        page = site.at(login).new_page()
        page.set_viewport_size({"width": width, "height": height})
        opened.append(page)
        return page

    yield open_tab
    for page in opened:
        page.close()
