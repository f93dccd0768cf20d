"""The four languages are whole: every sentence translated, with the same placeholders and all plural forms."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("sv", "nb", "uk", "en")
FORMS = {"sv": 2, "nb": 2, "uk": 3, "en": 2}
NAMED = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> polib.POFile:
    """The sentences as they stand in the sources now."""
    path = tmp_path_factory.mktemp("words") / "messages.pot"
    words = ["-k", "lazy_gettext", "-k", "_l", "-k", "lazy_ngettext:1,2"]
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "pyproject.toml",
        *words,
        "-o",
        str(path),
    ]
    subprocess.run([*command, "app.py", "blueprints", "models", "tasks", "templates"], cwd=ROOT, check=True)
    return polib.pofile(str(path))


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"))


def key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_every_sentence_and_no_other(template, language):
    wanted, found = (
        {key(entry) for entry in template},
        {key(entry) for entry in catalogue(language) if not entry.obsolete},
    )
    assert (sorted(wanted - found), sorted(found - wanted)) == ([], [])


@pytest.mark.parametrize("language", ["sv", "nb", "uk"])
def test_every_sentence_is_translated(language):
    entries = [entry for entry in catalogue(language) if not entry.obsolete]
    assert [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags] == []


@pytest.mark.parametrize("language", ["sv", "nb", "uk"])
def test_translations_name_what_the_sentence_names(language):
    wrong = []
    for entry in catalogue(language):
        allowed = set(NAMED.findall(entry.msgid + (entry.msgid_plural or "")))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            names = set(NAMED.findall(text))
            if text and (names - allowed or (not entry.msgid_plural and names != allowed)):
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("language", ["sv", "nb", "uk"])
def test_counted_sentences_have_all_plural_forms(language):
    counted = [entry for entry in catalogue(language) if entry.msgid_plural and not entry.obsolete]
    assert [
        entry.msgid
        for entry in counted
        if len([text for text in entry.msgstr_plural.values() if text]) != FORMS[language]
    ] == []


def test_sentences_are_whole():
    """No f-string and no + inside a translated sentence: it could not be translated."""
    glued = []
    for part in ("models", "tasks", "blueprints"):
        for path in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                named = isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                    "_",
                    "_l",
                    "gettext",
                    "ngettext",
                    "lazy_gettext",
                }
                if (
                    named
                    and node.args
                    and not isinstance(node.args[0], ast.Constant | ast.Name | ast.Attribute | ast.Subscript)
                ):
                    glued.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert glued == []
