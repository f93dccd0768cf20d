"""Our PDF against WeasyPrint's own of the same page, warm, in one process, taking turns.

Run `python -m tests.bench.pdf [rounds]`. The goal is at most 1.3 times the bare render: what the
tags, the archival marks and the scaled photos may cost. Both must have the same number of pages.
Measured is processor time: both work alone and wait for nothing, and what else the machine does is left out.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import process_time

from pypdf import PdfReader

from tasks import pdf
from tests import paper

GOAL = 1.3


def documents() -> dict[str, tuple[object, dict[str, bytes]]]:
    few, few_files = paper.photos(3)
    many, many_files = paper.photos(10, 1600, 1200)
    return {
        "work order": (paper.order(), paper.IMAGES),
        "protocol, 10 points, 3 photos": (paper.protocol(photos=few), few_files),
        "protocol, 180 points, 10 photos": (
            paper.protocol(groups=paper.groups(18, each=10), photos=many),
            many_files,
        ),
    }


def timed(render: Callable[[], bytes]) -> tuple[float, bytes]:
    start = process_time()
    document = render()
    return process_time() - start, document


def compare(sheet, images: dict[str, bytes], rounds: int) -> tuple[float, float, int, int]:
    """Median processor seconds of ours and of the bare render, pages and bytes of ours."""
    html = paper.html(sheet)
    ours, bare = [], []
    for turn in range(rounds + 1):
        mine, document = timed(lambda: pdf.render(html, images=images, language="sv"))
        theirs, plain = timed(lambda: pdf.bare(html, images=images))
        if turn:  # the first warms up
            ours.append(mine)
            bare.append(theirs)
    pages = len(PdfReader(BytesIO(document)).pages)
    assert pages == len(PdfReader(BytesIO(plain)).pages)
    return median(ours), median(bare), pages, len(document)


def main(rounds: int = 7) -> None:
    print(f"{'document':34} {'pages':>5} {'kB':>6} {'ours s':>7} {'bare s':>7} {'ratio':>6}")
    for name, (sheet, images) in documents().items():
        ours, bare, pages, size = compare(sheet, images, rounds)
        verdict = "" if ours <= GOAL * bare else f"  over {GOAL}"
        print(f"{name:34} {pages:5} {size / 1000:6.0f} {ours:7.3f} {bare:7.3f} {ours / bare:6.2f}{verdict}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
