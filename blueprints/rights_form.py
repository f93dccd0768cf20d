"""A person's rights on the screen: what they have and why, what is chosen for them, and the warning before a risky
one."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.actions import tell
from models.rights import MODULES, Right, Role
from models.user import User

STATES = {"give": True, "withdraw": False}


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
        why=person.why(right),
        risky=right.is_risky,
        mine=right in current_user.givable,
    )


@dataclass(frozen=True)
class Wanted:
    """What shall apply: the role, the exceptions to it, and the version of the account they were chosen on."""

    role: Role
    exceptions: dict[Right, bool]
    version: int

    @classmethod
    def of_form(cls, person: User) -> "Wanted":
        """What the form does not name stays with the role; exceptions that the reader could not touch stay as
        they are."""
        named = request.form.get("role")
        role = Role(named) if named in {one.value for one in Role.of_staff()} else person.role
        mine = current_user.givable
        kept = {right: granted for right, granted in person.exceptions.items() if right not in mine}
        ticked = {right: STATES.get(request.form.get(right.value, "")) for right in Right.of_staff() if right in mine}
        chosen_ones = {right: state for right, state in ticked.items() if state is not None}
        return cls(role, kept | chosen_ones, request.form.get("version", default=0, type=int))


def states_of(wanted: Wanted) -> dict[Right, list[tuple[str, str, bool]]]:
    """For each right the three choices, the chosen one marked."""
    words = (("", None, _("As the role")), ("give", True, _("Give")), ("withdraw", False, _("Withdraw")))
    return {
        right: [(value, label, wanted.exceptions.get(right) is state) for value, state, label in words]
        for right in Right.of_staff()
    }


def warning(risks: list[Right], person: User) -> dict[str, Any]:
    """The risky rights that are about to be given, to whom, and which owners will hear of it."""
    notified = tell("user.risky_rights_given", person) if risks else None
    return {"risks": risks, "risks_for": person.name, "owners_told": notified}
