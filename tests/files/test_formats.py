"""Every format is registered, and the JSON document names what is wrong with it."""

from __future__ import annotations

import gc
import importlib
import pkgutil

import pytest

import openvmo.files
from openvmo.engine.model import Initiative, Option, Portfolio, PortfolioError
from openvmo.engine.quantities import Month
from openvmo.files import FORMATS, portfolio_from_json, portfolio_to_json, read_bytes, to_bytes

PORTFOLIO = Portfolio(
    currency="GBP",
    price_base=2026,
    start=Month(2026, 4),
    initiatives=(Initiative(id="A", name="Alpha", options=(Option(id="now", start=Month(2026, 5), duration=3),)),),
)


def test_it_registers_every_module_that_recognises_a_format() -> None:
    names = [module.name for module in pkgutil.iter_modules(openvmo.files.__path__)]
    modules = [importlib.import_module(f"openvmo.files.{name}") for name in names]
    readers = {module.read for module in modules if hasattr(module, "recognise")}
    assert readers == {known.read for known in FORMATS.values()}


def test_it_refuses_to_write_a_format_that_is_only_read() -> None:
    with pytest.raises(ValueError, match="only read"):
        to_bytes(PORTFOLIO, "gmpp")


def test_it_raises_for_an_unknown_format() -> None:
    with pytest.raises(KeyError):
        read_bytes(b"", "x", format="nothing")


def test_it_gives_equal_documents_for_equal_portfolios() -> None:
    whole = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4), discount_rate=0)
    decimal = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4), discount_rate=0.0)
    assert to_bytes(whole, "json") == to_bytes(decimal, "json")


def test_it_lists_every_problem_of_a_document_with_its_place() -> None:
    document = portfolio_to_json(PORTFOLIO)
    option = document["portfolio"]["initiatives"][0]["options"][0]
    option["start"] = "May"
    option["duration"] = 2.5
    del option["id"]
    option["kind"] = "perhaps"
    document["portfolio"]["colour"] = "blue"
    with pytest.raises(PortfolioError) as raised:
        portfolio_from_json(document)
    place = "portfolio.initiatives[0].options[0]"
    assert [(finding.code, finding.sheet, finding.column) for finding in raised.value.findings] == [
        ("json.unknown", "portfolio", "colour"),
        ("json.value", place, "kind"),
        ("json.value", place, "start"),
        ("json.value", place, "duration"),
        ("json.missing", place, "id"),
    ]


def test_it_leaves_the_garbage_collector_as_it_found_it() -> None:
    content = to_bytes(Portfolio(currency="EUR", price_base=2026, start=Month(2026, 1)), "json")
    read_bytes(content, "portfolio.json")
    assert gc.isenabled()
    gc.disable()
    try:
        read_bytes(content, "portfolio.json")
        assert not gc.isenabled()
    finally:
        gc.enable()
