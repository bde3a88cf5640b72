"""What the pages of strategy and benefits take with 10,000 initiatives, 50,000 benefits and 2 million measurements."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.measure import apart, percentile
from benchmarks.pages import browser_of, fetched, figures_of, opener_of, sign_in, visits
from benchmarks.programs import serving
from benchmarks.report import Figure, say
from benchmarks.servers import databases, office
from benchmarks.value_rows import fill as fill_rows

MOST_MILLISECONDS = 200.0
SMALL_PAGE = "/p/benchmark/reports/"
PORTFOLIO = "/p/benchmark"
BENEFITS = f"{PORTFOLIO}/benefits/"
SQLITE_SHARE = 10
# What these pages add up is kept until something changes; so often they are read as if something just had.
KEPT = ("home", "register, first page", "owners", "statement of all benefits", "coverage")
FIRST_READINGS = 5
# The worker has nothing to do when so many looks in a row find no work.
QUIET_LOOKS = 10
LOOK_SECONDS = 1.0


def pages_of(last_register_page: int, owner: int, year: int) -> dict[str, str | tuple[str, ...]]:
    """The address of each page, by what it shows.

    Args:
        last_register_page: Number of the last page of the register.
        owner: Key of somebody who owns many benefits.
        year: A financial year that has begun, by the year in which it does.
    """
    some = [5 * number + 1 for number in range(0, 200, 3)]
    return {
        "home": f"{PORTFOLIO}/",
        "strategy": "/strategy/",
        "objective": "/strategy/objectives/9/",
        "measure of an objective": "/strategy/measures/3/",
        "register, first page": BENEFITS,
        "register, sorted by value realised": f"{BENEFITS}?sort=-realised",
        "register, filtered": f"{BENEFITS}?kind=cashable&state=arriving",
        "register, searched": f"{BENEFITS}?search=payments+42",
        "register, late page": f"{BENEFITS}?page={last_register_page}",
        "register, as cards": f"{BENEFITS}?view=cards",
        "benefit": f"{BENEFITS}{some[10]}/",
        "benefit, another each time": tuple(f"{BENEFITS}{key}/" for key in some),
        "benefit, as known on a day": f"{BENEFITS}{some[10]}/?on=2026-03-31",
        "measurement entry": f"{BENEFITS}{some[10]}/measure/",
        "map of an initiative": f"{PORTFOLIO}/map/?initiative=I00042",
        "measurements": f"{PORTFOLIO}/measurements/",
        "measurements, grid": f"{PORTFOLIO}/measurements/enter/",
        "measurements, to verify": f"{PORTFOLIO}/measurements/verify/",
        "reviews": f"{PORTFOLIO}/reviews/",
        "my tasks": "/tasks/",
        "owners": f"{PORTFOLIO}/owners/",
        "owners by unit": f"{PORTFOLIO}/owners/?by=unit",
        "statement of an owner": f"{PORTFOLIO}/owners/{owner}/",
        "statement of an owner, a financial year": f"{PORTFOLIO}/owners/{owner}/?period={year}",
        "statement of all benefits": f"{PORTFOLIO}/statement/",
        "statement of all benefits, late page": f"{PORTFOLIO}/statement/?page={last_register_page // 2}",
        "coverage": f"{PORTFOLIO}/coverage/",
        "coverage by initiative": f"{PORTFOLIO}/coverage/?rows=initiative",
        "initiative": f"{PORTFOLIO}/initiatives/I00042/",
        "papers of an initiative": f"{PORTFOLIO}/initiatives/I00042/papers/",
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, default=10_000, help="on PostgreSQL (default: 10000)")
    parser.add_argument("--requests", type=int, default=40, help="of each page, after a warm-up (default: 40)")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"), help="measure one database alone")
    arguments = parser.parse_args()
    for name, variables in databases():
        if arguments.only in (None, name):
            size = arguments.initiatives if name == "PostgreSQL" else arguments.initiatives // SQLITE_SHARE
            measure(name, variables, size, arguments.requests)


def measure(name: str, variables: Mapping[str, str], initiatives: int, requests: int) -> None:
    """Fill one database, and print what its pages take in the server and over HTTP."""
    filled, counts = apart(fill, variables, initiatives)
    say(f"Filling {name} with {initiatives:,} initiatives", "none", filled)
    print("\nRows: " + ", ".join(f"{table} {count:,}" for table, count in counts.items()))
    say(
        f"Pages, {name}",
        "the small page of reports, with the same frame and rights.",
        apart(in_process, variables, requests),
    )
    cookies, addresses = apart(sign_in, variables), apart(addresses_known, variables)
    with serving(variables) as site:
        apart(idle, variables)
        figures = over_http(site, cookies, addresses, requests)
    say(f"The same over HTTP, one after another, {name}", "the small page of reports.", figures)


def fill(initiatives: int) -> tuple[list[Figure], dict[str, int]]:
    """Store the organisation, and work out where its benefits stand."""
    by = office()
    from django.utils import timezone

    from openvmo_web.insight.sums import sums_refresh_all
    from openvmo_web.portfolio.actions import portfolio_add
    from openvmo_web.realisation.analysis import standings_refresh_all

    now = timezone.now()
    portfolio = portfolio_add(
        slug="benchmark",
        name="Benchmark",
        currency="GBP",
        price_base=2025,
        starts=now.date().replace(day=1),
        horizon=120,
        discount_rate=0.035,
        by=by,
        at=now,
    )
    began = time.perf_counter()
    counts = fill_rows(portfolio, by, now, initiatives=initiatives)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    standings_refresh_all(portfolio.pk, now)
    worked_out = time.perf_counter() - began
    began = time.perf_counter()
    sums_refresh_all(portfolio.pk, now)
    added_up = time.perf_counter() - began
    _analyse()
    measured = counts["benefits_measurement"]
    return [
        Figure("rows of all tables", filled, "s"),
        Figure("measurements", measured / filled, "a second"),
        Figure("where all benefits stand, worked out", worked_out, "s"),
        Figure("the money of all initiatives by month, worked out", added_up, "s"),
    ], counts


def addresses_known() -> dict[str, Any]:
    """The pages of the database that was filled."""
    office()
    from django.db.models import Count
    from django.utils import timezone

    from openvmo_web.benefits.models import Benefit

    owned = Benefit.objects.exclude(owner=None).values("owner").annotate(number=Count("pk")).order_by("-number")
    return pages_of(Benefit.objects.count() // 50, owned[0]["owner"], timezone.localdate().year - 1)


def idle() -> None:
    """Wait until the worker that came with the server has done the work of the day."""
    office()
    from openvmo_web.jobs.models import Job

    quiet = 0
    while quiet < QUIET_LOOKS:
        time.sleep(LOOK_SECONDS)
        quiet = 0 if Job.objects.exclude(status__in=("succeeded", "failed", "cancelled")).exists() else quiet + 1


def in_process(requests: int) -> list[Figure]:
    """Each page through the whole middleware, signed in, without a network."""
    addresses = addresses_known()
    browser = browser_of(office())
    from django.core.cache import cache

    small = visits(browser, SMALL_PAGE, count=requests)
    figures = []
    for name, address in addresses.items():
        seen = visits(browser, address, count=requests)
        figures += figures_of(name, seen, small, most=MOST_MILLISECONDS, most_queries=None)
    for name in KEPT:
        seen = visits(browser, addresses[name], count=FIRST_READINGS, before=cache.clear)
        base = percentile(small.wall, 0.5)
        figures.append(Figure(f"{name}, first reading after a change: p50", percentile(seen.wall, 0.5), "ms", base))
    return figures


def over_http(
    site: str, cookies: Mapping[str, str], addresses: Mapping[str, str | tuple[str, ...]], requests: int
) -> list[Figure]:
    """Each page from a running server, one request after another."""
    opener = opener_of(cookies)
    small = fetched(opener, site, SMALL_PAGE, count=requests)
    figures = []
    for name, address in addresses.items():
        seen = fetched(opener, site, address, count=requests)
        figures += [
            Figure(f"{name}: p50", percentile(seen, 0.5), "ms", percentile(small, 0.5)),
            Figure(f"{name}: p95", percentile(seen, 0.95), "ms", percentile(small, 0.95), most=MOST_MILLISECONDS),
        ]
    return figures


def _analyse() -> None:
    """Let the database look at what was worked out, as it does by itself within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
