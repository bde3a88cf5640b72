"""What a page takes in the server: requests through the whole middleware, with their queries counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle, islice
from typing import TYPE_CHECKING

from benchmarks.measure import percentile
from benchmarks.report import Figure

if TYPE_CHECKING:
    from django.test import Client

WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Visits:
    """What the requests of one page took, in milliseconds each, and how many queries the last one made."""

    wall: tuple[float, ...]
    processor: tuple[float, ...]
    queries: int
    size: int


def in_turn(addresses: str | tuple[str, ...]) -> Iterator[str]:
    """One address again and again, or several in turn."""
    return cycle((addresses,) if isinstance(addresses, str) else addresses)


def visits(browser: Client, addresses: str | tuple[str, ...], *, count: int) -> Visits:
    """Ask for pages many times after a warm-up; ends the benchmark when one does not answer with success."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    wanted = in_turn(addresses)
    for address in islice(wanted, WARM_UP):
        ask(browser.get, address)
    wall, processor = [], []
    for address in islice(wanted, count):
        began = time.perf_counter(), time.process_time()
        ask(browser.get, address)
        wall.append(1e3 * (time.perf_counter() - began[0]))
        processor.append(1e3 * (time.process_time() - began[1]))
    with CaptureQueriesContext(connection) as queries:
        size = ask(browser.get, next(wanted))
    return Visits(tuple(wall), tuple(processor), len(queries), size)


def ask(get: Callable[[str], object], address: str) -> int:
    """Ask for one page; return its length in bytes."""
    answer: object = get(address)
    status, content = getattr(answer, "status_code", 0), getattr(answer, "content", b"")
    if status != HTTPStatus.OK:
        raise SystemExit(f"{address} answered with {status}, not with a page.")
    return len(content)


def figures_of(name: str, seen: Visits, small: Visits, *, most: float | None, most_queries: int | None) -> list[Figure]:
    """The figures of one page beside those of a small page of the same server."""
    return [
        Figure(f"{name}: p50", percentile(seen.wall, 0.5), "ms", percentile(small.wall, 0.5)),
        Figure(f"{name}: p95", percentile(seen.wall, 0.95), "ms", percentile(small.wall, 0.95), most=most),
        Figure(f"{name}: processor p50", percentile(seen.processor, 0.5), "ms", percentile(small.processor, 0.5)),
        Figure(f"{name}: processor p95", percentile(seen.processor, 0.95), "ms", percentile(small.processor, 0.95)),
        Figure(f"{name}: queries", seen.queries, "", small.queries, most=most_queries),
        Figure(f"{name}: size", seen.size / 1024, "KiB"),
    ]
