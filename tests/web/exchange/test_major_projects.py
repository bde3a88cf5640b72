"""Seven years of the UK's major projects, imported one after the other into one portfolio."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openvmo_web.access.actions import administrator_create
from openvmo_web.audit.models import AuditEntry
from openvmo_web.exchange.actions import import_apply, import_preview
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio

pytestmark = [pytest.mark.real, pytest.mark.django_db]

YEARS = range(2014, 2021)
# Projects in each year's file, as the office of the projects published them.
PROJECTS = {2014: 199, 2015: 188, 2016: 143, 2017: 143, 2018: 133, 2019: 133, 2020: 125}
# Of these, projects that no earlier file names: a new id alone, as all have in 2020, does not make a new project.
NEW = {2014: 199, 2015: 57, 2016: 62, 2017: 37, 2018: 34, 2019: 27, 2020: 20}
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_it_imports_all_years_and_the_second_time_nothing(shared_data: Path, tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    by = administrator_create(email="ada@example.org", name="Ada Admin", at=NOW)
    for number, year in enumerate(YEARS):
        path = shared_data / "portfolio" / "gmpp" / "raw" / f"gmpp_{year}.csv"
        at, content = NOW + timedelta(days=number), path.read_bytes()
        portfolio = Portfolio.objects.filter(slug="gmpp").first()
        slug = "" if portfolio else "gmpp"
        imported = import_preview(content=content, file_name=path.name, portfolio=portfolio, slug=slug, by=by, at=at)
        assert imported.counts["status"] == {"add": PROJECTS[year], "change": 0}
        assert imported.counts.get("initiative", {}).get("add") == NEW[year]
        import_apply(imported=imported, by=by, at=at)
        before = (Plan.objects.count(), Initiative.objects.count(), AuditEntry.objects.count())
        portfolio = Portfolio.objects.get(slug="gmpp")
        again = import_preview(content=content, file_name=path.name, portfolio=portfolio, by=by, at=at)
        assert (again.changes, set(again.counts)) == ([], {"findings"})
        assert (Plan.objects.count(), Initiative.objects.count(), AuditEntry.objects.count() - 2) == before
