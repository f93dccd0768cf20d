"""Tables to try reading with: workbooks made on the spot, some of them with ill will."""

import io
import zipfile

import openpyxl
import pytest

from tasks.tables import BadTable, read_table


def read(source, **options):
    with read_table(source, **options) as table:
        return table.headings, [cells for _line, cells in table.rows]


def refusal(source, **options):
    with pytest.raises(BadTable) as refused:
        read(source, **options)
    return refused.value.code, refused.value.params


def book(*rows, title="Blad1", **sheets):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for name, content in sheets.items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    return packed(made)


def packed(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(raw, changes):
    """The workbook with some of its parts replaced, as somebody with ill will packs it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return out.getvalue()


def sheet_of(body):
    """A workbook whose one sheet holds these rows of XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}" xmlns:x="{main}"><sheetData>{body}</sheetData></worksheet>'
    return repacked(book(["a", "b"], ["1", "2"]), {"xl/worksheets/sheet1.xml": sheet})
