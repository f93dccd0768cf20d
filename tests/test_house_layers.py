"""The architecture of the house: who may import whom, how long things get, and what has no place where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("models", "tasks", "blueprints", "app")
# Pure libraries: they compute and never reach out, so the domain may use them (README, Decisions).
DOMAIN_LIBRARIES = {
    "peewee",
    "playhouse",
    "flask_babel",
    "argon2",
    "pyotp",
    "stdnum",
    "phonenumbers",
    "email_validator",
}
STANDARD = set(__import__("sys").stdlib_module_names)

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
LONGEST_TEMPLATE = 80


def sources(*layers: str) -> Iterator[Path]:
    for layer in layers:
        path = ROOT / layer
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports(path: Path) -> set[str]:
    """The top-level names a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def names(paths: Iterator[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("layer", ["models", "tasks", "blueprints"])
def test_imports_point_downward(layer):
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    wrong = {str(path.relative_to(ROOT)): imports(path) & above for path in sources(layer) if imports(path) & above}
    assert wrong == {}


def test_the_domain_knows_no_web_and_no_outside():
    allowed = DOMAIN_LIBRARIES | STANDARD | {"models"}
    wrong = {
        str(path.relative_to(ROOT)): imports(path) - allowed for path in sources("models") if imports(path) - allowed
    }
    assert wrong == {}


def test_of_flask_babel_the_domain_uses_only_lazy_sentences():
    used = {
        alias.name
        for path in sources("models")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for alias in node.names
    }
    assert used <= {"lazy_gettext", "lazy_ngettext", "lazy_pgettext"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_a_screen():
    everything = [
        found for path in sources("models", "tasks", "blueprints", "app", "assets") for found in functions(path)
    ]
    assert [name for name, lines in everything if lines > LONGEST_FUNCTION] == []


def test_no_file_holds_more_than_one_idea():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in sources("models", "tasks", "blueprints", "app")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert [
        name for name in names(sources("models", "tasks", "blueprints", "tests")) if Path(name).stem in drawers
    ] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a write or a query", r"\.(save|create|insert_many|delete_instance|execute)\(|\.where\("),
        ("a missing right said by hand", r"abort\(403"),
        ("a status compared to a word", r"(status|state|action|kind|role)[a-z_.]* ?[!=]= ?[\"']"),
    ],
)
def test_handlers_hold_no_rules(what, pattern):
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("blueprints")
        if path.name != "web.py"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    }
    assert found == set(), what


def test_only_the_web_file_looks_at_htmx_headers():
    assert [
        name
        for path, name in zip(sources("blueprints"), names(sources("blueprints")), strict=True)
        if "HX-" in path.read_text() and path.name != "web.py"
    ] == []


def test_work_is_ordered_only_by_app_and_tasks():
    assert [
        name
        for path, name in zip(sources("models"), names(sources("models")), strict=True)
        if "huey" in path.read_text().replace("Huey", "")
    ] == []


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("compares to a word", r"\{%-? *(el)?if[^%]*[!=]= ?[\"']"),
        ("marks as safe", r"\|\s*safe\b"),
        ("carries its own script, style or handler", r"<script>|<style>| on[a-z]+=\"| style=\""),
    ],
)
def test_templates_only_print(what, pattern):
    free = ("pdf/", "layouts/pdf", "layouts/email", "notifications/")
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in templates()
        if not str(path.relative_to(ROOT / "templates")).startswith(free)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    }
    assert found == set(), what


def test_templates_fit_on_a_screen():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in templates()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_TEMPLATE} == {}
