"""The money of initiatives by month, worked out when an original changes, so that the home page adds up at once.

An initiative keeps its months in one row, as ``flows.money_of`` works them out. Some dozens of initiatives make a
block, which keeps the sum of those that are funded: a change works out one initiative and adds up one block, and a page
adds up the blocks. Nothing here is an original: everything can be worked out anew at any time, and is every night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import BATCH
from openvmo_web.insight.analysis import initiatives_as_known
from openvmo_web.insight.flows import FUNDED, MoneyByMonth, Quiet, added, money_of, quiet_benefits, year_before
from openvmo_web.insight.models import BlockMoney, InitiativeMoney, Silence, YearMoney
from openvmo_web.portfolio.models import Initiative, Portfolio

# Adding up a block and adding up the blocks of a page take about as long with ten thousand initiatives.
BLOCK = 64
# So many initiatives are read at once: with years of measurements that is what fits into memory with ease.
READ_AT_ONCE = 8 * BLOCK
# Pages show a year ahead; another one stays right should no night's work be done for a while.
AHEAD = 24
# What rests on the present month is ready for the next one, too: nobody waits for the night's work after midnight.
MONTHS_READY = 2
# What is in force now, whatever moment a change states.
IN_FORCE = datetime(9000, 1, 1, tzinfo=UTC)


def sums_refresh(initiatives: Iterable[int], at: datetime) -> None:
    """Work out anew the money of initiatives, with the blocks that they are in.

    Args:
        initiatives: Their keys; call it with many at once, it needs few queries for each 512 of them.
        at: Now.
    """
    keys = sorted(set(initiatives))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for start in range(0, len(keys), BATCH):
        rows = Initiative.objects.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
        for portfolio_id, key in rows.values_list("portfolio_id", "pk"):
            found[portfolio_id].append(key)
    for portfolio in Portfolio.objects.filter(pk__in=found).order_by("pk"):
        known = found[portfolio.pk]
        for start in range(0, len(known), READ_AT_ONCE):
            _refresh(portfolio, known[start : start + READ_AT_ONCE], Month.of(timezone.localdate(at)))


def sums_refresh_all(portfolio_id: int, at: datetime) -> None:
    """Work out anew the money of all initiatives of a portfolio."""
    sums_refresh(Initiative.objects.filter(portfolio_id=portfolio_id).values_list("pk", flat=True), at)


def money_of_portfolio(portfolio: Portfolio) -> MoneyByMonth | None:
    """Return the money of the funded initiatives of a portfolio that the viewer was shown; None without any."""
    rows = BlockMoney.objects.filter(portfolio=portfolio, first__isnull=False).order_by("block")
    return added(_unpacked(row) for row in rows.values_list("first", "amounts", "observed_from", "unvalued"))


def _refresh(portfolio: Portfolio, keys: Collection[int], now: Month) -> None:
    """Work out at most one batch of initiatives of a portfolio."""
    blocks = {key // BLOCK for key in keys}
    with transaction.atomic():
        _lock(portfolio, blocks)
        records = initiatives_as_known(portfolio, IN_FORCE, only=keys)
        money = {key: money_of(record, now + AHEAD) for key, record in records.items()}
        _money_keep(portfolio, money)
        # What deserves attention is kept of funded work alone, so that a page needs no look at the initiatives.
        funded = {key: record for key, record in records.items() if record.state in FUNDED}
        YearMoney.objects.filter(initiative__in=keys).delete()
        _years_keep(portfolio, {key: money[key] for key in funded}, now)
        Silence.objects.filter(benefit__initiative__in=keys).delete()
        _silences_keep(portfolio, funded, now)
        _blocks_keep(portfolio, blocks)


def _lock(portfolio: Portfolio, blocks: Iterable[int]) -> None:
    """Let others who change a block wait: what they have changed is read, and added up, once they are done."""
    ordered = sorted(blocks)
    BlockMoney.objects.bulk_create(
        [BlockMoney(portfolio=portfolio, block=block) for block in ordered], ignore_conflicts=True
    )
    rows = BlockMoney.objects.select_for_update().filter(portfolio=portfolio, block__in=ordered)
    list(rows.order_by("block").values_list("pk"))


def _money_keep(portfolio: Portfolio, money: Mapping[int, MoneyByMonth]) -> None:
    rows = [
        InitiativeMoney(initiative_id=key, portfolio=portfolio, block=key // BLOCK, **_values(one))
        for key, one in money.items()
    ]
    InitiativeMoney.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["initiative"], update_fields=_WORKED_OUT, batch_size=BATCH
    )


def _years_keep(portfolio: Portfolio, money: Mapping[int, MoneyByMonth], now: Month) -> None:
    """Keep the years of those of which anything was observed."""
    years = [
        YearMoney(initiative_id=key, portfolio=portfolio, before=month.first_day, **vars(year_before(one, month)))
        for key, one in money.items()
        if one.observed_from is not None
        for month in (now + ahead for ahead in range(MONTHS_READY))
    ]
    YearMoney.objects.bulk_create(years, batch_size=BATCH)


def _silences_keep(portfolio: Portfolio, records: Mapping[int, model.Initiative], now: Month) -> None:
    """Keep the benefits that are silent, or will be soon."""
    quiet = {
        (key, one.benefit.id): (place, one)
        for key, record in records.items()
        for place, one in enumerate(quiet_benefits(record))
        if one.since < now + MONTHS_READY
    }
    Silence.objects.bulk_create(
        [
            _silence(portfolio, benefit, *quiet[initiative, code])
            for initiative, code, benefit in _benefits_among({initiative for initiative, _code in quiet})
            if (initiative, code) in quiet
        ],
        batch_size=BATCH,
    )


def _benefits_among(initiatives: Collection[int]) -> Iterable[tuple[int, str, int]]:
    if not initiatives:
        return ()
    rows = Benefit.objects.filter(initiative__in=initiatives).order_by("pk")
    return rows.values_list("initiative", "code", "pk")


def _silence(portfolio: Portfolio, benefit: int, place: int, quiet: Quiet) -> Silence:
    return Silence(
        benefit_id=benefit,
        portfolio=portfolio,
        place=place,
        since=quiet.since.first_day,
        last_measured=_day(quiet.last_measured),
    )


def _blocks_keep(portfolio: Portfolio, blocks: Collection[int]) -> None:
    """Add up the funded initiatives of blocks from what is kept of each."""
    parts: defaultdict[int, list[MoneyByMonth]] = defaultdict(list)
    rows = InitiativeMoney.objects.filter(portfolio=portfolio, block__in=blocks, initiative__state__in=FUNDED)
    found = rows.order_by("initiative").values_list("block", "first", "amounts", "observed_from", "unvalued")
    for block, *kept in found:
        parts[block].append(_unpacked(kept))
    sums = [BlockMoney(portfolio=portfolio, block=block, **_values(added(parts[block]))) for block in sorted(blocks)]
    BlockMoney.objects.bulk_create(
        sums,
        update_conflicts=True,
        unique_fields=["portfolio", "block"],
        update_fields=["first", "amounts", "observed_from", "unvalued"],
        batch_size=BATCH,
    )


def _values(money: MoneyByMonth | None) -> dict[str, date | bytes | int | None]:
    """The months as columns keep them; without any money the defaults of the columns hold."""
    if money is None:
        return {}
    return {
        "first": money.first.first_day,
        "amounts": money.packed(),
        "observed_from": _day(money.observed_from),
        "unvalued": money.unvalued,
    }


def _unpacked(kept: Iterable[Any]) -> MoneyByMonth:
    first, amounts, observed_from, unvalued = kept
    observed = None if observed_from is None else Month.of(observed_from)
    return MoneyByMonth.unpacked(Month.of(first), bytes(amounts), observed, unvalued)


def _day(month: Month | None) -> date | None:
    return None if month is None else month.first_day


_WORKED_OUT = [field.name for field in InitiativeMoney._meta.concrete_fields if field.name not in ("id", "initiative")]
