"""The same bits wherever a forecast runs: interpreted, and on a cluster that loses a worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.engine.forecast.runs import forecast_all
from tests.laws.test_forecast_laws import assert_same, standing_portfolio

SOURCE = Path(__file__).parents[3]
DIGEST = """
import hashlib, json, sys
sys.path[:0] = [{source!r} + "/src", {source!r}]
from tests.engine.forecast.runs import forecast_all
from tests.laws.test_forecast_laws import standing_portfolio
found = {{}}
for sampling in ("balanced", "plain"):
    result = forecast_all(standing_portfolio(size=20), trials=40, sampling=sampling)
    parts = [result.npv.tobytes(), result.go_live.tobytes(), result.totals["benefit"].tobytes(),
             result.fan("net").p90.tobytes(), repr(result.table()).encode()]
    found[sampling] = hashlib.sha256(b"".join(parts)).hexdigest()
print(json.dumps(found))
"""


def digests(**environment: str) -> dict[str, str]:
    """The digests of small forecasts in a process of their own."""
    code = DIGEST.format(source=str(SOURCE))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_it_gives_the_same_bits_interpreted() -> None:
    assert digests(NUMBA_DISABLE_JIT="1") == digests()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_the_same_bits() -> None:
    distributed = pytest.importorskip("distributed")
    standing = standing_portfolio(size=160)
    alone = forecast_all(standing, trials=20_000, threads=1)
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        killed = threading.Event()

        def lose_a_worker(share: float, _sentence: str) -> None:
            if not killed.is_set():
                killed.set()
                worker = next(iter(cluster.workers.values()))
                os.kill(worker.process.process.pid, signal.SIGKILL)
                time.sleep(0.2)

        spread = forecast_all(standing, trials=20_000, executor=client.get_executor(), progress=lose_a_worker)
    assert killed.is_set()
    assert_same(spread, alone)
