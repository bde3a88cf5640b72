"""Coverage: what the money serves, and what nothing serves. The rules: docs/measures/value/coverage.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import BenefitClass
from openvmo_web.access.models import User
from openvmo_web.audit.keeping import kept
from openvmo_web.benefits import words as benefit_words
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.charts import Chart, Stream, sankey_chart
from openvmo_web.common.widgets import Status
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.reports.aims import Aim, Aims, aims_of
from openvmo_web.reports.coverage_rows import (
    Grouping,
    Part,
    Spending,
    Work,
    benefits_covered,
    initiatives_covered,
    parts_of,
    spending_of,
)
from openvmo_web.strategy.models import Objective
from openvmo_web.strategy.rules import shares_of

Key = TypeVar("Key")
Shown = Literal["spending", "annual", "count"]
# A column of the matrix: an objective by its key, or one of the places that are no objective.
Place = int | Literal["elsewhere", "no-objective", "no-benefit"]

NO_OBJECTIVE: Place = "no-objective"
NO_BENEFIT: Place = "no-benefit"
ELSEWHERE: Place = "elsewhere"
# So many programmes, initiatives and objectives can be told apart in one drawing; the others are drawn together.
DRAWN = 9
LISTED = 10
# A share of the money that differs from the share of the weight by more than this, in points, is out of step.
IN_STEP = 0.10


@dataclass(frozen=True)
class Column:
    """A column of the matrix: an objective, or where the money goes that serves none."""

    place: Place
    label: str
    objective: Objective | None = None
    opens: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether what stands here serves nothing that the strategy wants."""
        return self.place in (NO_OBJECTIVE, NO_BENEFIT)


@dataclass(frozen=True)
class Cell:
    """What one programme or initiative, or all of them, give to one objective."""

    spending: float = 0.0
    annual: float | None = None
    count: int = 0

    def plus(self, part: Part) -> Cell:
        """Return the cell with a further part in it."""
        annual = self.annual if part.annual is None else (self.annual or 0.0) + part.annual
        return Cell(self.spending + part.spending, annual, self.count + part.benefits)

    def shown(self, what: Shown) -> float | None:
        """Return the figure that the reader asked for; None where there is nothing to show."""
        if not self.count and not self.spending:
            return None
        return {"spending": self.spending, "annual": self.annual, "count": self.count}[what]


Matrix = Mapping[tuple[int | None, Place], Cell]


@dataclass(frozen=True)
class Alignment:
    """One objective beside those of its level: its share of the weight, of the money and of the benefit."""

    column: Column
    weight: float | None
    spending: float
    spending_share: float | None
    annual: float | None
    annual_share: float | None
    benefits: int

    @property
    def status(self) -> Status:
        """Whether the money follows the weight, in words."""
        if not self.benefits:
            return Status(_("Not served"), "critical")
        if self.weight is None or self.spending_share is None:
            return Status(_("No weight"), "neutral")
        difference = self.spending_share - self.weight
        if abs(difference) <= IN_STEP:
            return Status(_("In step"), "positive")
        return Status(_("More money than weight") if difference > 0 else _("Less money than weight"), "caution")


@dataclass(frozen=True)
class Orphans:
    """What serves no objective, or says too little for anybody to know: the first of each, and how many there are."""

    initiatives: Sequence[Initiative]
    initiative_count: int
    benefits: Sequence[Benefit]
    benefit_count: int
    unvalued: Sequence[Benefit]
    unvalued_count: int


@dataclass(frozen=True)
class Coverage:
    """How the spending of a portfolio serves its objectives; money in the portfolio's currency at its price base."""

    portfolio: Portfolio
    work: Work
    aims: Aims
    parts: Sequence[Part]
    spending: Sequence[Spending]

    @cached_property
    def columns(self) -> list[Column]:
        """The objectives of the level at which the page looks, and where the rest goes."""
        level = [Column(one.pk, one.name, one, self.aims.has_children(one)) for one in self.aims.level]
        under = self.aims.under
        if under:
            own = Column(under.pk, _("%(objective)s itself") % {"objective": under.name}, under)
            return [*level, own, Column(ELSEWHERE, _("Elsewhere")), Column(NO_BENEFIT, _("No benefit stated"))]
        return [
            *level,
            Column(NO_OBJECTIVE, _("Serves no objective")),
            Column(NO_BENEFIT, _("No benefit stated")),
        ]

    def place_of(self, objective: int | None) -> Place:
        """Return the column in which what serves an objective stands."""
        if objective is not None and objective in self.aims.place_of:
            return self.aims.place_of[objective]
        return ELSEWHERE if self.aims.under else NO_OBJECTIVE

    def matrix(self, parts: Iterable[Part], spending: Iterable[Spending]) -> Matrix:
        """Return the cells by programme or initiative and column."""
        cells: defaultdict[tuple[int | None, Place], Cell] = defaultdict(Cell)
        for part in parts:
            key = (part.group, self.place_of(part.objective))
            cells[key] = cells[key].plus(part)
        for row in spending:
            if row.unserving:
                cells[row.group, NO_BENEFIT] = Cell(spending=row.unserving)
        return cells

    @cached_property
    def totals(self) -> Mapping[Place, Cell]:
        """What all initiatives together give to each column."""
        cells: defaultdict[Place, Cell] = defaultdict(Cell)
        for part in self.parts:
            place = self.place_of(part.objective)
            cells[place] = cells[place].plus(part)
        cells[NO_BENEFIT] = Cell(spending=sum(row.unserving for row in self.spending))
        return cells

    @property
    def cost(self) -> float:
        """What all initiatives cost."""
        return sum(row.cost for row in self.spending)

    @property
    def initiatives(self) -> int:
        """How many initiatives are looked at."""
        return sum(row.initiatives for row in self.spending)

    @property
    def unpriced(self) -> int:
        """How many initiatives state no cost."""
        return sum(row.unpriced for row in self.spending)

    @property
    def cost_unserving(self) -> float:
        """What is spent on initiatives that state no benefit."""
        return sum(row.unserving for row in self.spending)

    @property
    def cost_aimless(self) -> float:
        """What is spent on benefits that serve no objective."""
        return sum(part.spending for part in self.parts if part.objective not in self.aims.by_key)

    @property
    def cost_serving(self) -> float:
        """What is spent on benefits that serve an objective."""
        return sum(part.spending for part in self.parts if part.objective in self.aims.by_key)

    @property
    def share_serving(self) -> float | None:
        """The share of all spending that serves an objective; None when nothing is spent."""
        return self.cost_serving / self.cost if self.cost else None

    @property
    def annual(self) -> float | None:
        """The steady value a year of all benefits, dis-benefits negative; None where none is in money."""
        known = [part.annual for part in self.parts if part.annual is not None]
        return sum(known) if known else None

    @property
    def benefits(self) -> int:
        """How many benefits are looked at."""
        return sum(part.benefits for part in self.parts)

    @cached_property
    def holes(self) -> list[Aim]:
        """The objectives which no benefit serves."""
        return self.aims.unserved(part.objective for part in self.parts if part.objective is not None)

    def alignment(self) -> list[Alignment]:
        """Return how money and benefit follow the weights of the objectives of the level."""
        columns = [column for column in self.columns if column.objective and column.objective in self.aims.level]
        cells = {column.place: self.totals.get(column.place, Cell()) for column in columns}
        weights = shares_of({column.place: column.objective.weight for column in columns if column.objective})
        spent = sum(cell.spending for cell in cells.values())
        brought = sum(cell.annual or 0.0 for cell in cells.values())
        return [
            Alignment(
                column=column,
                weight=weights[column.place],
                spending=cells[column.place].spending,
                spending_share=_share(cells[column.place].spending, spent),
                annual=cells[column.place].annual,
                annual_share=_share(cells[column.place].annual, brought),
                benefits=cells[column.place].count,
            )
            for column in columns
        ]


def coverage_of(viewer: User, portfolio: Portfolio, *, work: Work = "all", under: int | None = None) -> Coverage:
    """Return how the spending of a portfolio serves its objectives.

    Args:
        viewer: Who reads.
        portfolio: A portfolio that the viewer was shown.
        work: Which initiatives count.
        under: Key of the objective below which to look; None looks at the top.
    """
    initiatives = initiatives_covered(viewer, portfolio, work)
    parts, spending = kept(
        f"reports.coverage:{work}",
        portfolio.pk,
        lambda: (parts_of(portfolio, work, "programme"), spending_of(initiatives, "programme")),
    )
    return Coverage(portfolio=portfolio, work=work, aims=aims_of(portfolio, under), parts=parts, spending=spending)


def orphans_of(viewer: User, portfolio: Portfolio, work: Work, *, listed: int | None = LISTED) -> Orphans:
    """Return the initiatives and benefits of a portfolio that serve no objective or state no value.

    Args:
        viewer: Who reads.
        portfolio: A portfolio that the viewer was shown.
        work: Which initiatives count.
        listed: How many of each to name; None names all.
    """
    aimless, benefits = aimless_initiatives(viewer, portfolio, work), benefits_covered(viewer, portfolio, work)
    without_objective = benefits.filter(objective=None).select_related("initiative").order_by("initiative__name", "pk")
    unvalued = unvalued_benefits(benefits)
    (initiatives, benefits_first, unvalued_first), counts = kept(
        f"reports.orphans:{work}:{listed}",
        portfolio.pk,
        lambda: (
            [list(rows.values_list("pk", flat=True)[:listed]) for rows in (aimless, without_objective, unvalued)],
            [rows.count() for rows in (aimless, without_objective, unvalued)],
        ),
    )
    return Orphans(
        initiatives=list(aimless.filter(pk__in=initiatives)),
        initiative_count=counts[0],
        benefits=list(without_objective.filter(pk__in=benefits_first)),
        benefit_count=counts[1],
        unvalued=list(unvalued.filter(pk__in=unvalued_first)),
        unvalued_count=counts[2],
    )


def aimless_initiatives(viewer: User, portfolio: Portfolio, work: Work) -> QuerySet[Initiative]:
    """Return the initiatives that cost something and have no benefit that serves an objective, the costliest first."""
    serving = Benefit.objects.filter(initiative=OuterRef("pk"), objective__isnull=False, is_disbenefit=False)
    initiatives = initiatives_covered(viewer, portfolio, work).filter(~Exists(serving), current_plan__cost_likely__gt=0)
    return initiatives.select_related("current_plan", "programme").order_by("-current_plan__cost_likely", "name", "pk")


def unvalued_benefits(benefits: QuerySet[Benefit]) -> QuerySet[Benefit]:
    """Return the benefits that could be measured but have no value in money by the plan in force."""
    measurable = benefits.exclude(kind=BenefitClass.QUALITATIVE)
    rows = measurable.filter(standing__annual_forecast=None).select_related("initiative")
    return rows.order_by("initiative__name", "pk")


def streams_chart(viewer: User, coverage: Coverage, by: Grouping) -> Chart:
    """Draw where the money goes and what it serves: spending, work, class of benefit, objective."""
    groups = _programmes(coverage) if by == "programme" else _largest_initiatives(viewer, coverage)
    names = _told_apart({column.place: column.label for column in coverage.columns})
    drawn = _drawn_places(coverage)
    spending: defaultdict[str, float] = defaultdict(float)
    first: defaultdict[tuple[str, str], float] = defaultdict(float)
    second: defaultdict[tuple[str, Place | None], float] = defaultdict(float)
    for row in groups.spending:
        spending[groups.name_of(row.group)] += row.cost
        first[groups.name_of(row.group), names[NO_BENEFIT]] += row.unserving
    kinds = {str(word): str(label) for word, label in benefit_words.CLASSES.items()}
    for part in groups.parts:
        kind, place = kinds[part.kind], coverage.place_of(part.objective)
        first[groups.name_of(part.group), kind] += part.spending
        second[kind, place if place in drawn else None] += part.spending
    streams = [
        *(Stream(0, _("Spending"), name, size) for name, size in _by_size(spending)),
        *(Stream(1, *ends, size, is_loss=ends[1] == names[NO_BENEFIT]) for ends, size in _by_size(first)),
        *(
            Stream(2, kind, _("Other objectives") if place is None else names[place], size, place == NO_OBJECTIVE)
            for (kind, place), size in _by_size(second)
        ),
    ]
    return sankey_chart(
        [stream for stream in streams if stream.size > 0],
        labels=(_("From"), _("To"), _("Spending")),
        format=f"money-short:{coverage.portfolio.currency}",
    )


@dataclass(frozen=True)
class _Groups:
    """The programmes or initiatives of a drawing: their names, and what they spend on what."""

    names: Mapping[int | None, str]
    others: str
    parts: Sequence[Part]
    spending: Sequence[Spending]

    def name_of(self, group: int | None) -> str:
        return self.names.get(group, self.others)


def _programmes(coverage: Coverage) -> _Groups:
    largest = sorted(coverage.spending, key=lambda row: -row.cost)[:DRAWN]
    keys = [row.group for row in largest if row.group is not None]
    names: dict[int | None, str] = dict(Programme.objects.filter(pk__in=keys).values_list("pk", "name"))
    if len(keys) < len(largest):
        names[None] = _("No programme")
    return _Groups(_told_apart(names), _("Other programmes"), coverage.parts, coverage.spending)


def _largest_initiatives(viewer: User, coverage: Coverage) -> _Groups:
    """The costliest initiatives by themselves, and what is left of their programmes as the others."""
    initiatives = initiatives_covered(viewer, coverage.portfolio, coverage.work)
    costly = initiatives.filter(current_plan__cost_likely__gt=0).order_by("-current_plan__cost_likely", "pk")
    names: dict[int | None, str] = dict(costly.values_list("pk", "name")[:DRAWN])
    keys = [key for key in names if key is not None]
    own = parts_of(coverage.portfolio, coverage.work, "initiative", only=keys)
    spent = spending_of(initiatives.filter(pk__in=keys), "initiative")
    rest = _difference(coverage.parts, own)
    left = Spending(
        None,
        cost=max(coverage.cost - sum(row.cost for row in spent), 0.0),
        unserving=max(coverage.cost_unserving - sum(row.unserving for row in spent), 0.0),
        initiatives=coverage.initiatives - len(spent),
        unpriced=coverage.unpriced,
    )
    return _Groups(_told_apart(names), _("Other initiatives"), [*own, *rest], [*spent, left])


def _difference(all_parts: Iterable[Part], own: Iterable[Part]) -> list[Part]:
    """What remains of all parts without some of them, as parts of no group."""
    left: defaultdict[tuple[int | None, str], list[float]] = defaultdict(lambda: [0.0, 0])
    for sign, parts in ((1, all_parts), (-1, own)):
        for part in parts:
            sums = left[part.objective, part.kind]
            sums[0] += sign * part.spending
            sums[1] += sign * part.benefits
    return [
        Part(None, objective, kind, max(spending, 0.0), None, int(benefits), 0)
        for (objective, kind), (spending, benefits) in left.items()
        if benefits
    ]


def _drawn_places(coverage: Coverage) -> set[Place]:
    """The columns that are drawn by themselves: the gaps, and the objectives that most money serves."""
    objectives = [column for column in coverage.columns if column.objective]
    largest = sorted(objectives, key=lambda column: -coverage.totals.get(column.place, Cell()).spending)[:DRAWN]
    return {column.place for column in coverage.columns if not column.objective} | {one.place for one in largest}


def _told_apart(names: Mapping[Key, str]) -> dict[Key, str]:
    """The names, with the place in the list behind those that occur twice."""
    seen: defaultdict[str, int] = defaultdict(int)
    told: dict[Key, str] = {}
    for key, name in names.items():
        seen[name] += 1
        told[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return told


def _by_size(sizes: Mapping[Key, float]) -> list[tuple[Key, float]]:
    return sorted(sizes.items(), key=lambda item: -item[1])


def _share(value: float | None, total: float) -> float | None:
    return value / total if value is not None and total > 0 else None
