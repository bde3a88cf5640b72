"""The currency that somebody wrote beside an amount, and whether it is the portfolio's."""

from __future__ import annotations

import re

_CODE = re.compile(r"^([A-Z]{3})\s+|\s+([A-Z]{3})$")
_SIGN = re.compile(r"[$£€¥₹₽₩₺₪₦₱฿₫]")
_DOLLARS = "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD"
_PESOS = "ARS BRL CLP COP CUP DOP MXN UYU"
# Some signs are shared by several currencies; any of them may be meant.
_MEANT_BY = {
    "$": f"{_DOLLARS} {_PESOS}",
    "£": "GBP EGP FKP GIP LBP SHP SYP",
    "€": "EUR",
    "¥": "JPY CNY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW KPW",
    "₺": "TRY",
    "₪": "ILS",
    "₦": "NGN",
    "₱": "PHP",
    "฿": "THB",
    "₫": "VND",
}


def foreign_currency(text: str, currency: str) -> str:
    """The code or sign of another currency that stands beside an amount; "" when none does.

    >>> foreign_currency("USD 100", "GBP"), foreign_currency("$100", "CAD"), foreign_currency("100 €", "GBP")
    ('USD', '', '€')
    """
    code = _CODE.search(text.strip())
    if code is not None:
        stated = code[1] or code[2]
        return "" if stated == currency else stated
    sign = _SIGN.search(text)
    return "" if sign is None or currency in _MEANT_BY[sign[0]].split() else sign[0]
