"""Processes beside the test that share its database."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

PATIENCE_SECONDS = 60
ROOT = Path(__file__).parents[2]


def eventually(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, f"Waited {PATIENCE_SECONDS} s for {what}."
        time.sleep(0.05)


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a process that uses the database of the test."""
    url = os.environ["OPENVMO_DATABASE_URL"]
    if url:
        url = urlunsplit(urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}"))
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return os.environ | {"OPENVMO_DATABASE_URL": url, "PYTHONPATH": paths} | more
