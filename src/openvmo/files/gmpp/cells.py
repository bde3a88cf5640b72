"""Texts of the published files as dates, amounts and confidence; None where a text states no value."""

from __future__ import annotations

import datetime
import re

from openvmo.engine.model import Confidence

_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_NAMED_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-]([A-Za-z]{3,9})[\s\-](\d{4}|\d{2})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_YEAR_OF_TWO_DIGITS = 69  # 69 to 99 mean 1969 to 1999, as POSIX has it; no project ends after 2068 in this form
_AMOUNT = re.compile(r"(-?)£?(-?)([\d,]*\.?\d+)\s*(m|bn|k)?", re.ASCII | re.IGNORECASE)
_PERCENTAGE = re.compile(r"(-?[\d,]*\.?\d+)\s*%?", re.ASCII)
_IN_MILLIONS = {"": 1.0, "m": 1.0, "bn": 1_000.0, "k": 0.001}


def date_of(text: str) -> datetime.date | None:
    """The date that a text states, day before month.

    >>> date_of("01/12/98"), date_of("31 March 2025"), date_of("1/012/2014")
    (datetime.date(1998, 12, 1), datetime.date(2025, 3, 31), None)
    """
    text = text.strip()
    iso, numeric, named = _ISO_DATE.fullmatch(text), _NUMERIC_DATE.fullmatch(text), _NAMED_DATE.fullmatch(text)
    if iso is not None:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if numeric is not None:
        return _date(_year(numeric[3]), int(numeric[2]), int(numeric[1]))
    if named is not None and named[2][:3].lower() in _MONTHS:
        return _date(_year(named[3]), _MONTHS.index(named[2][:3].lower()) + 1, int(named[1]))
    return None


def millions_of(text: str) -> float | None:
    """The amount in millions of pounds that a text states under a heading in millions.

    >>> millions_of("£1.90m"), millions_of("-£7,169.20"), millions_of("Exempt under Section 43")
    (1.9, -7169.2, None)
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    amount = float(match[3].replace(",", "")) * _IN_MILLIONS[(match[4] or "").lower()]
    return -amount if match[1] or match[2] else amount


def percentage_of(text: str) -> float | None:
    """The percentage that a text states.

    >>> percentage_of("-49.50%"), percentage_of(">1000%")
    (-49.5, None)
    """
    match = _PERCENTAGE.fullmatch(text.strip())
    return None if match is None else float(match[1].replace(",", ""))


def confidence_of(text: str) -> Confidence:
    """The delivery confidence that a text states; anything but a colour is not stated.

    >>> confidence_of("Amber/ Red"), confidence_of("Reset")
    (<Confidence.AMBER_RED: 'amber_red'>, <Confidence.NOT_STATED: 'not_stated'>)
    """
    word = re.sub(r"\s*/\s*", "_", text.strip()).casefold()
    return Confidence(word) if word in set(Confidence) else Confidence.NOT_STATED


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == len("2019"):
        return year
    return year + (1900 if year >= _FIRST_YEAR_OF_TWO_DIGITS else 2000)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
