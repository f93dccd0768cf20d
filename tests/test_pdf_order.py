"""The work order on paper: room to write by hand, or a report when the work is done."""

from datetime import datetime, time, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests import paper


def text(sheet) -> str:
    pages = PdfReader(BytesIO(paper.printed(sheet))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_a_sheet_to_fill_in_leaves_room_for_what_is_not_known_yet():
    said = text(paper.order())
    for words in (
        "Arbetsorder",
        "2026-11-18 07:30–11:30",
        "Nyckel hämtas i receptionen mot legitimation.",
        "Kilrem SPZ 1120",
        "Points to check",
        "Start (time)",
        "Date and name in print",
    ):
        assert words in said
    assert "Remmen är sliten" not in said


def test_a_report_says_what_was_done_and_asks_for_nothing():
    done = paper.order(blank=False, performed_action="Remmen bytt.", signatures=paper.SIGNED)
    said = text(done)
    assert "Remmen bytt." in said
    assert "Jonas Fältlöv" in said
    assert "Points to check" not in said
    assert "Start (time)" not in said


@pytest.mark.requirement("S4.11")
def test_a_report_hides_the_performed_action_where_it_must():
    assert "Performed action" not in text(paper.order(blank=False, performed_action=None))


def test_the_planned_time_is_as_short_as_it_can_be():
    start = datetime.combine(paper.DAY, time(7, 30))
    assert paper.order(starts_at=None).planned == ""
    assert paper.order(ends_at=None).planned == "2026-11-18 07:30"
    assert paper.order().planned == "2026-11-18 07:30\N{EN DASH}11:30"
    long = paper.order(ends_at=start + timedelta(days=1)).planned
    assert long == "2026-11-18 07:30 \N{EN DASH} 2026-11-19 07:30"
