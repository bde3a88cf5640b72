"""Numbers, money, dates and months as words of a language.

Pages, tables, charts and printed reports all format here, so that one amount reads the same everywhere. A value that
is not known stays visibly unknown: it is never shown as nought.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
    get_minus_sign_symbol,
)
from django.utils import timezone, translation

Number = int | float | Decimal
NOT_KNOWN = "–"
FALLBACK_LOCALE = "en_GB"
# British usage, which the locale tables of Babel do not know: £1.2bn rather than £1.2B.
LEAST_SHORTENED = 1000
BRITISH_SUFFIXES = {"K": "k", "M": "m", "B": "bn", "T": "tn"}
POWERS_OF_TEN = range(15)
# The same amounts stand on many pages, and Babel needs tens of microseconds to write one.
REMEMBERED = 16_384


def current_locale() -> str:
    """Return the Babel name of the active language."""
    return _known_locale(translation.to_locale(translation.get_language() or FALLBACK_LOCALE))


@lru_cache(maxsize=64)
def _known_locale(name: str) -> str:
    try:
        return str(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return FALLBACK_LOCALE


@lru_cache(maxsize=64)
def _tables_of(name: str) -> Locale:
    """Return a language's tables, which Babel would look up by name for each number."""
    return Locale.parse(name)


def is_known(value: object) -> bool:
    """Return whether there is a value to show: not None, not empty text, not a number that is not a number."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    return value is not None and value != ""


def number(value: Number, locale: str, decimals: int | None = None) -> str:
    """Return a number with grouped digits; without ``decimals`` up to two are shown, as many as it has."""
    pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=_tables_of(locale))


def number_short(value: Number, locale: str) -> str:
    """Return a number in short form, such as 1.2m."""
    text = format_compact_decimal(value, locale=_tables_of(locale), fraction_digits=1)
    return _british(text, locale)


@lru_cache(maxsize=REMEMBERED, typed=True)
def percent(value: Number, locale: str, decimals: int = 1) -> str:
    """Return a share as a percentage: 0.125 reads 12.5%."""
    pattern = _tables_of(locale).percent_formats[None].pattern
    fraction = "." + "0" * decimals if decimals else ""
    return format_percent(value, format=pattern.replace("#,##0", "#,##0" + fraction), locale=_tables_of(locale))


@lru_cache(maxsize=REMEMBERED, typed=True)
def money(value: Number, currency: str, locale: str) -> str:
    """Return an exact amount of money with its currency sign and minor units."""
    return format_currency(value, currency, locale=_tables_of(locale))


def money_whole(value: Number, currency: str, locale: str) -> str:
    """Return an amount of money rounded to whole units of its currency."""
    pattern = _tables_of(locale).currency_formats["standard"].pattern.replace("0.00", "0")
    return format_currency(value, currency, format=pattern, locale=_tables_of(locale), currency_digits=False)


@lru_cache(maxsize=REMEMBERED, typed=True)
def money_short(value: Number, currency: str, locale: str) -> str:
    """Return an amount of money in short form, such as £1.2bn; one too small to shorten is rounded to whole units."""
    if -LEAST_SHORTENED < value < LEAST_SHORTENED:
        return money_whole(value, currency, locale)
    text = format_compact_currency(value, currency, locale=_tables_of(locale), fraction_digits=1)
    return _british(text, locale)


def day(value: date, locale: str) -> str:
    """Return a calendar day, such as 3 Apr 2026; of a moment its day in the current time zone."""
    local = timezone.localdate(value) if isinstance(value, datetime) else value
    return format_date(local, format="medium", locale=_tables_of(locale))


def moment(value: datetime, locale: str) -> str:
    """Return a day and time, to the minute, of the current time zone."""
    time = format_time(timezone.localtime(value), format="short", locale=_tables_of(locale))
    pattern = str(_tables_of(locale).datetime_formats["medium"])
    return pattern.format(time, day(value, locale))


@lru_cache(maxsize=REMEMBERED, typed=True)
def month(value: date | str, locale: str) -> str:
    """Return a month, such as Apr 2026, of a date or of text that begins like 2026-04."""
    first = date(int(value[:4]), int(value[5:7]), 1) if isinstance(value, str) else value
    return format_skeleton("yMMM", first, locale=_tables_of(locale))


def _british(text: str, locale: str) -> str:
    if locale != "en_GB":
        return text
    return re.sub(r"(?<=\d)[KMBT]\b", lambda found: BRITISH_SUFFIXES[found[0]], text)


# A format code is the name of a format, where an amount of money adds its currency: "percent", "money-short:GBP".
_PLAIN: dict[str, Callable[[Any, str], str]] = {
    "text": lambda value, _locale: str(value),
    "integer": lambda value, locale: number(value, locale, 0),
    "number": number,
    "number-short": number_short,
    "percent": percent,
    "percent-whole": lambda value, locale: percent(value, locale, 0),
    "day": day,
    "month": month,
}
_MONEY: dict[str, Callable[[Any, str, str], str]] = {
    "money": money,
    "money-whole": money_whole,
    "money-short": money_short,
}
TEXT_CODES = frozenset({"text", "day", "month"})


def formatted(value: object, code: str, locale: str) -> str:
    """Return a value in the format that a code names; a value that is not known reads as a dash.

    Raises ValueError for a code that is not defined.
    """
    name, _, currency = code.partition(":")
    if name in _MONEY and currency:
        return _MONEY[name](value, currency, locale) if is_known(value) else NOT_KNOWN
    if name in _PLAIN and not currency:
        return _PLAIN[name](value, locale) if is_known(value) else NOT_KNOWN
    raise ValueError(
        f"The format {code!r} is not defined. Use one of {', '.join(_PLAIN)}, or "
        f"{', '.join(_MONEY)} followed by a currency, as in 'money-short:GBP'."
    )


@lru_cache(maxsize=128)
def axis_format(code: str, locale: str) -> dict[str, Any]:
    """Return what a script needs to write the ticks of a chart's axis as Python would.

    ``scales`` holds, from the smallest, ``[from, divisor, prefix, suffix]``: an amount of at least ``from`` is divided
    and written between prefix and suffix. A script outside a browser knows no languages, so the tables come from here.
    """
    symbols = {
        "decimal": get_decimal_symbol(locale),
        "group": get_group_symbol(locale),
        "minus": get_minus_sign_symbol(locale),
    }
    return {**symbols, "scales": _scales(code, locale)}


def _scales(code: str, locale: str) -> list[list[Any]]:
    if code.startswith("percent"):
        before, after = percent(0.01, locale, 0).split("1")
        return [[0, 0.01, before, after]]
    scales: list[list[Any]] = []
    for power in POWERS_OF_TEN:
        before, digits, after = _taken_apart(formatted(10**power, code, locale))
        divisor = 10 ** (power - digits + 1)
        if not scales or scales[-1][1:] != [divisor, before, after]:
            scales.append([10**power if power else 0, divisor, before, after])
    return scales


def _taken_apart(text: str) -> tuple[str, int, str]:
    """Return what stands before the digits, how many digits stand before the decimal sign, and what stands after."""
    found = re.search(r"1(?:[\d.,'\u00a0\u202f\u2019]*\d)?", text)
    if found is None:
        raise ValueError(f"The number {text!r} cannot be written on an axis.")
    whole = re.split(r"[.,](?=0{1,2}$)", found[0])[0]
    return text[: found.start()], len(re.sub(r"\D", "", whole)), text[found.end() :]
