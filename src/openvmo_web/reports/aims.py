"""The objectives of a portfolio as a tree, and the level of it at which a page looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from openvmo_web.benefits.named import named_in
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective


@dataclass(frozen=True)
class Aim:
    """An objective with its place in the tree; `depth` counts from 0 at the top."""

    objective: Objective
    depth: int


@dataclass(frozen=True)
class Aims:
    """The objectives that a portfolio is to serve.

    Args:
        objectives: All of them, by code; one whose parent is not among them stands at the top.
        under: The objective below which the page looks; None looks at the top.
    """

    objectives: tuple[Objective, ...]
    under: Objective | None = None

    @cached_property
    def by_key(self) -> Mapping[int, Objective]:
        """The objectives by key."""
        return {objective.pk: objective for objective in self.objectives}

    @cached_property
    def _children(self) -> Mapping[int | None, list[Objective]]:
        children: defaultdict[int | None, list[Objective]] = defaultdict(list)
        for objective in self.objectives:
            children[objective.parent_id if objective.parent_id in self.by_key else None].append(objective)
        return children

    @property
    def level(self) -> list[Objective]:
        """The objectives at which the page looks, which stand beside one another."""
        return list(self._children.get(self.under.pk if self.under else None, ()))

    @cached_property
    def place_of(self) -> Mapping[int, int]:
        """For each objective at or below the level the one of the level that it belongs to; `under` is its own."""
        places = {below.pk: top.pk for top in self.level for below in self.subtree(top)}
        return places | ({self.under.pk: self.under.pk} if self.under else {})

    def subtree(self, top: Objective) -> Iterator[Objective]:
        """Yield an objective and all below it."""
        yield top
        for child in self._children.get(top.pk, ()):
            yield from self.subtree(child)

    def walk(self) -> Iterator[Aim]:
        """Yield all objectives, each before those below it."""
        yield from self._walk(None, 0)

    def _walk(self, parent: int | None, depth: int) -> Iterator[Aim]:
        for objective in self._children.get(parent, ()):
            yield Aim(objective, depth)
            yield from self._walk(objective.pk, depth + 1)

    def has_children(self, objective: Objective) -> bool:
        """Return whether one can look below an objective."""
        return objective.pk in self._children

    def unserved(self, served: Iterable[int]) -> list[Aim]:
        """Return the objectives in force that have no benefit, neither of their own nor below them.

        Args:
            served: Keys of the objectives that a benefit names.
        """
        named = set(served)
        return [
            aim
            for aim in self.walk()
            if aim.objective.retired_at is None and named.isdisjoint(one.pk for one in self.subtree(aim.objective))
        ]


def aims_of(portfolio: Portfolio, under: int | None = None) -> Aims:
    """Return the objectives that a portfolio, which the viewer was shown, is to serve.

    These are the objectives that it names, those that its benefits name, and those of the organisation that no
    portfolio names; retired ones only where a benefit still names them.

    Args:
        portfolio: The portfolio.
        under: Key of the objective below which to look; one that is not among them counts as none.
    """
    named_here = Exists(Portfolio.objectives.through.objects.filter(objective=OuterRef("pk"), portfolio=portfolio))
    named_at_all = Exists(Portfolio.objectives.through.objects.filter(objective=OuterRef("pk")))
    wanted = Q(pk__in=named_in(portfolio).objectives) | Q(named_here | ~named_at_all, retired_at=None)
    rows = Objective.objects.filter(wanted).order_by("code")
    objectives = tuple(rows)
    return Aims(objectives, next((one for one in objectives if one.pk == under), None))
