"""Why one initiative is in or out: what the other way would cost, what stands in the way, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from openvmo.engine.choice.candidates import FloatArray
from openvmo.engine.choice.conflicts import conflicts_of
from openvmo.engine.choice.constraints import Label, RowKind
from openvmo.engine.choice.problem import Problem
from openvmo.engine.choice.solve import Status
from openvmo.engine.quantities.amounts import compact_amount

# Ends a hard re-solve at the same place on every machine; the regret is then a lower limit.
_NODE_LIMIT = 2_000
_SLACK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one initiative is in or out.

    Args:
        initiative: its id.
        option: id of the option that is taken; None when none is.
        is_in: whether work on it is chosen; doing nothing and stopping are not work.
        code: in: "mandatory", "worth_it", "needed"; out: "forbidden", "impossible", "no_value", "prerequisite",
            "excluded", "budget",
            "inaction".
        text: the reason as a sentence or two.
        regret: value lost if it were forced the other way, all else chosen afresh; None when that is impossible.
            Negative when the
            rule that put it where it is costs value.
        is_regret_exact: False when the regret is only known to be at least this much.
        threshold: change of its own value at which the choice would turn; None when a rule decides, or nothing would
            turn it.
        binding: years whose budgets leave no room for it, or ids of the initiatives that stand in its way.
    """

    initiative: str
    option: str | None
    is_in: bool
    code: str
    text: str
    regret: float | None
    is_regret_exact: bool
    threshold: float | None
    binding: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A solved problem, as far as reasons need it.

    Args:
        problem: what was solved.
        taken: one entry an alternative, True when it is taken.
        value: worth of what is taken.
        currency: ISO code for the sentences.
        option_ids: id of each alternative's option.
    """

    problem: Problem
    taken: FloatArray
    value: float
    currency: str
    option_ids: tuple[str, ...]

    def option_taken(self, initiative: str) -> int | None:
        """Alternative of the initiative that is taken, if any."""
        options = self.problem.candidates.options_of(initiative)
        found = options[self.taken[options] > 0]
        return int(found[0]) if len(found) else None

    def is_in(self, initiative: str) -> bool:
        """Whether work on the initiative is taken."""
        return bool(self.taken[self.problem.candidates.active_options_of(initiative)].any())

    def best_option(self, initiative: str) -> int | None:
        """The initiative's option of highest value that does work; None when it has none."""
        options = self.problem.candidates.active_options_of(initiative)
        return int(options[np.argmax(self.problem.candidates.value[options])]) if len(options) else None

    def option_considered(self, initiative: str) -> int | None:
        """Alternative of the initiative that is taken or, when none is, the best that does work."""
        taken = self.option_taken(initiative)
        return self.best_option(initiative) if taken is None else taken

    def has_rule(self, kind: RowKind, initiative: str) -> bool:
        """Whether there is such a rule about the initiative alone."""
        return Label(kind, (initiative,)) in self.problem.rows.labels

    def money(self, amount: float) -> str:
        """An amount for a sentence."""
        return f"{self.currency} {compact_amount(amount)}"


@dataclass(frozen=True, slots=True)
class _OtherWay:
    """What is known about the portfolio with the initiative forced the other way."""

    regret: float | None
    is_exact: bool
    obstacles: tuple[str, ...] = ()
    text: str = ""


def reason_for(settled: Settled, initiative: str) -> Reason:
    """Why an initiative of a settled choice is in or out."""
    is_in = settled.is_in(initiative)
    other = _other_way(settled, initiative, is_in=is_in)
    code, cause, binding = _why_in(settled, initiative) if is_in else _why_out(settled, initiative, other)
    option = settled.option_taken(initiative)
    is_free = code not in {"mandatory", "forbidden"} and other.regret is not None
    return Reason(
        initiative=initiative,
        option=None if option is None else settled.option_ids[option],
        is_in=is_in,
        code=code,
        text=" ".join(part for part in (cause, _regret_in_words(settled, other, is_in=is_in)) if part),
        regret=other.regret,
        is_regret_exact=other.is_exact,
        threshold=(-1.0 if is_in else 1.0) * (other.regret or 0.0) + 0.0 if is_free else None,
        binding=binding,
    )


def _other_way(settled: Settled, initiative: str, *, is_in: bool) -> _OtherWay:
    forced = settled.problem.forced(initiative, is_in=not is_in)
    solution = forced.solve(node_limit=_NODE_LIMIT)
    if solution.status is Status.INFEASIBLE:
        conflicts = conflicts_of(forced, settled.currency)
        obstacles = tuple(
            dict.fromkeys(name for conflict in conflicts for name in conflict.subjects if name != initiative)
        )
        return _OtherWay(
            None, is_exact=True, obstacles=obstacles, text="; ".join(conflict.text for conflict in conflicts)
        )
    if solution.status is not Status.OPTIMAL:
        return _OtherWay(settled.value - solution.bound, is_exact=False)
    candidates = settled.problem.candidates
    worth = candidates.worth_of(np.round(solution.columns[: len(candidates.owner)]))
    return _OtherWay(settled.value - worth, is_exact=True)


def _why_in(settled: Settled, initiative: str) -> tuple[str, str, tuple[str, ...]]:
    option = settled.option_taken(initiative)
    worth = settled.problem.candidates.value[option] if option is not None else 0.0
    if settled.has_rule(RowKind.MANDATORY, initiative):
        return "mandatory", f"It is mandatory; by itself it is worth {settled.money(worth)}.", ()
    leaning = tuple(name for name in _leaning_on(settled, initiative) if settled.is_in(name))
    if worth <= 0 and leaning:
        return (
            "needed",
            f"By itself it is worth {settled.money(worth)}, but {_listed(leaning)} cannot do without it.",
            leaning,
        )
    return "worth_it", f"It is worth {settled.money(worth)} and fits the budget.", ()


def _why_out(settled: Settled, initiative: str, other: _OtherWay) -> tuple[str, str, tuple[str, ...]]:
    if settled.has_rule(RowKind.FORBIDDEN, initiative):
        return "forbidden", "It is forbidden.", ()
    option = settled.best_option(initiative)
    if option is None:
        return "impossible", "It has no option that does work.", ()
    if other.regret is None:
        return "impossible", f"It cannot be taken: {other.text}.", other.obstacles
    worth = settled.problem.candidates.value[option]
    if worth <= 0:
        return "no_value", f"It costs more than it brings: at best it is worth {settled.money(worth)}.", ()
    return _displaced(settled, initiative, option, f"It would be worth {settled.money(worth)}, but")


def _displaced(settled: Settled, initiative: str, option: int, opening: str) -> tuple[str, str, tuple[str, ...]]:
    """Why an initiative of positive value is out."""
    missing = tuple(name for name in _leans_on(settled, initiative) if not settled.is_in(name))
    if missing:
        return "prerequisite", f"{opening} it needs {_listed(missing)}, which the choice leaves out.", missing
    rivals = tuple(name for name in _excluded_by(settled, initiative) if settled.is_in(name))
    if rivals:
        return "excluded", f"{opening} it excludes {_listed(rivals)}, which is worth more here.", rivals
    years = _full_years(settled, option)
    if years:
        return "budget", f"{opening} the money of {_listed(years)} brings more elsewhere.", years
    return "inaction", f"{opening} leaving it as it is brings more.", ()


def _full_years(settled: Settled, option: int) -> tuple[str, ...]:
    """Years whose budgets leave no room for the option."""
    rows = settled.problem.rows
    taken = np.concatenate([settled.taken, np.zeros(rows.matrix.shape[1] - len(settled.taken))])
    slack = rows.upper - rows.matrix @ taken
    costs = rows.matrix[:, [option]].toarray().ravel()
    return tuple(
        label.subjects[0]
        for label, room, cost in zip(rows.labels, slack, costs, strict=True)
        if label.kind is RowKind.BUDGET and cost > room + _SLACK_TOLERANCE * abs(cost)
    )


def _leans_on(settled: Settled, initiative: str) -> tuple[str, ...]:
    """Initiatives that must, or help to, be taken with this one."""
    required = _partners(settled.problem.rows.labels, RowKind.REQUIRES, initiative, place=-1)
    return tuple(dict.fromkeys([*required, *settled.problem.candidates.enabling.get(initiative, ())]))


def _leaning_on(settled: Settled, initiative: str) -> tuple[str, ...]:
    """Initiatives that require this one or are enabled by it."""
    requiring = _partners(settled.problem.rows.labels, RowKind.REQUIRES, initiative, place=0)
    enabled = [target for target, sources in settled.problem.candidates.enabling.items() if initiative in sources]
    return tuple(dict.fromkeys([*requiring, *enabled]))


def _excluded_by(settled: Settled, initiative: str) -> tuple[str, ...]:
    labels = settled.problem.rows.labels
    pairs = [_partners(labels, RowKind.EXCLUDES, initiative, place=place) for place in (0, -1)]
    return tuple(dict.fromkeys([*pairs[0], *pairs[1]]))


def _partners(labels: Iterable[Label], kind: RowKind, initiative: str, *, place: int) -> list[str]:
    """The other initiative of each pair rule in which this one stands at the place (0 first, -1 last)."""
    return [
        label.subjects[-1 - place] for label in labels if label.kind is kind and label.subjects[place] == initiative
    ]


def _regret_in_words(settled: Settled, other: _OtherWay, *, is_in: bool) -> str:
    deed = "Leaving it out" if is_in else "Taking it"
    if other.regret is None:
        return f"It cannot be left out: {other.text}." if is_in and other.text else ""
    least = "" if other.is_exact else "at least "
    if abs(other.regret) <= 1e-9 * max(1.0, abs(settled.value)):
        return f"{deed} would leave the portfolio's value as it is."
    change = "lower" if other.regret > 0 else "raise"
    return f"{deed} would {change} the portfolio's value by {least}{settled.money(abs(other.regret))}."


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
