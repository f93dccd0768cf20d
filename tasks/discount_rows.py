"""A file of discounts, one row per product group: its name and the percent."""

from decimal import Decimal

from models.article import ArticleGroup
from models.refusals import Refused, refuse
from models.register import RegisterName
from models.register.articles import decimal
from models.search import fold
from tasks.imports import not_a_table
from tasks.tables import BadTable, read_table

LARGEST = 1_000_000
MOST_ROWS = 5_000
GROUP = frozenset(map(fold, ("Varugrupp", "Artikelgrupp", "Grupp", "Varegruppe", "Gruppe", "Група", "Група товарів")))
GROUP |= frozenset(map(fold, ("Product group", "Group")))
PERCENT = frozenset(map(fold, ("Procent", "Rabatt", "Rabatt %", "Prosent", "Відсоток", "Знижка", "Знижка %")))
PERCENT |= frozenset(map(fold, ("Percent", "Discount", "Discount %", "%")))


def read_rows(raw: bytes) -> dict[ArticleGroup, Decimal]:
    """{group: percent} of the file. Raises Refused with every row that is wrong, and then nothing of it counts."""
    groups = {fold(group.name): group for group in ArticleGroup.in_order()}
    found: dict[ArticleGroup, Decimal] = {}
    refusals = []
    for line, name, cell in _cells(raw):
        group, percent = groups.get(fold(name)), decimal(cell.strip().removesuffix("%"))
        if group is None:
            refusals.append(refuse("discount.unknown_group", line=line, name=name))
        elif percent is None or not 0 <= percent <= 100:
            refusals.append(refuse("discount.no_percent", line=line, value=cell))
        else:
            found[group] = percent.quantize(Decimal("0.01"))
    if refusals:
        raise Refused(refusals)
    return found


def _cells(raw: bytes) -> list[tuple[int, str, str]]:
    """(line, group, percent) of each row; columns without known headings are the first and the second."""
    try:
        with read_table(raw, limit_bytes=LARGEST, limit_rows=MOST_ROWS, unescape=True) as table:
            headings = [fold(heading) for heading in table.headings]
            first, second = _place(headings, GROUP, 0), _place(headings, PERCENT, 1)
            bare = [(1, table.headings[first], table.headings[second])] if decimal(table.headings[second]) else []
            return bare + [(line, cells[first], cells[second]) for line, cells in table.rows]
    except BadTable as bad:
        raise Refused([not_a_table(bad, RegisterName.ARTICLES)]) from bad


def _place(headings: list[str], known: frozenset[str], otherwise: int) -> int:
    return next((place for place, heading in enumerate(headings) if heading in known), otherwise)
