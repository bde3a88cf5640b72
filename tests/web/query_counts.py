"""How many queries each page makes, compared with the number that was agreed on.

A page whose number differs fails its test. After a change that is wanted, write the numbers anew and look at the
difference: ``OPENVMO_WRITE_QUERY_COUNTS=1 python -m pytest tests/web``.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

BASELINE = Path(__file__).with_name("query_counts.json")


def baseline() -> dict[str, int]:
    """Return the agreed numbers by the name of the page."""
    counts: dict[str, int] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return counts


@contextmanager
def as_many_queries_as_agreed(page: str) -> Iterator[None]:
    """Count the queries made within, and compare them with the agreed number of a page."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]
    if os.environ.get("OPENVMO_WRITE_QUERY_COUNTS"):
        counts = baseline() | {page: len(statements)}
        BASELINE.write_text(json.dumps(counts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    agreed = baseline().get(page)
    made = "\n".join(statements)
    assert len(statements) == agreed, f"{page} makes {len(statements)} queries, agreed are {agreed}:\n{made}"
