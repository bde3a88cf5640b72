"""A worker process that also knows the tasks of the tests: ``python -m tests.web.jobs.worker_process``."""

import argparse
import os
import time
from pathlib import Path

from openvmo_web.config.commands import worker
from openvmo_web.config.start import prepare

prepare()

from openvmo_web.jobs.context import JobContext  # noqa: E402  models can be imported only after the set-up
from openvmo_web.jobs.registry import task  # noqa: E402

STEPS = 100


@task("test.long")
def long(context: JobContext, folder: str) -> dict[str, int]:
    """Leave a mark that the work has begun, and work for a long time unless this is a later attempt."""
    Path(folder, f"begun-{context.attempt}").write_text(str(os.getpid()), encoding="ascii")
    steps = STEPS if context.attempt == 1 else 1
    for step in range(steps):
        context.tick(step / steps, "Working")
        time.sleep(0.2)
    return {"attempt": context.attempt}


@task("test.count")
def count(context: JobContext, folder: str, number: int) -> None:
    """Leave a mark; a second one for the same number would raise."""
    with Path(folder, str(number)).open("x", encoding="ascii") as file:
        file.write(f"{context.attempt}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    worker.add_arguments(parser)
    worker.run(parser.parse_args())
