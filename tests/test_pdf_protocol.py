"""The service protocol on paper: what it says, what it hides, and where it breaks."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from models.protocol_view import CustomerView, FacilityView, PointGroup, SignatureView
from tasks import pdf
from tests import paper

MARGIN = 44  # 15.5 of the right margin's 16 mm, at 72 dpi


def pages(sheet, loose: bool = False) -> list[list[str]]:
    """The lines of each page from top to bottom, without the foot; `loose` takes off the rules
    that keep the signatures with what they sign."""
    html = paper.html(sheet)
    if loose:
        html = html.replace('class="signing"', 'class="loose"')
    document = pdf.render(html, images=paper.IMAGES, language=sheet.language)
    return [lines(page) for page in PdfReader(BytesIO(document)).pages]


def lines(page) -> list[str]:
    text = page.extract_text(extraction_mode="layout")
    return [line.strip() for line in text.splitlines() if line.strip()][:-3]


def text(sheet) -> str:
    return "\n".join(" ".join(line.split()) for page in pages(sheet) for line in page)


def test_a_protocol_says_who_where_what_and_who_signed():
    said = text(paper.protocol())
    for words in (
        "No. 107-1",
        "Granåsens Skolfastigheter AB",
        "Customer no. 10442",
        "Contact: Maja Lindvret",
        "LB01 Ventilationsaggregat",
        "2026-11-18",
        "1.3 Filter tilluft, tryckfall 1.3",
        "Filter på till- och frånluft bytta.",
        "2210 Påsfilter ePM1 60 %, 592 × 592 × 534",
        "Jonas Fältlöv, tekniker",
        "Signed 2026-11-18 11:47 by typing the name",
    ):
        assert words in said


def test_the_tally_counts_every_outcome_and_what_nobody_checked():
    points = paper.points(5)
    points = (*points[:4], replace(points[4], outcome=None))
    said = text(paper.protocol(groups=(PointGroup("Filter", points),)))
    assert "5 points" in said
    assert "3 OK" in said
    assert "1 with a remark" in said
    assert "1 not checked" in said
    assert "Not checked" in said


def test_the_badge_promises_nothing_while_points_are_open():
    open_points = tuple(replace(point, outcome=None, remark="") for point in paper.points(2))
    clean = (paper.points(2)[0],)
    assert "Performed without remarks" in text(paper.protocol(groups=(PointGroup("", clean),)))
    assert "Performed with" not in text(paper.protocol(groups=(PointGroup("", open_points),)))
    assert "Performed with remarks" in text(paper.protocol())


def test_columns_that_no_point_needs_are_left_out():
    plain = tuple(replace(point, value="", unit="", limits="") for point in paper.points(2))
    assert "Limit" not in text(paper.protocol(groups=(PointGroup("Filter", plain),)))


@pytest.mark.requirement("S4.11")
def test_a_hidden_performed_action_is_absent():
    assert "Performed action" in text(paper.protocol())
    assert "Performed action" not in text(paper.protocol(performed_action=None))


def test_what_does_not_exist_leaves_no_empty_heading():
    bare = paper.protocol(facility=None, objects=(), groups=(), lines=(), times=(), performed_action=None)
    for heading in ("Facility", "Service object", "Material", "Working time", "Photos", "Remarks"):
        assert heading not in text(bare)


def test_text_from_people_is_text():
    trick = '<img src="file:///etc/passwd"><script>alert(1)</script>{{ 7 * 7 }}</p>'
    sheet = paper.protocol(performed_action=trick, customer=CustomerView(trick))
    assert trick in text(sheet)


def test_dates_are_written_the_way_the_language_writes_them():
    assert paper.protocol(language="sv").day(paper.DAY) == "2026-11-18"
    assert paper.protocol(language="nb").day(paper.DAY) == "18.11.2026"
    assert paper.protocol(language="uk").moment(paper.SIGNED[0].at) == "18.11.2026 11:42"


def test_every_page_after_the_first_says_what_it_belongs_to():
    first, second, *_ = pages(paper.protocol(groups=paper.groups(6)))
    head = "Fjällbris Klimatservice AB · Serviceprotokoll 107-1 · Solgläntans förskola"
    assert second[0] == head
    assert head not in first


def test_the_head_of_the_checklist_repeats_and_no_group_ends_a_page():
    printed = pages(paper.protocol(groups=paper.groups(16, each=3)))
    assert len(printed) > 2
    for page in printed[:-1]:
        assert "Luftintag" not in page[-1]
    assert all(any(line.startswith("No.") for line in page) for page in printed[:2])


def test_signatures_are_never_alone_on_a_page():
    """Push the end of the document over the edge of a page, step by step."""

    def signed_alone(count: int, loose: bool) -> bool:
        action = "\n".join(f"rad {number}" for number in range(count))
        sheet = paper.protocol(performed_action=action, lines=(), times=())
        return any(page[1].startswith("Signatures") for page in pages(sheet, loose)[1:])

    steps = range(1, 5)
    assert any(signed_alone(count, loose=True) for count in steps)  # without the rules it happens
    assert not any(signed_alone(count, loose=False) for count in steps)


def test_names_without_spaces_and_long_names_stay_on_the_page():
    sheet = paper.protocol(
        customer=CustomerView("Bostadsrättsföreningen Kungsträdgårdsgatan 12 med omnejd " * 2),
        facility=FacilityView("Undercentral_LB01_LB02_LB03_Ventilationsmaskinrum_plan_3"),
        technicians=("Anna-Karin Söderström-Hallberg", "Bertil Ångström", "Jonas Fältlöv") * 2,
        signatures=(SignatureView("tekniker"), *paper.SIGNED),
    )
    page = paper.seen(paper.printed(sheet))
    margin = page.crop((page.width - MARGIN, 0, page.width, page.height))
    assert margin.getextrema() == (255, 255)
    assert "Date and name in print" in text(sheet)
