"""The marks on tests name requirements that exist."""

from tests.requirements import listed, proven


def test_every_mark_names_a_listed_requirement():
    assert sorted(proven().keys() - listed().keys()) == []


def test_requirements_are_numbered_without_gaps():
    numbers = [number[1:].split(".") for number in listed()]
    chapters = {chapter: [int(n) for c, n in numbers if c == chapter] for chapter, _ in numbers}
    assert all(found == list(range(1, len(found) + 1)) for found in chapters.values())
