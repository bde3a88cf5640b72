"""What the pages of a portfolio with 10,000 initiatives take in the server, and over HTTP."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping

from benchmarks.measure import apart, percentile
from benchmarks.pages import browser_of, fetched, figures_of, opener_of, sign_in, visits
from benchmarks.portfolios import LEAN, portfolio
from benchmarks.programs import serving
from benchmarks.report import Figure, say
from benchmarks.servers import databases, office

TRIALS = 100
"""The pages read what a forecast wrote down, however many trials it had."""
MOST_MILLISECONDS = 100.0
MOST_QUERIES = 12
HTTP_REQUESTS = 30
REGISTER = "/p/benchmark/initiatives/"
REGISTER_PAGES: dict[str, str | tuple[str, ...]] = {
    "register, first page": REGISTER,
    "register, sorted by value": f"{REGISTER}?sort=-npv",
    "register, filtered": f"{REGISTER}?state=delivery&confidence=red&unit=Health",
    "register, searched": f"{REGISTER}?search=renew+registers",
    "register, late page": f"{REGISTER}?page=180",
    "register, another page each time": tuple(f"{REGISTER}?page={number}" for number in range(1, 200)),
}
SMALL_PAGE = "/p/benchmark/reports/"
OTHER_PAGES: dict[str, str | tuple[str, ...]] = {
    "home": "/p/benchmark/",
    "initiative": f"{REGISTER}I00042/",
    "runs": "/p/benchmark/runs/",
    "run": "/p/benchmark/runs/1/",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--initiatives", type=int, default=10_000, help="how many (default: 10000)")
    parser.add_argument("--requests", type=int, default=200, help="of each page, after a warm-up (default: 200)")
    arguments = parser.parse_args()
    for name, variables in databases():
        fill_seconds = apart(fill, variables, arguments.initiatives)
        figures = apart(in_process, variables, arguments.requests)
        title = f"Pages of a portfolio with {arguments.initiatives:,} initiatives, {name}"
        say(title, "the small page of reports, with the same frame and rights.", [fill_seconds, *figures])
        session = apart(sign_in, variables)
        with serving(variables) as site:
            figures = over_http(site, session)
        say(f"The same over HTTP, one after another, {name}", "the small page of reports.", figures)


def fill(initiatives: int) -> Figure:
    """Store a portfolio through the import's own action, and forecast it with a worker."""
    by = office()
    from django.utils import timezone

    from openvmo_web.exchange.actions import records_import
    from openvmo_web.insight.actions import run_start
    from openvmo_web.jobs.worker import Worker
    from openvmo_web.portfolio.actions import portfolio_add
    from openvmo_web.portfolio.rules import portfolio_values

    began = time.perf_counter()
    stated, now = portfolio(initiatives, shape=LEAN), timezone.now()
    row = portfolio_add(slug="benchmark", **portfolio_values(stated), by=by, at=now)
    records_import(portfolio=row, stated=stated, reason="Benchmark", by=by, at=now)
    run = run_start(portfolio=row, kind="forecast", parameters={"trials": TRIALS}, by=by, at=timezone.now())
    Worker().run_until_idle()
    run.refresh_from_db()
    if not run.is_finished:
        raise SystemExit(f"The forecast did not finish: {run.failure or run.state}")
    return Figure("filling the database, forecast included", time.perf_counter() - began, "s")


def in_process(requests: int) -> list[Figure]:
    """Each page through the whole middleware, signed in, without a network."""
    by = office()
    browser = browser_of(by)
    small = visits(browser, SMALL_PAGE, count=requests)
    return [
        figure
        for pages, most, most_queries in ((REGISTER_PAGES, MOST_MILLISECONDS, MOST_QUERIES), (OTHER_PAGES, None, None))
        for name, address in pages.items()
        for figure in figures_of(
            name, visits(browser, address, count=requests), small, most=most, most_queries=most_queries
        )
    ]


def over_http(site: str, cookies: Mapping[str, str]) -> list[Figure]:
    """Each page from a running server, one request after another."""
    opener = opener_of(cookies)
    small = fetched(opener, site, SMALL_PAGE, count=HTTP_REQUESTS)
    figures = []
    for name, address in (REGISTER_PAGES | OTHER_PAGES).items():
        seen = fetched(opener, site, address, count=HTTP_REQUESTS)
        most = MOST_MILLISECONDS if name in REGISTER_PAGES else None
        figures += [
            Figure(f"{name}: p50", percentile(seen, 0.5), "ms", percentile(small, 0.5)),
            Figure(f"{name}: p95", percentile(seen, 0.95), "ms", percentile(small, 0.95), most=most),
        ]
    return figures


if __name__ == "__main__":
    main()
