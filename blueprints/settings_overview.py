"""The settings at a glance: pages in groups, found by what stands on them, and who changed a page last."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l

from blueprints.forms import Form
from models.event import Event
from models.search import fold

Sections = Iterable[tuple[str, Any, Any]]

# A page that no group names stands in the last one.
GROUPS = (
    (_l("The house"), ("settings.organisation", "stores.index", "settings.mail")),
    (_l("People and rights"), ("user_groups.index", "permission_templates.index", "settings.notifications")),
    (
        _l("The register"),
        (
            "settings.register",
            "categories.index",
            "article_groups.index",
            "custom_fields.index",
            "settings.company_register",
            "retention.show",
        ),
    ),
    (_l("Customer portal"), ("settings.portal",)),
    (_l("Integrations and the rest"), ("integrations.index",)),
)
# What the pages without a form of the organisation are about, by their events.
NOUNS = {
    "stores.index": "store",
    "categories.index": "category",
    "article_groups.index": "article_group",
    "custom_fields.index": "custom_field",
    "user_groups.index": "user_group",
    "permission_templates.index": "permission_template",
    "integrations.index": "integration",
}
ALSO = {
    "settings.organisation": ("logo",),
    "settings.notifications": ("told",),
    "retention.show": ("periods",),
}


def groups(sections: Sections, forms: dict[str, type[Form]], typed: str) -> list[SimpleNamespace]:
    """The pages in their groups; with something typed only those where every word of it stands."""
    wanted = fold(typed).split()
    found = [one for one in sections if all(word in words_of(one, forms) for word in wanted)]
    placed = {endpoint for _label, endpoints in GROUPS for endpoint in endpoints}
    rest = [endpoint for endpoint, *_more in found if endpoint not in placed]
    *firsts, (last, its) = GROUPS
    every = [*firsts, (last, (*its, *rest))]
    drawn = [
        SimpleNamespace(
            label=label, pages=[one for endpoint in endpoints for one in found if one[0] == endpoint], number=number
        )
        for number, (label, endpoints) in enumerate(every, start=1)
    ]
    return [group for group in drawn if group.pages]


def words_of(section: tuple[str, Any, Any], forms: dict[str, type[Form]]) -> str:
    """All that is read on the page, in the reader's language."""
    endpoint, label, about = section
    form = forms.get(endpoint)
    fields = [str(field.label.text) for field in form(None)] if form else []
    return fold(str(label), str(about), *fields)


def last_change(endpoint: str, forms: dict[str, type[Form]]) -> Event | None:
    if endpoint in NOUNS:
        return Event.latest(NOUNS[endpoint])
    form = forms.get(endpoint)
    fields = [field.name for field in form(None)] if form else []
    fields += ALSO.get(endpoint, ())
    return Event.latest("organisation", fields) if fields else None
