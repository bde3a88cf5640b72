"""Who acts, as far as the lower rooms need to know."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Scope:
    """Where a right holds: in the whole organisation, or in some portfolios."""

    everything: bool = False
    portfolios: frozenset[int] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return self.everything or bool(self.portfolios)

    def covers(self, portfolio_id: int | None) -> bool:
        """Return whether the right holds in one portfolio; None asks for the whole organisation."""
        return self.everything or (portfolio_id is not None and portfolio_id in self.portfolios)

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(self.everything or other.everything, self.portfolios | other.portfolios)


NOWHERE = Scope()


class Actor(Protocol):
    """A person whose deeds are recorded and whose rights decide what is shown."""

    @property
    def pk(self) -> int:
        """The key that is recorded."""
        ...

    @property
    def name(self) -> str:
        """The name that is recorded."""
        ...

    def scope_of(self, permission: str) -> Scope:
        """Return where this person holds a right."""
        ...
