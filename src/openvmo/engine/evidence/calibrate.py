"""Learn reference classes from finished work: how outcomes spread around plans, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openvmo.engine.evidence.credibility import blended, empirical, equivalent_cases
from openvmo.engine.evidence.history import EVERYTHING, FinishedWork, class_ids
from openvmo.engine.evidence.questions import history_findings
from openvmo.engine.model import Finding, Severity
from openvmo.engine.reference import (
    BaseRate,
    Curve,
    Dimension,
    ReferenceClass,
    ReferenceTable,
    Shape,
    reference_class,
    reference_classes,
    table_of,
)

LEAST_CASES = 10
"""No class is made of fewer cases: with nine or fewer P10 or P90 would lie beyond everything that was seen."""

PUBLISHED_CASES = 20.0
"""Cases that a published class is worth against one's own: its own number says nothing of how alike one's work is."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of one class in one dimension.

    Args:
        id: of the class.
        name: of the class.
        dimension: cost, duration or benefit.
        cases: number of finished works with a ratio.
        weight: share of the shape that comes from these cases, 0 to 1.
        prior: id of the class that the rest comes from, its own when that is the published one; "" when there is none.
        years: first and last year in which they were finished; None when no year is known.
        shape: the distribution of the ratio of outcome to plan.
        kept: share of these cases that kept their plan.
    """

    id: str
    name: str
    dimension: Dimension
    cases: int
    weight: float
    prior: str
    years: tuple[int, int] | None
    shape: Shape
    kept: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibration(Mapping[str, ReferenceClass]):
    """Reference classes learned from finished work; it is a reference table, so a forecast takes it as it is.

    Args:
        by: the columns that made the classes, from the widest to the narrowest.
        learned: one entry for each class and dimension, wider classes first.
        findings: what a reader must know of the history.
    """

    by: tuple[str, ...]
    learned: tuple[Learned, ...]
    findings: tuple[Finding, ...]
    _classes: ReferenceTable = field(repr=False)

    def __getitem__(self, key: str) -> ReferenceClass:
        """The class with this id."""
        return self._classes[key]

    def __iter__(self) -> Iterator[str]:
        """The ids, wider classes first."""
        return iter(self._classes)

    def __len__(self) -> int:
        """Number of classes."""
        return len(self._classes)

    def shape_for(self, work: FinishedWork, dimension: Dimension) -> Shape | None:
        """The shape of the narrowest class that fits a piece of work; None when no class says anything of it."""
        for key in reversed(class_ids(work, self.by)):
            if key in self and (shape := self[key].shape(dimension)) is not None:
                return shape
        return None


def calibrate(
    history: Iterable[FinishedWork],
    *,
    by: Sequence[str] = (),
    published: ReferenceTable | None = None,
    source: str = "Own finished work",
) -> Calibration:
    """Learn reference classes from finished work.

    Args:
        history: finished work, planned against actual.
        by: columns of `FinishedWork.classes` that make the classes, from the widest to the narrowest; without any, all
            work is one class.
        published: classes that stand in until one's own cases are many; None takes the published ones. A class of the
            same id leans on them where they say how outcomes spread, else on the wider class.
        source: what the classes name as their source.

    Returns:
        The classes as a reference table, with the number of cases, years and weight of each, and findings. The class of
        all work has the id "finished_work". No class is made of fewer than ten cases.

    Raises:
        ValueError: the same id stands twice in the history, or a column stands twice in `by`.

    A class of n cases is the mixture of its own cases with weight n / (n + k) and of the wider class with the rest.
    Here k is learned from the history: the variance of outcomes within classes over the variance between classes.
    Against a published class k is 20. So the own history takes over as it grows.

    Source: H. Bühlmann, Experience rating and credibility, ASTIN Bulletin 4 (1967) 199-207; B. Flyvbjerg, From Nobel
    Prize to Project Management (2006), https://arxiv.org/abs/1302.3642.

    >>> history = [FinishedWork(str(n), planned_cost=100, actual_cost=90 + 5 * n) for n in range(11)]
    >>> round(calibrate(history)["finished_work"].rates[Dimension.COST].shape.quantile(0.5), 2)
    1.15
    """
    works, columns = tuple(history), tuple(by)
    _refuse_repeated("id", [work.id for work in works])
    _refuse_repeated("column", columns)
    stand_ins = reference_classes() if published is None else published
    learned = [found for dimension in Dimension for found in _Learning(works, columns, stand_ins, dimension).classes()]
    in_order = tuple(sorted(learned, key=lambda entry: _from_wide_to_narrow(entry.id)))
    findings = (*history_findings(works), *_few(works, columns, in_order), *_alike(in_order))
    return Calibration(columns, in_order, findings, _classes(in_order, stand_ins, source))


class _Learning:
    """The classes of one dimension."""

    def __init__(
        self, works: Sequence[FinishedWork], by: tuple[str, ...], published: ReferenceTable, dimension: Dimension
    ) -> None:
        self.published = published
        self.dimension = dimension
        self.cases: dict[str, list[tuple[FinishedWork, float]]] = {}
        self.parents: dict[str, str] = {}
        self.names = {EVERYTHING: "All finished work"}
        for work in works:
            ratio = work.ratio(dimension)
            if ratio is not None:
                self._add(work, ratio, by)

    def _add(self, work: FinishedWork, ratio: float, by: tuple[str, ...]) -> None:
        ids = class_ids(work, by)
        for depth, key in enumerate(ids):
            self.cases.setdefault(key, []).append((work, ratio))
            if depth > 0:
                self.parents[key] = ids[depth - 1]
                self.names.setdefault(key, ", ".join(work.classes[column].strip() for column in by[:depth]))

    def classes(self) -> Iterator[Learned]:
        """Every class with enough cases, the wider before the narrower."""
        shapes: dict[str, Shape] = {}
        worth: dict[str, float | None] = {}
        for key in sorted(self.cases, key=_from_wide_to_narrow):
            if len(self.cases[key]) < LEAST_CASES:
                continue
            parent = self.parents.get(key, "")
            if parent and parent not in worth:
                worth[parent] = self._worth(parent)
            found = self._learned(key, parent, shapes, worth.get(parent))
            shapes[key] = found.shape
            yield found

    def _worth(self, parent: str) -> float | None:
        """Cases that a class is worth against the classes right below it."""
        below = [key for key, above in self.parents.items() if above == parent]
        return equivalent_cases([[ratio for _, ratio in self.cases[key]] for key in sorted(below)])

    def _learned(self, key: str, parent: str, shapes: Mapping[str, Shape], worth: float | None) -> Learned:
        cases = self.cases[key]
        ratios = [ratio for _, ratio in cases]
        prior, wider, equivalent = parent, shapes.get(parent), worth
        stand_in = self.published.get(key)
        published = None if stand_in is None else stand_in.shape(self.dimension)
        if published is not None and published.has_spread:
            prior, wider, equivalent = key, published, PUBLISHED_CASES
        weight = 1.0 if wider is None or equivalent is None else len(ratios) / (len(ratios) + equivalent)
        years = [work.finished for work, _ in cases if work.finished is not None]
        return Learned(
            id=key,
            name=self.names[key],
            dimension=self.dimension,
            cases=len(ratios),
            weight=weight,
            prior=prior if weight < 1 else "",
            years=(min(years), max(years)) if years else None,
            shape=_shape(ratios, wider, weight),
            kept=sum(_is_kept(ratio, self.dimension) for ratio in ratios) / len(ratios),
        )


def _is_kept(ratio: float, dimension: Dimension) -> bool:
    return ratio >= 1 if dimension is Dimension.BENEFIT else ratio <= 1


def _shape(ratios: Sequence[float], wider: Shape | None, weight: float) -> Shape:
    """The own cases with their weight and the wider class with the rest."""
    if wider is not None and weight == 0:
        return wider
    own = empirical(ratios)
    curve = blended(own, own if wider is None else wider, weight)
    # Six digits are more than any history knows, and a file states them in full.
    return Curve(curve.probabilities, tuple(float(f"{value:.6g}") for value in curve.values))


def _from_wide_to_narrow(key: str) -> tuple[bool, int, str]:
    return key != EVERYTHING, key.count("."), key


def _wider(key: str) -> str:
    """Id of the class right above; "" above all."""
    return "" if key == EVERYTHING else key.rpartition(".")[0] or EVERYTHING


def _classes(learned: Sequence[Learned], published: ReferenceTable, source: str) -> ReferenceTable:
    """The classes, each with a rate in every dimension that it, its published namesake or a wider class knows."""
    rates: dict[str, dict[Dimension, BaseRate]] = {}
    names: dict[str, str] = {}
    for entry in learned:
        names[entry.id] = entry.name
        if entry.id not in rates:
            stand_in = published.get(entry.id)
            rates[entry.id] = {
                **_inherited(rates.get(_wider(entry.id), {}), _wider(entry.id)),
                **({} if stand_in is None else stand_in.rates),
            }
        rates[entry.id][entry.dimension] = _rate(entry, source)
    return table_of(reference_class(key, names[key], found) for key, found in rates.items())


def _inherited(rates: Mapping[Dimension, BaseRate], wider: str) -> dict[Dimension, BaseRate]:
    note = f"Taken from {wider}: too few cases of its own"
    return {dimension: replace(rate, own_weight=0.0, prior=wider, note=note) for dimension, rate in rates.items()}


def _rate(entry: Learned, source: str) -> BaseRate:
    prior = f"the published class {entry.prior}" if entry.prior == entry.id else entry.prior
    rest = f", {1 - entry.weight:.0%} from {prior}" if prior else ""
    return BaseRate(
        shape=entry.shape,
        source=source,
        url="",
        sample=entry.cases,
        note=f"{entry.weight:.0%} from its own cases{rest}",
        own_weight=entry.weight,
        prior=entry.prior,
        years=entry.years,
    )


def _refuse_repeated(what: str, names: Sequence[str]) -> None:
    repeated = next((name for name, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        message = f"the {what} {repeated!r} stands twice: give each {what} once"
        raise ValueError(message)


def _few(works: Sequence[FinishedWork], by: tuple[str, ...], learned: Sequence[Learned]) -> Iterator[Finding]:
    """What did not become a class."""
    made = {(entry.dimension, entry.id) for entry in learned}
    counts = Counter(
        (dimension, key)
        for work in works
        for dimension in Dimension
        if work.ratio(dimension) is not None
        for key in class_ids(work, by)
    )
    for (dimension, key), count in sorted(counts.items()):
        if (dimension, key) not in made:
            yield Finding(
                Severity.WARNING,
                "class.few",
                f"There are {count} finished works of {key} with planned and actual {dimension}; "
                f"at least {LEAST_CASES} make a class.",
                "Use the wider class for such work until more is finished.",
                sheet="History",
                column="" if key == EVERYTHING else by[key.count(".")],
                value=key,
            )


def _alike(learned: Sequence[Learned]) -> Iterator[Finding]:
    """Classes that are no different from the wider one, together."""
    alike: dict[tuple[Dimension, str], list[str]] = {}
    for entry in learned:
        if entry.weight == 0:
            alike.setdefault((entry.dimension, entry.prior), []).append(entry.id)
    for (dimension, prior), ids in alike.items():
        yield Finding(
            Severity.NOTE,
            "class.alike",
            f"The {dimension} of these classes differs no more than chance would make it: they take the shape of "
            f"{prior}.",
            "Nothing needs to be done; another column may tell the work apart better.",
            sheet="History",
            value=", ".join(ids),
        )
