"""Every page of the demo company as a picture: three widths, light and dark, in var/screenshots/.

Run `python -m tests.browser.screenshots [word]`; with a word only the routes that contain it.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.site import Site, demo_site

WIDTHS = {"phone": 390, "tablet": 820, "desk": 1440}
FOLDER = Path(__file__).resolve().parents[2] / "var" / "screenshots"


def draw_all(site: Site, word: str = "") -> int:
    """Pictures of what each role sees; the number of pages."""
    drawn = 0
    for login in (site.first("owner"), site.first("technician"), site.first("portal"), ""):
        page = site.at(login).new_page()
        for link in site.pages(login):
            if word in link.endpoint:
                name = (link.endpoint or link.path.strip("/")).replace("/", "-")
                draw(page, link.path, FOLDER / (login or "stranger"), name)
                drawn += 1
        page.close()
    return drawn


def draw(page: Page, path: str, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.goto(path)
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        for light in ("light", "dark"):
            page.emulate_media(color_scheme=light)
            page.screenshot(path=folder / f"{name}-{size}-{light}.png", full_page=True)


def main(word: str = "") -> None:
    with tempfile.TemporaryDirectory() as scratch, demo_site(Path(scratch)) as site:
        print(f"{draw_all(site, word)} pages drawn in {FOLDER}")


if __name__ == "__main__":
    main(*sys.argv[1:])
