"""Every page as a picture: three widths, light and dark, of the demo company and of a company that has just begun.

Run `python -m tests.browser.screenshots [word]`; with a word only the pages whose name contains it. The pictures are
in var/screenshots/, one folder for each person.
"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.site import Link, Site, demo_site, new_site

WIDTHS = {"phone": 390, "tablet": 820, "desk": 1440}
LIGHTS = ("light", "dark")
HEIGHT = 900
FOLDER = Path(__file__).resolve().parents[2] / "var" / "screenshots"

# What only shows when it is asked for: its name, whose it is, where (a path or a route), and what is clicked there.
OPENED = [
    ("why", "technician", "orders.show", ".why-btn:visible"),
    ("new-menu", "owner", "/", "[popovertarget=new-menu]:visible"),
    ("person-menu", "owner", "/", "[popovertarget=person]:visible"),
    ("more-menu", "owner", "/", "[popovertarget=more]:visible"),
    ("add-filter", "owner", "/customers/", ".chip.add:visible"),
    ("form-errors", "owner", "/customers/new", "main .btn-primary"),
    ("nobody-matches", "owner", "/customers/?q=xyzzy", ""),
    ("found", "owner", "/search/?q=pump", ""),
]


class Album:
    """Draws what has `word` in its name, and counts it."""

    def __init__(self, folder: Path, word: str = ""):
        self.folder, self.word, self.count = folder, word, 0

    def draw_all(self, site: Site, logins: list[str], prefix: str = "") -> None:
        """Every page that links lead these people to."""
        for login in logins:
            page = site.at(login).new_page()
            for link in site.pages(login):
                self.draw(page, plainest(link), f"{prefix}{login or 'stranger'}", name_of(link))
            page.close()

    def draw_opened(self, site: Site) -> None:
        for name, role, place, clicked in OPENED:
            login = site.first(role)
            routes = {link.endpoint: link.path for link in site.pages(login)}
            page = site.at(login).new_page()
            self.draw(page, routes.get(place, place), "opened", name, clicked)
            page.close()

    def draw(self, page: Page, path: str, person: str, name: str, clicked: str = "") -> None:
        if self.word not in name:
            return
        folder = self.folder / person
        folder.mkdir(parents=True, exist_ok=True)
        for size, width in WIDTHS.items():
            stand(page, path, width, clicked)
            for light in LIGHTS:
                page.emulate_media(color_scheme=light)
                page.screenshot(path=folder / f"{name}-{size}-{light}.png", animations="disabled")
        self.count += 1


def stand(page: Page, path: str, width: int, clicked: str) -> None:
    """The whole page in a window as tall as itself, so that bars at the bottom are drawn at the bottom."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    if clicked or not page.url.endswith(path):
        page.goto(path)
    if clicked and page.locator(clicked).count():
        page.locator(clicked).first.click()
        page.wait_for_load_state()
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(HEIGHT, height)})


def plainest(link: Link) -> str:
    """A list as it opens, not as somebody sorted it."""
    return link.path.partition("?")[0] if link.endpoint.endswith(".index") else link.path


def name_of(link: Link) -> str:
    return (link.endpoint or link.path.strip("/")).replace("/", "-")


def main(word: str = "") -> None:
    begun, album = time.monotonic(), Album(FOLDER, word)
    with tempfile.TemporaryDirectory() as scratch, demo_site(Path(scratch)) as site:
        album.draw_all(site, [site.first("owner"), site.first("technician"), site.first("portal"), ""])
        album.draw_opened(site)
    with tempfile.TemporaryDirectory() as scratch, new_site(Path(scratch)) as site:
        for name, path in (("welcome", "/welcome/"), ("welcome-own", "/welcome/own")):
            album.draw(site.at("").new_page(), path, "new-stranger", name)
        album.draw_all(site, [site.set_up()], "new-")
    print(f"{album.count} pages drawn in {FOLDER} ({time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
