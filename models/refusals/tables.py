"""Imports and the tables they read."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

_IMPORT = Remedy(_l("Choose another file"), "imports.index", right="register.import")
_TEMPLATE = Remedy(
    _l("Download a template"), "imports.template", {"name": "register", "kind": "kind"}, right="register.import"
)
_SAVE_AS = Remedy(_l("How to save a register"), "help.show", {"code": "code"})

REASONS = (
    Reason(
        "import.running",
        409,
        _l("The import runs already"),
        remedies=(Remedy(_l("See how far it is"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.finished",
        409,
        _l("The import is finished"),
        remedies=(Remedy(_l("See what it did"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.unmapped",
        422,
        _l("No column is chosen for %(field)s"),
        remedies=(Remedy(_l("Choose the column"), "imports.show", {"id": "import_id"}), _TEMPLATE),
    ),
    Reason(
        "import.column_twice",
        422,
        _l("The column %(heading)s is chosen more than once"),
        _l("It is chosen for: %(fields)s."),
        (Remedy(_l("Choose the column"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.unwritten",
        409,
        _l("The import has written nothing that could be undone"),
        remedies=(Remedy(_l("See what it did"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.undoing",
        409,
        _l("Undoing the import is under way already"),
        remedies=(Remedy(_l("See how far it is"), "import_undo.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.undone",
        409,
        _l("The import has been undone"),
        remedies=(Remedy(_l("See what was undone"), "import_undo.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.no_column",
        422,
        _l("The file has no column for %(field)s"),
        _l("Its headings are: %(headings)s."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "import.unchecked",
        409,
        _l("The file is not checked yet"),
        _l("The check tells what would happen to each row, and changes nothing."),
        (Remedy(_l("Choose the columns"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.begun",
        409,
        _l("The import has begun with the columns chosen then"),
        remedies=(Remedy(_l("Go on with the import"), "imports.show", {"id": "import_id"}),),
    ),
    Reason(
        "import.file_gone",
        409,
        _l("The file %(name)s is no longer kept"),
        _l("Files of imports go after a while, or when somebody who stood in them is erased. Import it again."),
        (Remedy(_l("Import a file"), "imports.index", right="register.import"),),
    ),
    Reason(
        "import.broken",
        409,
        _l("The import stopped in the middle"),
        _l("What was written stays; it goes on behind that. The fault is logged: %(answer)s"),
        (Remedy(_l("Go on with the import"), "imports.show", {"id": "import_id"}),),
    ),
    Reason("import.no_file", 422, _l("No file is chosen"), remedies=(_IMPORT, _TEMPLATE)),
    Reason("table.empty", 422, _l("The file is empty"), remedies=(_TEMPLATE, _IMPORT)),
    Reason("table.no_rows", 422, _l("The file has headings and no rows"), remedies=(_TEMPLATE, _IMPORT)),
    Reason(
        "table.binary",
        422,
        _l("The file is no table"),
        _l("A table is a CSV text or an Excel workbook (.xlsx)."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "table.one_column",
        422,
        _l("Line %(line)s has one column only: %(heading)s"),
        _l("Columns are separated by semicolon, tab, comma or a vertical bar."),
        (_TEMPLATE, _IMPORT),
    ),
    Reason(
        "table.broken_quotes",
        422,
        _l("A quotation mark that is opened on line %(line)s is not closed"),
        remedies=(_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.encoding",
        422,
        _l("Line %(line)s has letters that cannot be read as %(encoding)s"),
        _l("Save the file as UTF-8, or as an Excel workbook (.xlsx)."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.too_large",
        422,
        _l("The file is %(size)s MB; at most %(limit)s MB is allowed"),
        _l("Divide it into several files."),
        (_IMPORT,),
    ),
    Reason(
        "table.too_many_rows",
        422,
        _l("The file has more than %(limit)s rows"),
        _l("Divide it into several files."),
        (_IMPORT,),
    ),
    Reason(
        "table.too_many_cells",
        422,
        _l("The workbook has more than %(limit)s cells"),
        _l("Divide it into several files, or save it as CSV."),
        (_IMPORT,),
    ),
    Reason(
        "table.damaged",
        422,
        _l("The workbook is damaged"),
        _l("Open it in Excel and save it again as .xlsx."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.password",
        422,
        _l("The workbook is locked with a password"),
        _l("Save it again without a password."),
        (_SAVE_AS, _IMPORT),
    ),
    Reason(
        "table.old_excel",
        422,
        _l("The workbook is in the format of Excel 97 to 2003 (.xls)"),
        _l("Save it again as .xlsx."),
        (_SAVE_AS, _IMPORT),
    ),
)
