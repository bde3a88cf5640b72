"""Checks of what initiatives share: pools with the claims on them, and correlations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from openvmo.engine.model.conditions import error, is_known, is_not_too_wide, is_share, unique, warning
from openvmo.engine.model.correlations import correlation_matrix, nearest_correlation
from openvmo.engine.model.findings import Finding
from openvmo.engine.model.records import Benefit, Correlation, Pool, Portfolio

# Claims are kept to the sixth decimal.
_CLAIM_ROUNDING = 1e-6


def check_pools(portfolio: Portfolio) -> Iterator[Finding]:
    """Pools are unique and positive; what claims a share of one fits it, and nobody claims more than there is."""
    yield from unique(portfolio.pools, "Pools")
    pools = {pool.id: pool for pool in portfolio.pools}
    for pool in portfolio.pools:
        yield from is_not_too_wide(pool.annual, f"The yearly gain of {pool.id}", "Pools", "annual")
        if pool.annual.likely <= 0:
            yield error(
                "pool.nothing",
                f"The yearly gain of {pool.id} is not above zero, so there is nothing to share.",
                "State the whole gain, or remove the pool and the claims on it.",
                "Pools",
                "annual",
                pool.annual.likely,
            )
    claims: dict[str, list[Benefit]] = {}
    for initiative in portfolio.initiatives:
        for benefit in initiative.benefits:
            if benefit.pool or benefit.claim is not None:
                yield from _check_claim(benefit, pools)
                claims.setdefault(benefit.pool, []).append(benefit)
    for pool_id in pools:
        yield from _claimed_too_much(pool_id, claims.get(pool_id, []))


def _check_claim(benefit: Benefit, pools: Mapping[str, Pool]) -> Iterator[Finding]:
    """A claim names its pool and its share, and counts in the pool's unit."""
    if not benefit.pool or benefit.claim is None:
        missing = "claim" if benefit.pool else "pool"
        yield error(
            "claim.incomplete",
            f"{benefit.id} names a pool without a share of it, or a share without its pool.",
            "State both the pool and the claim, or neither.",
            "Benefits",
            missing,
            "",
        )
        return
    yield from is_share(benefit.claim, f"The claim of {benefit.id}", "Benefits", "claim")
    yield from is_known(benefit.pool, pools, "Benefits", "pool", "pool")
    pool = pools.get(benefit.pool)
    if pool is not None and pool.unit.strip().casefold() != benefit.unit.strip().casefold():
        yield error(
            "claim.unit",
            f"{benefit.id} counts in {benefit.unit or 'money'}, its pool {pool.id} in {pool.unit or 'money'}.",
            "Give both the same unit.",
            "Benefits",
            "unit",
            benefit.unit,
        )


def _claimed_too_much(pool: str, benefits: Sequence[Benefit]) -> Iterator[Finding]:
    """A finding at the last claim when those on a pool add up to more than the whole."""
    claims = [benefit.claim for benefit in benefits if benefit.claim is not None]
    total = math.fsum(claims)
    if total > 1 + _CLAIM_ROUNDING:
        yield error(
            "claim.over",
            f"{', '.join(benefit.id for benefit in benefits)} together claim {total:.4%} of {pool}.",
            "Lower their claims until they add up to 1 at most.",
            "Benefits",
            "claim",
            claims[-1],
        )


def check_correlations(portfolio: Portfolio) -> Iterator[Finding]:
    """Correlations join two known initiatives once, lie between -1 and 1, and do not contradict each other."""
    known = {initiative.id for initiative in portfolio.initiatives}
    has_errors = False
    for finding in _pair_findings(portfolio.correlations, known):
        has_errors = True
        yield finding
    if portfolio.correlations and not has_errors:
        yield from _contradictions(portfolio.correlations)


def _pair_findings(correlations: Sequence[Correlation], known: Set[str]) -> Iterator[Finding]:
    pairs: Counter[frozenset[str]] = Counter()
    for pair in correlations:
        yield from is_known(pair.first, known, "Correlations", "first", "initiative")
        yield from is_known(pair.second, known, "Correlations", "second", "initiative")
        pairs[frozenset({pair.first, pair.second})] += 1
        if pair.first == pair.second:
            yield error(
                "correlation.self",
                f"{pair.first} is correlated with itself.",
                "Remove the row, or name the other initiative.",
                "Correlations",
                "second",
                pair.second,
            )
        elif pairs[frozenset({pair.first, pair.second})] == 2:
            yield error(
                "correlation.repeated",
                f"{pair.first} and {pair.second} stand there more than once.",
                "Keep one row for the two.",
                "Correlations",
                "second",
                pair.second,
            )
        if not -1 <= pair.value <= 1:
            yield error(
                "correlation.value",
                f"The correlation of {pair.first} and {pair.second} is not between -1 and 1.",
                "Write 0.6 where one tells much about the other, 0 where it tells nothing.",
                "Correlations",
                "value",
                pair.value,
            )


def _contradictions(correlations: Sequence[Correlation]) -> Iterator[Finding]:
    """A warning that says how far the correlations had to be moved; the one moved furthest is named."""
    names, stated = correlation_matrix(correlations)
    nearest = nearest_correlation(stated)
    if not nearest.is_changed:
        return
    places = {name: place for place, name in enumerate(names)}
    moved = [(nearest.matrix[places[pair.first], places[pair.second]], pair) for pair in correlations]
    to, pair = max(moved, key=lambda one: round(abs(one[0] - one[1].value), 9))
    yield warning(
        "correlation.repaired",
        f"The correlations contradict each other. The nearest possible ones are used: they move by up to "
        f"{nearest.largest_change:.3f}, by {nearest.distance:.3f} in all (root of the sum of squares); "
        f"{pair.first} and {pair.second} from {pair.value:g} to {to:.3f}.",
        "Accept this, or state the pairs so that two that move with a third also move with each other.",
        "Correlations",
        "value",
        pair.value,
    )
