"""Who decides: rules about decision rights in plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Right:
    """The body that decides on a kind of decision up to an amount; None is without a limit."""

    kind: str
    up_to: Decimal | None
    decider: str

    @property
    def limit(self) -> Decimal:
        """The limit as a number that sorts: infinity when there is none."""
        return Decimal("Infinity") if self.up_to is None else self.up_to


class NoSingleDecider(LookupError):
    """The decision rights do not name exactly one body."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the decision rights do not name exactly one body for {kind}")
        self.kind = kind


class Hole(NoSingleDecider):
    """Nobody decides on a kind of decision above an amount; `above` is None when nobody decides on the kind at all."""

    def __init__(self, kind: str, above: Decimal | None) -> None:
        super().__init__(kind)
        self.above = above


class Ambiguity(NoSingleDecider):
    """Several bodies decide on a kind of decision up to the same limit."""

    def __init__(self, kind: str, up_to: Decimal | None, deciders: tuple[str, ...]) -> None:
        super().__init__(kind)
        self.up_to = up_to
        self.deciders = deciders


def decider_for(rights: Iterable[Right], kind: str, amount: Decimal) -> str:
    """Return the one body that decides on a kind of decision of a size: of those whose limit holds it, the lowest.

    Raises:
        Hole: nobody decides on it.
        Ambiguity: several bodies do.

    >>> rights = [Right("fund", Decimal(100), "team"), Right("fund", None, "board")]
    >>> decider_for(rights, "fund", Decimal(100)), decider_for(rights, "fund", Decimal(101))
    ('team', 'board')
    """
    of_kind = [right for right in rights if right.kind == kind]
    able = [right for right in of_kind if amount <= right.limit]
    if not able:
        raise Hole(kind, max((right.limit for right in of_kind), default=None))
    lowest = min(right.limit for right in able)
    deciders = tuple(right.decider for right in able if right.limit == lowest)
    if len(deciders) > 1:
        raise Ambiguity(kind, None if lowest.is_infinite() else lowest, deciders)
    return deciders[0]


def problems_of(rights: Iterable[Right], kinds: Iterable[str]) -> Iterator[NoSingleDecider]:
    """Yield every hole and every ambiguity in the decision rights, kind by kind."""
    rights = tuple(rights)
    for kind in kinds:
        of_kind = [right for right in rights if right.kind == kind]
        for limit, count in Counter(right.limit for right in of_kind).items():
            if count > 1:
                deciders = tuple(right.decider for right in of_kind if right.limit == limit)
                yield Ambiguity(kind, None if limit.is_infinite() else limit, deciders)
        highest = max((right.limit for right in of_kind), default=None)
        if highest is None or not highest.is_infinite():
            yield Hole(kind, highest)
