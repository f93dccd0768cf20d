"""Every page in four languages, with everything in it and with nothing: whole, in its language, and with one
heading."""

import re
from html.parser import HTMLParser

import pytest

from models.base import Language
from models.user import User
from tasks import vault
from tests.world import address, argument, furnish, routes

LANGUAGES = [language.value for language in Language]
MOVED = (301, 302, 303, 308)
READERS = ("owner", "dispatcher", "technician", "marit")
UNFILLED = re.compile(r"%\(\w+\)[sd]|\{\{|\bUndefined\b|&lt;bound method|&lt;function")


class Outline(HTMLParser):
    """What a page is built of: its language, its headings, its title, its ids."""

    def __init__(self, html: str):
        super().__init__()
        self.language, self.headings, self.ids = "", 0, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.language = facts.get("lang", "") if tag == "html" else self.language
        self.headings += tag == "h1"
        self.ids += [facts["id"]] if facts.get("id") else []


def faults(html: str, language: str) -> list[str]:
    outline = Outline(html)
    twice = sorted({name for name in outline.ids if outline.ids.count(name) > 1})
    found = [f"ids twice: {twice}"] if twice else []
    found += [] if outline.headings == 1 else [f"{outline.headings} main headings"]
    found += [] if outline.language == language else [f"is in {outline.language!r}"]
    found += [f"a link to {link}" for link in re.findall(r"#missing-[\w.]+", html)]
    return found + [f"says {text}" for text in UNFILLED.findall(html)]


def speak(person: User, language: str) -> None:
    User.update(language=language).where(User.id == person.id).execute()


def pages(app, cast, name: str, branch):
    """(url, html) of every whole page that this person may open."""
    portal = getattr(cast, name).is_portal
    for rule, method, door in routes(app):
        mine = rule.endpoint.startswith("portal.") == portal if door.needs_login else not portal
        if method != "GET" or not mine or not branch and rule.arguments & {"id", "customer_id", "request_id"}:
            continue
        values = {blank: argument(blank, door, branch) for blank in rule.arguments}
        url = address(app, rule, values)
        answer = cast.at(name).get(url)
        if answer.status_code not in MOVED and answer.mimetype == "text/html" and "<html" in answer.text:
            assert answer.status_code < 500, url
            yield url, answer.text


@pytest.mark.requirement("S0.2")
@pytest.mark.parametrize("name", READERS)
def test_full_pages_are_whole_in_every_language(app, cast, name):
    north, _ = furnish(cast)
    vault().put(north.records["import_job"].key, b"Name\n")
    found = []
    for language in LANGUAGES:
        speak(getattr(cast, name), language)
        for url, html in pages(app, cast, name, north):
            found += [f"{language} {url}: {fault}" for fault in faults(html, language)]
    assert "\n".join(found) == ""


@pytest.mark.parametrize("name", READERS)
def test_empty_pages_are_whole_in_every_language(app, cast, name):
    found = []
    for language in LANGUAGES:
        speak(getattr(cast, name), language)
        for url, html in pages(app, cast, name, None):
            found += [f"{language} {url}: {fault}" for fault in faults(html, language)]
    assert "\n".join(found) == ""
