"""Who reads: all that a query for a member of the staff may depend on."""

from dataclasses import dataclass
from typing import Any

from models.rights import Right, Role


@dataclass(frozen=True)
class Reader:
    """Stands for a person in `visible_to`. Equal readers see the same, so what is written for one serves the other;
    a right or a store taken away makes another reader."""

    id: int
    role: Role
    rights: frozenset[Right]
    store_ids: frozenset[int] | None

    @classmethod
    def of(cls, user: Any) -> "Reader":
        return cls(user.id, user.role, user.rights, user.store_ids)

    @property
    def is_portal(self) -> bool:
        return self.role.is_portal

    def has(self, right: Right) -> bool:
        return right in self.rights
