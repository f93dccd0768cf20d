"""What Kundbok must reach, measured against the null route of the same server.

Run `python -m tests.bench [--large]`: 1,000 and 100,000 customers, or 1,000 and 1,000,000. Prints
one table and writes bench.json under DATA_DIR. Everything is on: rights, languages, CSRF, sessions,
durability.
"""

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import measures
from tests.bench.server import serving

SMALL, USUAL, LARGE = 1_000, 100_000, 1_000_000


@dataclass
class Result:
    """One line of bench.json; `value` is at most `goal` where `ok`."""

    id: str
    what: str
    rows: int
    connections: int
    value: float
    goal: float
    unit: str
    ok: bool = False

    def __post_init__(self) -> None:
        self.value = round(self.value, 3)
        self.ok = self.value <= self.goal

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "OVER"
        value = f"{self.value:11.2f}{self.goal:9.1f} {self.unit:9}"
        return f"{self.id:5}{self.what:38}{self.rows:10}{self.connections:4}{value}{verdict}"


class Bench:
    def __init__(self, kept: Path):
        self.kept, self.results = kept, []
        self.middle: dict[tuple[int, str], float] = {}

    def note(self, *facts) -> None:
        self.results.append(Result(*facts))
        print(self.results[-1], flush=True)

    def save(self) -> None:
        self.kept.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(result) for result in self.results], indent=1)
        (self.kept / "bench.json").write_text(text + "\n")


def run(bench: Bench, rows: int, everything: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="kundbok-bench-") as scratch:
        data = Path(scratch)
        facts = measures.built(data, rows)
        with serving(data) as server:
            house = measures.House(server, rows, facts, bench)
            house.pages()
            house.sizes()
            if everything:
                house.papers()
                house.reports()
                house.undisturbed()
                house.idle()
        if everything:
            measures.search(bench, data, rows)
            measures.letters(bench, data)


def compare(bench: Bench, small: int, big: int) -> None:
    """P2: how much slower a page is in the bigger house."""
    for (rows, what), value in list(bench.middle.items()):
        if rows == big:
            ratio = value / bench.middle[small, what]
            bench.note("P2", f"{what}, p50 against {small:,}", big, 1, ratio, 1.5, "x")


def main(large: bool = False) -> None:
    bench = Bench(Path(os.environ.get("DATA_DIR") or "var"))
    big = LARGE if large else USUAL
    print(f"{'':5}{'what':38}{'rows':>10}{'n':>4}{'value':>11}{'goal':>9}")
    run(bench, SMALL, False)
    run(bench, big, True)
    compare(bench, SMALL, big)
    measures.imports_and_papers(bench)
    bench.save()


if __name__ == "__main__":
    main("--large" in sys.argv)
