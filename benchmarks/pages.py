"""What a page takes: in this process through the whole middleware with its queries counted, and over HTTP."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle, islice
from typing import TYPE_CHECKING

from benchmarks.measure import percentile
from benchmarks.report import Figure
from benchmarks.servers import office

if TYPE_CHECKING:
    from django.test import Client

    from openvmo_web.access.models import User

WARM_UP = 5
HTTP_WARM_UP = 3


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


def visits(
    browser: Client, addresses: str | tuple[str, ...], *, count: int, before: Callable[[], object] | None = None
) -> Visits:
    """Ask for pages many times after a warm-up; ends the benchmark when one does not answer with success.

    Args:
        browser: Where somebody is signed in.
        addresses: One address, or several to be asked for in turn.
        count: How many times.
        before: What is done before each, outside the time that is taken.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    wanted = in_turn(addresses)
    for address in islice(wanted, WARM_UP):
        ask(browser.get, address)
    wall, processor = [], []
    for address in islice(wanted, count):
        if before is not None:
            before()
        began = time.perf_counter(), time.process_time()
        ask(browser.get, address)
        wall.append(1e3 * (time.perf_counter() - began[0]))
        processor.append(1e3 * (time.process_time() - began[1]))
    with CaptureQueriesContext(connection) as queries:
        size = ask(browser.get, next(wanted))
    return Visits(tuple(wall), tuple(processor), len(queries), size)


def browser_of(user: User) -> Client:
    """A browser in this process in which somebody is signed in."""
    from django.test import Client

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    return browser


def sign_in() -> dict[str, str]:
    """The cookies of somebody who has signed in and may do everything."""
    return {name: morsel.value for name, morsel in browser_of(office()).cookies.items()}


def opener_of(cookies: Mapping[str, str]) -> urllib.request.OpenerDirector:
    """A browser without a face, for a server of its own process."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.addheaders = [("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))]
    return opener


def fetched(
    opener: urllib.request.OpenerDirector, site: str, addresses: str | tuple[str, ...], *, count: int
) -> list[float]:
    """What each request of a running server took, in milliseconds, after a warm-up."""
    taken = []
    for address in islice(in_turn(addresses), HTTP_WARM_UP + count):
        began = time.perf_counter()
        with opener.open(f"{site}{address}", timeout=60) as answer:
            answer.read()
            if "/accounts/" in answer.geturl():
                raise SystemExit(f"{address} asked to sign in.")
        taken.append(1e3 * (time.perf_counter() - began))
    return taken[HTTP_WARM_UP:]


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
