"""A person's rights on the screen: what they have and why, what is chosen for them, and the warning before a risky
one."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import SelectChoice, SelectField

from blueprints.actions import tell
from models.permission_template import Difference, PermissionTemplate
from models.rights import MODULES, Grounds, Right, Role
from models.user import User

STATES = {Difference.GIVE.value: True, Difference.WITHDRAW.value: False}
TEMPLATE = "template-"  # before the number of a permission template, among the roles


def base_named(name: str | None) -> Role | PermissionTemplate | None:
    """The role or template of this value; None where there is none such."""
    if name in {role.value for role in Role.of_staff()}:
        return Role(name)
    word, _dash, number = (name or "").rpartition("-")
    return PermissionTemplate.numbered(number) if f"{word}-" == TEMPLATE else None


def value_of(base: Role | PermissionTemplate) -> str:
    return base.value if isinstance(base, Role) else f"{TEMPLATE}{base.id}"


def bases(chosen: Role | PermissionTemplate) -> dict[str, list[tuple[str, Any, bool]]]:
    """What a person can follow: the built-in roles and the templates, the chosen one marked."""
    groups = {_("Roles"): Role.of_staff(), _("Permission templates"): list(PermissionTemplate.in_order())}
    return {
        label: [(value_of(one), one.label, value_of(one) == value_of(chosen)) for one in every]
        for label, every in groups.items()
        if every
    }


class RoleOrTemplate(SelectField):
    """One of the roles or templates; `base` is it."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any):
        super().__init__(label, validators, choices=[], **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        every = bases(Role.TECHNICIAN).items()
        self.choices = [
            SelectChoice(value, label, optgroup=group) for group, some in every for value, label, _chosen in some
        ]
        super().process(*args, **kwargs)

    @property
    def base(self) -> Any:
        return base_named(self.data)


def rights_of(person: User) -> list[SimpleNamespace]:
    """Every right by module, with why the person has it or has it not."""
    return [
        SimpleNamespace(
            label=label, rights=[a_right(person, right) for right in Right.of_staff() if right.module == module]
        )
        for module, label in MODULES.items()
        if module != Right.PORTAL_REPORT.module
    ]


def a_right(person: User, right: Right) -> SimpleNamespace:
    return SimpleNamespace(
        right=right,
        say=right.label,
        has=person.has(right),
        why=because(person, right),
        risky=right.is_risky,
        mine=right in current_user.givable,
    )


def because(person: User, right: Right) -> str:
    """The grounds; those of a template with its name."""
    grounds = person.why(right)
    if grounds is Grounds.TEMPLATE:
        return _("By the template %(name)s", name=person.template.name)
    return str(grounds.label)


@dataclass(frozen=True)
class Wanted:
    """What shall apply: the role or template, the exceptions to it, and the version of the account they were chosen
    on."""

    base: Role | PermissionTemplate
    exceptions: dict[Right, bool]
    version: int

    @classmethod
    def of_form(cls, person: User) -> "Wanted":
        """What the form does not name stays as the role or template says; exceptions that the reader could not touch
        stay as they are."""
        base = base_named(request.form.get("role")) or person.base
        mine = current_user.givable
        kept = {right: granted for right, granted in person.exceptions.items() if right not in mine}
        ticked = {right: STATES.get(request.form.get(right.value, "")) for right in Right.of_staff() if right in mine}
        chosen_ones = {right: state for right, state in ticked.items() if state is not None}
        return cls(base, kept | chosen_ones, request.form.get("version", default=0, type=int))


def states_of(wanted: Wanted) -> dict[Right, list[tuple[str, str, bool]]]:
    """For each right the three choices, the chosen one marked."""
    words = (("", None, _("As the role or template")), ("give", True, _("Give")), ("withdraw", False, _("Withdraw")))
    return {
        right: [(value, label, wanted.exceptions.get(right) is state) for value, state, label in words]
        for right in Right.of_staff()
    }


def warning(risks: list[Right], person: User) -> dict[str, Any]:
    """The risky rights that are about to be given, to whom, and which owners will hear of it."""
    notified = tell("user.risky_rights_given", person) if risks else None
    return {"risks": risks, "risks_for": person.name, "owners_told": notified}
