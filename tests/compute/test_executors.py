"""Where work runs."""

from __future__ import annotations

import pytest

from openvmo.compute import executor


@pytest.mark.parametrize("workers", [None, 1])
def test_it_stays_in_the_callers_thread(workers: int | None) -> None:
    with executor(workers) as pool:
        assert pool is None


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_it_runs_work_in_order(kind: str) -> None:
    with executor(2, kind=kind) as pool:  # type: ignore[arg-type]
        assert pool is not None
        assert list(pool.map(abs, [-1, -2, -3])) == [1, 2, 3]


def test_it_refuses_a_negative_number() -> None:
    with pytest.raises(ValueError, match="workers must be 0"), executor(-1):
        pass


def test_it_lets_a_failure_through() -> None:
    with pytest.raises(KeyError), executor(2):
        raise KeyError
