"""The register of articles: known by the article number."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from models import vat
from models.amounts import HUNDRED, LARGEST, half_up
from models.article import Article
from models.base import now, on_postgres
from models.register import values
from models.register.column import Column
from models.register.problems import Bad
from models.register.register import Draft, Register, Row, by_field
from models.register.rules import Rules
from models.rights import Right
from models.search import fold, sort_key

LABELS = Article.LABELS
NUMBER = re.compile(r"\d{1,13}([.,]\d{1,6})?")
THOUSANDS = re.compile(r"[\s\u00a0\u202f']")


def number(cell: str, rules: Rules) -> str:
    return values.fitting(values.unshortened(" ".join(cell.split())), 32)


def decimal(cell: str) -> Decimal | None:
    """A number with a decimal comma or point, blanks between the thousands; None where it is none."""
    plain = THOUSANDS.sub("", cell)
    return Decimal(plain.replace(",", ".")) if NUMBER.fullmatch(plain) else None


def amount(cell: str, rules: Rules) -> int:
    """Into minor units, rounded half up."""
    found = decimal(cell)
    minor = half_up(found * HUNDRED) if found is not None else -1
    if not 0 <= minor <= LARGEST:
        raise Bad("amount", high=LARGEST // 100)
    return minor


def purchase_price(cell: str, rules: Rules) -> int:
    """Only for those who may see it (S2.29)."""
    if not rules.by.has(Right.ARTICLE_SEE_PURCHASE_PRICE):
        raise Bad("purchase_price")
    return amount(cell, rules)


def vat_rate(cell: str, rules: Rules) -> Decimal:
    """One that is in force: `25`, `25 %` and `25,00` are the same."""
    found = decimal(cell.strip().removesuffix("%"))
    known = next((rate for rate in rules.vat_rates if rate == found), None)
    if known is None:
        raise Bad("vat", allowed=", ".join(str(rate) for rate in rules.vat_rates))
    return known


def group(cell: str, rules: Rules) -> int:
    found = rules.article_groups.get(fold(cell))
    if found is None:
        raise Bad("group")
    return found


class Articles(Register):
    name = "articles"
    label = _l("Articles")
    noun = Article
    only_new = frozenset({"number"})
    derived = ("search_text", "sort_name")
    columns = (
        Column(
            "number",
            LABELS["number"],
            "Artikelnr, Artikelnummer, Art.nr, Artnr, Varenr, Varenummer, Artikkelnr, Artikkelnummer, Артикул, "
            "Номер товару, Код товару, Article number, Article no, Item number, Item no, SKU, Nr, Nummer, Номер, "
            "Number",
            number,
            required=True,
            example="4711",
        ),
        Column(
            "name",
            LABELS["name"],
            "Benämning, Artikel, Artikelnamn, Namn, Artikelbenämning, Betegnelse, Varenavn, Vare, Artikkel, Navn, "
            "Назва, Назва товару, Найменування, Товар, Ім'я, Name, Article, Article name, Item, Description",
            values.text(120),
            required=True,
            example="Filter G4 592×592",
        ),
        Column(
            "group",
            LABELS["group"],
            "Varugrupp, Artikelgrupp, Produktgrupp, Varegruppe, Artikkelgruppe, Produktgruppe, Група товарів, Група, "
            "Product group, Article group, Item group, Group",
            group,
        ),
        Column("unit", LABELS["unit"], "Enhet, Одиниця, Од. виміру, Од., Unit, Unit of measure", values.text(12)),
        Column(
            "sales_price",
            LABELS["sales_price"],
            "Pris, Försäljningspris, Utpris, À-pris, Salgspris, Utsalgspris, Ціна, Ціна продажу, Price, Sales price, "
            "Unit price",
            amount,
            example="349,00",
        ),
        Column(
            "purchase_price",
            LABELS["purchase_price"],
            "Inköpspris, Inpris, Innkjøpspris, Innpris, Kostpris, Закупівельна ціна, Ціна закупівлі, Purchase price, "
            "Cost price, Cost",
            purchase_price,
        ),
        Column(
            "vat",
            LABELS["vat"],
            "Moms, Moms %, Momssats, Moms procent, Mva, Mva %, Mva-sats, Mva prosent, ПДВ, ПДВ %, Ставка ПДВ, "
            "ПДВ відсотків, VAT, VAT %, VAT percent, VAT rate",
            vat_rate,
            example="25",
        ),
        Column(
            "note",
            LABELS["note"],
            "Anteckning, Notering, Notat, Merknad, Примітка, Нотатка, Note, Notes",
            values.long_text(4000),
        ),
    )

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        known = row.values.get("number")
        return (known, "number") if known else None

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        numbers = [row.values["number"] for row in rows]
        query = Article.select(*READ).where(Article.number.in_(numbers))
        if on_postgres() and not dry:
            query = query.for_update()
        self.known = by_field("number", query) if numbers else {}

    def find(self, row: Row) -> None:
        row.found = self.known.get(row.values["number"])

    def usual(self) -> dict[str, Any]:
        return {
            **BLANK,
            "group": None,
            "purchase_price": None,
            "vat": vat.standard(self.rules.country),
            "created_at": now(),
        }

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [dict(row.values) for row in rows]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        names = {group_id: name for name, group_id in self.rules.article_groups.items()}
        draft: Any = Draft(usual, record)
        draft.group_id = draft.group
        draft.group = Draft({"name": names.get(draft.group_id, "")})
        record["search_text"] = fold(*Article.searched_by(draft))
        record["sort_name"] = sort_key(draft.name, self.rules.language)
        return draft


FIELDS = [column.field for column in Articles.columns]
READ = [getattr(Article, name) for name in ("id", "version", *FIELDS)]
BLANK = {**dict.fromkeys(FIELDS, ""), **Article._meta.get_default_dict()}
