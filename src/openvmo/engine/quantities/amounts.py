"""How people write and read large amounts of money: 30bn, 250m, 1.5k."""

from __future__ import annotations

import math
import re

_SUFFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_STEPS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))
_PATTERN = re.compile(r"^([+-]?)(\d{1,3}(?:[,_ ]\d{3})+|\d+)?(\.\d+)?\s*([a-z]*)$")


def compact_amount(amount: float) -> str:
    """Write an amount with three significant digits and a suffix: k, m, bn, tn.

    >>> compact_amount(448_213_000_000), compact_amount(-1_250_000), compact_amount(99), compact_amount(0)
    ('448bn', '-1.25m', '99', '0')
    """
    if amount == 0:
        return "0"
    rounded = float(f"{amount:.3g}")
    for step, suffix in _STEPS:
        if abs(rounded) >= step:
            return f"{_three_digits(rounded / step)}{suffix}"
    return _three_digits(rounded)


def _three_digits(value: float) -> str:
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_amount(text: str) -> float:
    """Read an amount such as 30bn, 250m, 1.5k or 1,200,000.

    Raises:
        ValueError: the text is not an amount; the message says which forms are understood.

    >>> parse_amount("30bn"), parse_amount("1.5k"), parse_amount("1,200,000")
    (30000000000.0, 1500.0, 1200000.0)
    """
    match = _PATTERN.match(text.strip().lower())
    if match is None or (match[2] is None and match[3] is None) or match[4] not in _SUFFIXES:
        message = f"an amount is written like 30bn, 250m, 1.5k or 1,200,000, not {text!r}"
        raise ValueError(message)
    whole = re.sub(r"[,_ ]", "", match[2] or "0")
    value = float(f"{whole}{match[3] or ''}") * _SUFFIXES[match[4]]
    return -value if match[1] == "-" else value
