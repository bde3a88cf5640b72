"""Executors for a number of workers on this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal


@contextmanager
def executor(
    workers: int | None = None, *, kind: Literal["threads", "processes"] = "threads"
) -> Iterator[Executor | None]:
    """Give an executor for as long as the block lasts; the numbers are the same with any of them.

    Args:
        workers: how many pieces of work run at once; 0 means one for each processor, None or 1 means in the caller's
            own thread.
        kind: threads share memory and start at once; processes take a second to start and need more memory.

    Yields:
        The executor, or None when the work runs in the caller's own thread.

    Raises:
        ValueError: workers is negative.

    >>> with executor(2) as pool:
    ...     list(pool.map(abs, [-1, -2]))
    [1, 2]
    """
    if workers is not None and workers < 0:
        message = f"workers must be 0 (one for each processor) or more, not {workers}"
        raise ValueError(message)
    count = (os.cpu_count() or 1) if workers == 0 else workers or 1
    if count == 1:
        yield None
        return
    with _pool(count, kind) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _pool(count: int, kind: str) -> Executor:
    if kind == "processes":
        # A fresh interpreter, because forking a process that has threads can hang it.
        return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
    return ThreadPoolExecutor(count, thread_name_prefix="openvmo")
