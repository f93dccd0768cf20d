"""Every "why not" is whole: a sentence, a way out, a help page in four languages, and a test that provokes it."""

import ast
import re
from pathlib import Path

import pytest

from models.refusals import REASONS, Reason
from models.rights import Right

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("sv", "nb", "uk", "en")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
REASONS_BY_CODE = sorted(REASONS.items())


def every_reason():
    return pytest.mark.parametrize(("code", "reason"), REASONS_BY_CODE, ids=[code for code, _ in REASONS_BY_CODE])


@every_reason()
def test_it_has_a_sentence_a_status_and_a_way_out(code: str, reason: Reason):
    assert str(reason.say)
    assert reason.status in (403, 409, 422)
    assert reason.remedies or reason.lifted_by
    assert {remedy.right for remedy in reason.remedies} | {reason.lifted_by} <= {"", *Right}


@every_reason()
def test_its_remedies_lead_to_pages_that_exist(app, code: str, reason: Reason):
    for remedy in reason.remedies:
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint == remedy.page]
        assert rules, f"{code} leads to {remedy.page}"
        wanted = {name for name in remedy.arguments if name != "_anchor"}
        assert any(rule.arguments <= wanted for rule in rules), f"{code}: {remedy.page} needs other arguments"
        assert any(("POST" if remedy.posts else "GET") in rule.methods for rule in rules)


@every_reason()
def test_it_has_a_help_page_in_every_language(code: str, reason: Reason):
    missing = [
        language for language in LANGUAGES if not (ROOT / "templates" / "help" / language / f"{code}.html").exists()
    ]
    assert missing == []


def made() -> dict[str, list[set[str]]]:
    """{code: [names of the parameters at each refuse(...)]} over the whole product."""
    found: dict[str, list[set[str]]] = {}
    for path in [
        *(ROOT / "models").rglob("*.py"),
        *(ROOT / "tasks").rglob("*.py"),
        *(ROOT / "blueprints").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "refuse"
                and isinstance(node.args[0], ast.Constant)
            ):
                names = {keyword.arg for keyword in node.keywords}
                found.setdefault(node.args[0].value, []).append(names)
    return found


def test_every_refusal_carries_what_its_sentences_name():
    wrong = {}
    for code, calls in made().items():
        reason = REASONS[code]
        wanted = set(PLACEHOLDER.findall(f"{reason.say} {reason.nums}"))
        for names in calls:
            if None not in names and not wanted <= names:
                wrong[code] = wanted - names
    assert wrong == {}


def test_every_reason_is_provoked_by_a_test():
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert [code for code in REASONS if f'"{code}"' not in written and f"'{code}'" not in written] == []
