"""One JSON text for one value, so that equal values have equal digests."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from openvmo.engine.model import Portfolio
from openvmo.files.json_file import portfolio_to_json


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces, numbers in the shortest form that reads back the same.

    Raises:
        ValueError: the value holds NaN or infinity.
        TypeError: the value holds something that JSON cannot.

    >>> canonical_json({"b": 0.1, "a": [1, None]})
    '{"a":[1,null],"b":0.1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def portfolio_digest(portfolio: Portfolio) -> str:
    """Digest of a portfolio's content: equal portfolios have equal digests, whichever file they came from."""
    return digest(portfolio_to_json(portfolio))
