"""Fills a data folder for the browser tests: the example organisation, and two portfolios without a history.

Run as a program, so that the tests themselves keep the database that they were given.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

from openvmo_web.config.start import migrate_database, prepare

JOURNEY, EMPTY = "harbour", "meadow"
TRIALS = 300


def fill(folder: Path) -> None:
    """Load everything, and write the workbook that the journey imports."""
    prepare()
    migrate_database()
    from django.utils import timezone

    from openvmo_web.config import example

    # The pages do not care how steady the figures are.
    example.TRIALS_THEN = example.TRIALS_NOW = TRIALS
    now = timezone.now()
    example.load_example(now=now, say=lambda _words: None)
    _portfolios_without_a_history(now)
    _workbook(folder / "harbour.xlsx")
    _imports((folder / "harbour.xlsx").read_bytes(), now)
    _stranger(now)


def _portfolios_without_a_history(now: datetime) -> None:
    from openvmo_web.access.models import User
    from openvmo_web.config.example import address_of
    from openvmo_web.governance.actions import body_set, right_set
    from openvmo_web.portfolio.actions import portfolio_add

    admin, director = (User.objects.get(email=address_of(name)) for name in ("admin", "director"))
    office = User.objects.get(email=address_of("office"))
    for slug, name in ((JOURNEY, "Harbour office"), (EMPTY, "Meadow office")):
        portfolio = portfolio_add(
            slug=slug, name=name, currency="EUR", price_base=2024, starts=date(2024, 10, 1), by=office, at=now
        )
        if slug == JOURNEY:
            board = body_set(
                portfolio=portfolio, code="board", name="Harbour board", members=[director], by=admin, at=now
            )
            right_set(portfolio=portfolio, kind="fund_portfolio", up_to=None, decider=board, by=admin, at=now)


def _imports(content: bytes, now: datetime) -> None:
    """One that waits for its confirmation, and one that cannot be read; they are numbers 2 and 3."""
    from openvmo_web.access.models import User
    from openvmo_web.config.example import address_of
    from openvmo_web.exchange.actions import import_preview

    office = User.objects.get(email=address_of("office"))
    import_preview(content=content, file_name="lighthouse.xlsx", by=office, at=now, slug="lighthouse")
    import_preview(content=b"PK\x03\x04 no workbook", file_name="broken.xlsx", by=office, at=now)


def _stranger(now: datetime) -> None:
    """Somebody who can sign in and may nothing."""
    from openvmo_web.access.actions import user_create
    from openvmo_web.access.models import User
    from openvmo_web.config.example import PASSWORD, address_of

    admin = User.objects.get(email=address_of("admin"))
    stranger = user_create(email=address_of("stranger"), name="Stan Stranger", by=admin, at=now)
    stranger.set_password(PASSWORD)
    stranger.save(update_fields=["password"])


def _workbook(path: Path) -> None:
    import openvmo
    from openvmo.example import example_history

    openvmo.write_portfolio(example_history().opening, path)


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
