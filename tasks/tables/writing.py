"""Tables on their way out: CSV that opens in Excel with a double click, and XLSX.

A cell that begins like a formula would be run on the reader's machine. In CSV it gets an
apostrophe in front, which `unescaped` takes away again; in a workbook text is stored as text.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape

DELIMITER = ";"  # Excel in Sweden, Norway and Ukraine takes it whatever language the reader uses
DECIMAL_COMMA = {"sv", "nb", "uk"}
BATCH = 64 * 1024
FORMULA = re.compile(r"'*(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  day zero of Excel's calendar, in no time zone
CELL_LENGTH = 32_767
SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
# What XML or Excel would read differently, written in Excel's own notation.
CODED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
TEXT, HEADING, DAY, MOMENT = range(1, 5)  # positions among the cell styles below


def write_csv(headings: Sequence[Any], rows: Iterable[Sequence[Any]], *, language: str) -> Iterator[bytes]:
    """CSV in pieces: UTF-8 with BOM, semicolons, every cell quoted so that nothing is ambiguous.

    Numbers get the decimal comma where the language has one, dates are ISO; only text is escaped.
    """
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=DELIMITER, quoting=csv.QUOTE_ALL)
    writer.writerow([escaped(str(heading)) for heading in headings])
    for row in rows:
        writer.writerow([_csv_cell(value, language) for value in row])
        if out.tell() > BATCH:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def write_xlsx(headings: Sequence[Any], rows: Iterable[Sequence[Any]], sheet: str) -> bytes:
    """A workbook of one sheet with its headings bold and fixed; one row in memory at a time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, content in PARTS.items():
            package.writestr(name, content.replace("{sheet}", _attribute(_sheet_name(sheet))))
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(SHEET_START.encode())
            part.write(_row(1, headings, HEADING).encode())
            for number, row in enumerate(rows, start=2):
                part.write(_row(number, row, TEXT).encode())
            part.write(SHEET_END.encode())
    return out.getvalue()


def escaped(text: str) -> str:
    return "'" + text if FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """The text before `escaped`; also when somebody has saved the CSV as a workbook since."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text) else text


def _csv_cell(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float, Decimal)):
        number = format(value, "f") if isinstance(value, Decimal) else str(value)
        return number.replace(".", ",") if language in DECIMAL_COMMA else number
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else escaped(str(value))


def _row(number: int, values: Sequence[Any], style: int) -> str:
    cells = "".join(
        _xlsx_cell(f"{_letters(place)}{number}", value, style)
        for place, value in enumerate(values)
        if value is not None and value != ""
    )
    return f'<row r="{number}">{cells}</row>'


def _xlsx_cell(at: str, value: Any, style: int) -> str:
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f'<c r="{at}"><v>{value}</v></c>'
    if isinstance(value, datetime):
        days = (value.replace(tzinfo=None) - EPOCH).total_seconds() / 86_400
        return f'<c r="{at}" s="{MOMENT}"><v>{days}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="{DAY}"><v>{(value - EPOCH.date()).days}</v></c>'
    text = _xml_text(str(value))
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _xml_text(text: str) -> str:
    if text.startswith("'"):
        text = escaped(text)  # so that reading, which takes one apostrophe away, gives it back
    coded = CODED.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:CELL_LENGTH])
    return escape(coded)


@cache
def _letters(place: int) -> str:
    head, last = divmod(place, 26)
    return (_letters(head - 1) if head else "") + ascii_uppercase[last]


def _sheet_name(name: str) -> str:
    return SHEET_NAME.sub(" ", name).strip()[:31] or "1"


def _attribute(text: str) -> str:
    return escape(CODED.sub("", text), {'"': "&quot;"})


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_START = (
    f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    '</sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">'
    '<sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
