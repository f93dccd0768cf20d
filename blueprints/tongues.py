"""The templates of pages, compiled once for each language: a sentence without variables is then part of the text.

`_("Close")` costs a look into the catalogue each time it is drawn, and a list draws three hundred of them.
"""

from collections.abc import Iterator

from babel import Locale
from flask import current_app
from flask_babel import force_locale, get_locale, gettext
from jinja2 import Environment, Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from blueprints.ui import Ui

FILLED = "_filled"  # the template's own name for a translated sentence with its variables


def template(name: str) -> Template:
    """The page's template in the reader's language."""
    return tongue(str(get_locale())).get_template(name)


def tongue(language: str) -> Environment:
    known = current_app.extensions.setdefault("tongues", {})
    if language not in known:
        known[language] = _environment(language)
    return known[language]


def _environment(language: str) -> Environment:
    spoken = current_app.jinja_env.overlay(extensions=[Spoken])
    spoken.extensions[Spoken.identifier].locale = Locale.parse(language)
    spoken.globals = {**spoken.globals, FILLED: filled, "ui": Ui(spoken)}
    return spoken


def filled(sentence: str, **values: object) -> str:
    return sentence % values


class Spoken(Extension):
    """Puts the translation where the template says `_("...")`: `("..."|safe)`, or `filled("..."|safe, who=...)`.

    What has variables is still filled, and escaped, when the page is drawn; plurals too are chosen then.
    """

    locale: Locale

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.test("name:_") and stream.current.type == "lparen" and stream.look().type == "string":
                yield from self._said(token, stream)
            else:
                yield token

    def _said(self, name: Token, stream: TokenStream) -> Iterator[Token]:
        opening, text = next(stream), next(stream)
        if stream.current.type == "comma":
            yield Token(name.lineno, "name", FILLED)
        yield opening
        yield Token(text.lineno, "string", self._translated(text.value, whole=stream.current.type != "comma"))
        yield Token(text.lineno, "pipe", "|")
        yield Token(text.lineno, "name", "safe")

    def _translated(self, text: str, *, whole: bool) -> str:
        with force_locale(self.locale):
            said = gettext(text)
        return said % {} if whole else said
