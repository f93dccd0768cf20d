"""Which requirements have a test and which have none yet. Run `python -m tests.requirements`."""

import re
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent
LISTED = re.compile(r"^- (S\d\.\d+) (.+)$", re.MULTILINE)
MARK = re.compile(r"mark\.requirement\(([^)]*)\)")
NUMBER = re.compile(r"S\d\.\d+")


def listed() -> dict[str, str]:
    """{number: what it asks for}, in the list's order."""
    return dict(LISTED.findall((FOLDER / "requirements.md").read_text()))


def proven() -> dict[str, list[str]]:
    """{number: the files with a test that carries it}."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(FOLDER.rglob("test_*.py")):
        for number in {one for mark in MARK.findall(path.read_text()) for one in NUMBER.findall(mark)}:
            found[number].append(path.name)
    return found


def main() -> None:
    asked, tests = listed(), proven()
    for number, what in asked.items():
        files = ", ".join(tests.get(number, []))
        print(f"{number:7}{what[:78]:80}{files or '-'}")
    done = len(asked.keys() & tests.keys())
    print(f"\n{done} of {len(asked)} requirements have a test.")


if __name__ == "__main__":
    main()
