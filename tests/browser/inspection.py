"""One visit to each page, and all that is wrong with it there: axe in light and dark, widths, the console."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.site import Site

AXE = Axe().axe_script
WIDTHS = (320, 390, 820, 1440)
COMMON = {"resultTypes": ["violations"], "iframes": False, "preload": False}
EVERYTHING = {**COMMON, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SHAPES = {**EVERYTHING, "rules": {"color-contrast": {"enabled": False}}}
COLOURS = {**COMMON, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
WIDER = """() => [document.documentElement.scrollWidth - document.documentElement.clientWidth,
  [...document.querySelectorAll("main *, header *, nav *, footer *")]
    .filter((part) => part.getBoundingClientRect().right
    > document.documentElement.clientWidth + 1 && !part.closest(".table-wrap, [data-scroll]")).slice(0, 2)
    .map((part) => part.tagName.toLowerCase() + "." + part.className)]"""


class Inspection:
    """`faults[kind]` lists `path: what is wrong`; `visited` the routes."""

    def __init__(self) -> None:
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.visited: list[str] = []

    def of(self, site: Site, login: str, *, seen: frozenset[str] = frozenset()) -> "Inspection":
        """Every page that `login` reaches and whose route is not among the `seen`."""
        page = site.at(login).new_page()
        for link in site.pages(login):
            if link.endpoint not in seen:
                self.visit(page, link.path)
                self.visited.append(link.endpoint)
        page.close()
        return self

    def visit(self, page: Page, path: str) -> None:
        with self.listening(page, path):
            page.set_viewport_size({"width": 1440, "height": 900})
            page.goto(path)
            page.evaluate(AXE)
            self.look(page, path, "light", EVERYTHING)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                beyond, parts = page.evaluate(WIDER)
                if beyond > 0:
                    self.faults["wide"].append(f"{path} at {width}: {beyond} px, {parts}")
                if width == 390:
                    self.look(page, path, "narrow", SHAPES)
            page.emulate_media(color_scheme="dark")
            self.look(page, path, "dark", COLOURS)
            page.emulate_media(color_scheme="light")

    def look(self, page: Page, path: str, light: str, options: dict) -> None:
        for violation in page.evaluate("(options) => axe.run(options)", options)["violations"]:
            nodes = [node["target"][0] for node in violation["nodes"]]
            why = violation["nodes"][0]["any"] or violation["nodes"][0]["all"] or violation["nodes"][0]["none"]
            said = why[0]["message"] if why else ""
            self.faults[light].append(f"{path}: {violation['id']} x{len(nodes)} {nodes[:2]} {said}")

    @contextmanager
    def listening(self, page: Page, path: str) -> Iterator[None]:
        def note(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.faults["console"].append(f"{path}: {message.text}")

        def fail(error) -> None:
            self.faults["console"].append(f"{path}: {error}")

        page.on("console", note)
        page.on("pageerror", fail)
        yield
        page.remove_listener("console", note)
        page.remove_listener("pageerror", fail)
