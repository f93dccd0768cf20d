"""Every event that people are told of has its letter, and every event of the catalogue happens."""

from pathlib import Path

import pytest

from models.event import HAPPENINGS
from models.notification import ROLES_TOLD, WHO

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("subject.txt", "body.txt", "body.html")


@pytest.mark.parametrize("verb", sorted(WHO))
def test_a_told_event_has_its_folder(verb):
    folder = ROOT / "templates" / "notifications" / verb.replace(".", "_")
    assert [part for part in PARTS if not (folder / part).exists()] == []


def test_what_is_told_is_in_the_catalogue():
    assert set(WHO) | set(ROLES_TOLD) <= set(HAPPENINGS)


def test_every_happening_of_the_catalogue_is_recorded_somewhere():
    written = "\n".join(
        path.read_text()
        for part in ("models", "tasks")
        for path in (ROOT / part).rglob("*.py")
        if path.name != "event.py"
    )
    assert [verb for verb in HAPPENINGS if f'"{verb}"' not in written] == []


def test_every_told_event_is_tried_by_a_test():
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert [verb for verb in WHO if f'"{verb}"' not in written] == []
