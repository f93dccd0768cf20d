"""What a page names leads somewhere: a technician has the order, perhaps neither its customer nor its report."""

import io
import re

from models.file import File
from models.user import User
from tests import factories
from tests.cast import work
from tests.pages import photo

WAYS = re.compile(r'(?:href|src)="(/(?:customers|facilities|fault-reports|orders|files|protocols)/\d+[^"#?]*)')


def dead_ways(cast, person: str, path: str) -> tuple[int, set[str]]:
    """How many records the page leads to, and which of these answer 404."""
    browser = cast.at(person)
    found = set(WAYS.findall(browser.get(path).text.split("<main")[1]))
    return len(found), {way for way in found if browser.get(way).status_code == 404}


def reported(cast, reporter: User):
    return factories.fault_report(reporter, cast.lovskar, cast.shop)


def test_a_technician_finds_no_dead_links_and_no_broken_photos_on_the_order(cast):
    report = reported(cast, cast.marit)
    upload = {"files": [(io.BytesIO(photo().getvalue()), "unit.jpg")]}
    cast.at("dispatcher").post(f"/fault-reports/{report.id}/files", data=upload, content_type="multipart/form-data")
    work()
    order = report.accept(by=cast.dispatcher)
    order.assign([cast.technician], by=cast.dispatcher)
    carried = File.of(order)[0]
    page = cast.at("technician").get(f"/orders/{order.id}").text
    assert (cast.lovskar.name in page, cast.shop.name in page, report.title in page) == (True, True, True)
    assert f'src="/files/{carried.id}/thumb"' in page
    for person in ("technician", "dispatcher"):
        known, dead = dead_ways(cast, person, f"/orders/{order.id}")
        assert known > 2 and dead == set()


def test_whoever_has_the_report_finds_no_dead_links_on_it(cast):
    report = reported(cast, cast.marit)
    report.assign([cast.technician], by=cast.dispatcher)
    report.accept(by=cast.dispatcher)
    for person in ("technician", "dispatcher"):
        known, dead = dead_ways(cast, person, f"/fault-reports/{report.id}")
        assert known > 0 and dead == set()


def test_the_customer_and_the_report_stay_links_for_whoever_sees_them(cast):
    report = reported(cast, cast.marit)
    order = report.accept(by=cast.dispatcher)
    page = cast.at("dispatcher").get(f"/orders/{order.id}").text
    for way in (f"/customers/{cast.lovskar.id}", f"/facilities/{cast.shop.id}", f"/fault-reports/{report.id}"):
        assert f'href="{way}"' in page
