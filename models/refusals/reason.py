"""The words of a "why not": a reason with its figures, and the ways out of it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Remedy:
    """A way out. `page` is an endpoint, `arguments` maps its URL arguments to the refusal's parameters.

    `right`: who may use it; a reader without that right is told who can. `anchor` jumps to a field or point.
    """

    label: Any
    page: str
    arguments: dict[str, str] = field(default_factory=dict)
    right: str = ""
    anchor: str = ""
    posts: bool = False


@dataclass(frozen=True)
class Reason:
    """`status`: 403 a right, 409 a state, 422 an input. `say` is the sentence, `nums` the figures behind it."""

    code: str
    status: int
    say: Any
    nums: Any = ""
    remedies: tuple[Remedy, ...] = ()
    lifted_by: str = ""  # the right whose holders can lift it where no page does
