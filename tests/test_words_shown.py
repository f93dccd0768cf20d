"""Values as readers read them, and mistakes of a template that nobody should have to look for."""

import pytest
from flask import render_template_string
from flask_babel import force_locale
from jinja2 import UndefinedError

from blueprints.words import show
from models.base import Money


@pytest.mark.parametrize(
    ("language", "amount"),
    [("sv", "1 234 567,05 kr"), ("nb", "1 234 567,05 SEK"), ("uk", "1 234 567,05 SEK"), ("en", "SEK1,234,567.05")],
)
def test_an_amount_is_written_in_the_readers_way(app, language, amount):
    with app.test_request_context(), force_locale(language):
        assert show(Money(123_456_705, "SEK")).replace("\xa0", " ") == amount


def test_a_macro_that_does_not_exist_is_named(app):
    with app.test_request_context(), pytest.raises(UndefinedError, match="no attribute 'confetti'"):
        render_template_string("{{ ui.confetti() }}")
