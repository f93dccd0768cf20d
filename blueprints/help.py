"""Help: a page per question and language, readable without a login; where nobody wrote one, the refusal's own
sentence."""

from collections import defaultdict
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, request
from flask_babel import force_locale
from flask_login import current_user

from blueprints.web import blueprint, page, public
from blueprints.words import reading
from models.base import Language
from models.refusals import REASONS
from models.search import fold

bp = blueprint("help")

FALLBACK = Language.EN.value


def layout() -> str:
    """The reader's own frame, or the door's."""
    if not current_user.is_authenticated:
        return "layouts/bare.html"
    return "layouts/portal.html" if current_user.is_portal else "layouts/base.html"


@bp.get("/")
@public
def index():
    query = request.args.get("q", "")[:100]
    wanted = fold(query).split()
    found = [question for question in questions(reading()) if all(word in question.text for word in wanted)]
    return page("help/index.html", layout=layout(), questions=found, query=query)


@bp.get("/<code>")
@public
def show(code: str):
    spoken = language_of(code, reading())
    if spoken:
        return page(f"help/{spoken}/{code}.html", layout=layout(), spoken=spoken, fallback=spoken != reading())
    if code not in REASONS:
        abort(404)
    return page("help/refusal.html", layout=layout(), **words(code))


def language_of(code: str, wanted: str) -> str:
    """The language this page exists in: the reader's, else English, else none."""
    written = pages()
    return next((language for language in (wanted, FALLBACK) if code in written.get(language, ())), "")


@lru_cache(maxsize=1)
def pages() -> dict[str, set[str]]:
    """The codes that have a page, by language."""
    found: dict[str, set[str]] = defaultdict(set)
    for template in current_app.jinja_env.list_templates(
        filter_func=lambda name: name.startswith("help/") and name.count("/") == 2
    ):
        _folder, language, name = template.split("/")
        found[language].add(name.removesuffix(".html"))
    return dict(found)


@lru_cache(maxsize=len(Language))
def questions(language: str) -> list[SimpleNamespace]:
    """Everything that can be asked, in the order of the alphabet; `text` is what the search looks in."""
    codes = sorted({code for codes in pages().values() for code in codes} | set(REASONS))
    with force_locale(Language(language).locale):
        found = [question(code, language) for code in codes if code in REASONS or language_of(code, language)]
    return sorted(found, key=lambda one: fold(one.title))


def question(code: str, language: str) -> SimpleNamespace:
    """The page's own heading and text; for a reason without a page its sentence."""
    spoken = language_of(code, language)
    if not spoken:
        said = words(code)
        return SimpleNamespace(code=code, title=said["sentence"], text=fold(said["sentence"], said["figures"]))
    title, answer = (render_template_part(f"help/{spoken}/{code}.html", part) for part in ("question", "answer"))
    return SimpleNamespace(code=code, title=title, text=fold(title, answer))


def render_template_part(name: str, part: str) -> str:
    """A block of a page as plain text."""
    template = current_app.jinja_env.get_template(name)
    context = template.new_context({"layout": "layouts/bare.html"})
    return current_app.jinja_env.filters["striptags"]("".join(template.blocks[part](context))).strip()


def words(code: str) -> dict[str, Any]:
    """The reason's sentence and figures, with dots where the case at hand would stand."""
    return {"sentence": filled(REASONS[code].say), "figures": filled(REASONS[code].nums)}


def filled(sentence: Any) -> str:
    return str(sentence) % defaultdict(lambda: "…") if sentence else ""
