"""The macros of templates/ui/ under one name, in every template: `ui.field(...)`."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment

ALWAYS_ALIKE = ("icon", "avatar", "side_menu")  # drawn from what they are told alone, and drawn often


class Ui:
    """Collected at the first use, kept until a change of the code."""

    def __init__(self, environment: Environment):
        self._environment = environment
        self._macros: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if not self._macros:
            self._macros = self._collect()
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"no macro ui.{name}") from None

    def _collect(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        loader = self._environment.loader
        assert loader is not None
        for name in loader.list_templates():
            if name.startswith("ui/"):
                found |= self._macros_of(name)
        return found | {name: lru_cache(maxsize=1000)(found[name]) for name in ALWAYS_ALIKE}

    def _macros_of(self, template: str) -> dict[str, Any]:
        module = self._environment.get_template(template).module
        return {name: macro for name, macro in vars(module).items() if not name.startswith("_")}
