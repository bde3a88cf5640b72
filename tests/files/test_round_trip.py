"""Every format that is written is read back as the same portfolio, digit for digit and character for character."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.files.portfolios import portfolios

from openvmo.engine.model import Portfolio
from openvmo.files import FORMATS, portfolio_from_json, portfolio_to_json, read_with_findings, write_portfolio
from openvmo.files.csv_folder import read_folder
from openvmo.files.formats import Format

WRITTEN = [known for known in FORMATS.values() if known.write is not None]
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("known", WRITTEN, ids=lambda known: known.name)
def test_it_reads_back_what_it_wrote(known: Format) -> None:
    @slow
    @given(portfolios())
    def holds(portfolio: Portfolio) -> None:
        assert known.write is not None
        content = known.write(portfolio)
        assert known.recognise(content, "upload")
        reading = known.read(content, "upload")
        assert reading.portfolio == portfolio, reading.findings
        assert reading.findings == ()

    holds()


@slow
@given(portfolios())
def test_it_states_a_portfolio_as_json_and_back(portfolio: Portfolio) -> None:
    assert portfolio_from_json(portfolio_to_json(portfolio)) == portfolio


@slow
@given(portfolios())
def test_it_writes_a_folder(tmp_path_factory: pytest.TempPathFactory, portfolio: Portfolio) -> None:
    folder: Path = tmp_path_factory.mktemp("folder") / "portfolio"
    write_portfolio(portfolio, folder)
    assert read_folder(folder).portfolio == portfolio
    assert read_with_findings(folder).format == "csv_folder"
