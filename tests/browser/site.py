"""The demo company on a real server, and the real browser that walks through it."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from tests.processes import Installation, logins

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
HREF = re.compile(r'\b(?:href|hx-get)="([^"#]+)')
PER_ROUTE = 2  # so many pages of each route are looked at, to find its fullest one
LEAVING = ("/static/", "/search/open/")  # neither is a page of its own
OPEN_PAGES = ["/login/", "/login/forgot", "/help/", "/login/link/unknown", "/nowhere"]

OWNER = {"login": "sanna", "role": "owner", "password": "en-lang-mening-om-snö"}
NEW_COMPANY = {
    "name": "Norrvik Kyla AB",
    "store_number": "012",
    "store_name": "Norrvik Kyla Kiruna",
    "owner_name": "Sanna Lindmo",
    "email": "sanna@norrvik.example",
    "login": OWNER["login"],
    "password": OWNER["password"],
}


@dataclass
class Link:
    """A page of one route as this person sees it."""

    endpoint: str
    path: str
    html: str


class Site:
    """`site.at("annika")` is the browser context where Annika is logged in."""

    def __init__(self, installation: Installation, browser: Browser, people: list[dict]):
        self.installation, self.browser, self.people = installation, browser, people
        self.base = f"http://127.0.0.1:{installation.port}"
        self.rules = self._rules()
        self._contexts: dict[str, BrowserContext] = {}
        self._pages: dict[str, list[Link]] = {}

    def _rules(self) -> Any:
        found = json.loads(self.installation.flask("url-map").stdout)
        rules = [
            Rule(row["path"], endpoint=row["endpoint"], methods=["GET"]) for row in found if row["method"] == "GET"
        ]
        return Map(rules, strict_slashes=False).bind("127.0.0.1")

    def first(self, role: str) -> str:
        """The login of the first person with this role."""
        return next(person["login"] for person in self.people if person["role"] == role)

    def context(self, **options: Any) -> BrowserContext:
        options = {"locale": "sv-SE", "viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        made = self.browser.new_context(base_url=self.base, **options)
        made.set_default_timeout(10_000)
        return made

    def at(self, login: str, *, logged_in: bool = True) -> BrowserContext:
        if login not in self._contexts:
            self._contexts[login] = self.context()
            if login and logged_in:
                log_in(self._contexts[login].new_page(), login, self.password)
        return self._contexts[login]

    @property
    def password(self) -> str:
        return self.people[0]["password"]

    def set_up(self) -> str:
        """Go through the first run by hand; the login of the new owner."""
        page = self.at(OWNER["login"], logged_in=False).new_page()
        page.goto("/welcome/own")
        for name, value in NEW_COMPANY.items():
            page.fill(f"[name={name}]", value)
        page.locator("form.panel button.btn-primary").click()
        page.wait_for_url("**/welcome/steps")
        return OWNER["login"]

    def pages(self, login: str) -> list[Link]:
        """Everything that links lead to from this person's first page: the fullest page of each route."""
        if login not in self._pages:
            self._pages[login] = self._walk(login)
        return self._pages[login]

    def _walk(self, login: str) -> list[Link]:
        ask = self.at(login).request
        waiting = ["/"] if login else list(OPEN_PAGES)
        met: set[str] = set()
        asked: Counter[str] = Counter()
        found: dict[str, list[Link]] = defaultdict(list)
        while waiting:
            path = waiting.pop(0)
            route = self.route_of(path)
            if path in met or asked[route] >= PER_ROUTE:
                continue
            met.add(path)
            asked[route] += 1
            answer = ask.get(path, max_redirects=5)
            if "text/html" in answer.headers.get("content-type", ""):
                html = answer.text()
                here = urlsplit(answer.url).path if answer.url.startswith(self.base) else path
                found[route].append(Link(route, path if path != "/" else here, html))
                waiting += [link for link in links(html) if self.route_of(link)]
        return [max(pages, key=lambda link: len(link.html)) for pages in found.values() if "<html" in pages[0].html]

    def route_of(self, path: str) -> str:
        try:
            return self.rules.match(urlsplit(path).path, method="GET")[0]
        except HTTPException:
            return ""


def links(html: str) -> list[str]:
    found = [unescape(link) for link in HREF.findall(html)]
    return [link for link in found if link.startswith("/") and not link.startswith(LEAVING)]


def log_in(page: Page, login: str, password: str) -> None:
    page.goto("/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def demo_site(folder: Path) -> Iterator[Site]:
    """A server of its own with the demo company, and a browser; both end with the block."""
    installation = Installation(folder).migrated()
    with chromium() as browser, installation.running() as server:
        site = Site(installation, browser, logins(installation))
        server.wait_until_started()
        yield site


@contextmanager
def new_site(folder: Path) -> Iterator[Site]:
    """The same before anybody has set it up."""
    installation = Installation(folder).migrated()
    with chromium() as browser, installation.running() as server:
        server.wait_until_started()
        yield Site(installation, browser, [OWNER])
