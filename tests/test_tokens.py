"""The design tokens: both dark blocks are equal, and every pair of text and ground is readable."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
ACCENTS = (CSS / "accents.css").read_text()
TONES = ("neutral", "info", "progress", "good", "warning", "bad")

# (text, ground, least contrast): WCAG 2.2 asks 4.5 of text, 3 of marks, borders and the focus.
GROUNDS = ("page", "surface", "surface-2", "surface-3")
PAIRS = [
    *((ink, ground, 4.5) for ink, ground in product(("ink", "ink-2", "ink-3"), GROUNDS)),
    *((f"{tone}-ink", f"{tone}-bg", 4.5) for tone in TONES),
    *((f"{tone}-solid", "surface", 3) for tone in TONES),
    *(("accent-text", ground, 4.5) for ground in (*GROUNDS, "accent-soft")),
    *((ink, "accent-soft", 4.5) for ink in ("ink", "ink-2")),
    *(("accent-ink", ground, 4.5) for ground in ("accent", "accent-hover")),
    *(("green-ink", ground, 4.5) for ground in ("green", "green-hover")),
    *((mark, ground, 3) for mark in ("focus", "line-control") for ground in ("page", "surface")),
    ("bar-ink", "bar-bg", 4.5),
    ("bar-ink-2", "bar-bg", 4.5),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", block))


def block(css: str, selector: str) -> str:
    """The declarations of the first rule with exactly this selector."""
    return re.search(r"(?:^|[\n}])\s*" + re.escape(selector) + r" \{([^{}]*)\}", css)[1]


def said(css: str) -> list[str]:
    return sorted(part.strip() for part in css.split(";") if part.strip())


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


LIGHT = colours(block(TOKENS, ":root"))
DARK = LIGHT | colours(block(TOKENS, '[data-bs-theme="dark"]'))
CHOSEN = sorted(set(re.findall(r'data-accent="(\w+)"', ACCENTS)))
SCHEMES = {
    "light": LIGHT,
    "dark": DARK,
    **{f"{name} light": LIGHT | colours(block(ACCENTS, f'[data-accent="{name}"]')) for name in CHOSEN},
    **{
        f"{name} dark": DARK | colours(block(ACCENTS, f'[data-accent="{name}"][data-bs-theme="dark"]'))
        for name in CHOSEN
    },
}


def test_the_readers_dark_and_the_systems_dark_are_the_same():
    assert said(block(TOKENS, ':root:not([data-bs-theme="light"])')) == said(block(TOKENS, '[data-bs-theme="dark"]'))


@pytest.mark.parametrize("name", CHOSEN)
def test_a_chosen_accent_has_one_dark_form(name):
    system = block(ACCENTS, f'[data-accent="{name}"]:not([data-bs-theme="light"])')
    assert said(system) == said(block(ACCENTS, f'[data-accent="{name}"][data-bs-theme="dark"]'))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_pair_can_be_read(scheme):
    tokens = SCHEMES[scheme]
    weak = {
        (ink, ground): round(contrast(tokens[ink], tokens[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(tokens[ink], tokens[ground]) < least
    }
    assert weak == {}


def test_only_the_tokens_name_colours():
    """A colour elsewhere would not follow dark mode; white is the paper of prints and pads."""
    allowed = {"tokens.css", "accents.css", "pdf.css"}
    named = {
        (sheet.name, colour)
        for sheet in CSS.glob("*.css")
        if sheet.name not in allowed
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|rgba?\([^)]*\)", sheet.read_text())
    }
    assert {colour for _, colour in named} <= {"#fff", "#ffffff"}


def test_every_token_that_is_used_exists():
    sheets = "".join(sheet.read_text() for sheet in CSS.glob("*.css") if sheet.name != "pdf.css")
    used = set(re.findall(r"var\(--(?!bs-)([\w-]+)\)", sheets))
    assert used - set(re.findall(r"--([\w-]+):", sheets)) == set()
