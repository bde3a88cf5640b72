"""The pages of imports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openvmo.files import to_bytes
from openvmo_web.access.models import User
from openvmo_web.exchange.actions import import_preview
from openvmo_web.exchange.models import Import
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.portfolio.models import Portfolio

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: object) -> None:
    """Keep uploaded files in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def content(portfolio: Portfolio, now: datetime) -> bytes:
    """The standing portfolio as a file, with one initiative renamed."""
    known = portfolio_as_known(portfolio, now)
    first, *rest = known.initiatives
    return to_bytes(replace(known, initiatives=(replace(first, name="Renamed"), *rest)), "json")


@pytest.fixture
def imported(content: bytes, portfolio: Portfolio, owner: User) -> Import:
    """The file, looked at and waiting."""
    return import_preview(content=content, file_name="plan.json", portfolio=portfolio, by=owner, at=timezone.now())


def test_the_journey_from_upload_to_result(
    signed_in: Browser, owner: User, portfolio: Portfolio, content: bytes
) -> None:
    browser = signed_in(owner)
    file = SimpleUploadedFile("plan.json", content)
    page = browser.post(reverse("exchange:imports"), {"file": file, "portfolio": portfolio.pk}, follow=True)
    assert "Initiative ALPHA" in page.text
    assert "Renamed" in page.text
    key = Import.objects.get().pk
    page = browser.post(reverse("exchange:confirm", args=[key]), follow=True)
    assert "The file was imported." in page.text
    assert portfolio.initiatives.filter(name="Renamed").exists()
    page = browser.post(reverse("exchange:confirm", args=[key]), follow=True)
    assert "This import is no longer open: Imported." in page.text


def test_the_second_time_it_says_that_nothing_would_change(
    signed_in: Browser, owner: User, portfolio: Portfolio, imported: Import, content: bytes
) -> None:
    browser = signed_in(owner)
    browser.post(reverse("exchange:confirm", args=[imported.pk]))
    file = SimpleUploadedFile("plan.json", content)
    page = browser.post(reverse("exchange:imports"), {"file": file, "portfolio": portfolio.pk}, follow=True)
    assert "Nothing would change" in page.text
    assert 'data-dialog="apply"' not in page.text


def test_a_discarded_file_changes_nothing(
    signed_in: Browser, owner: User, portfolio: Portfolio, imported: Import
) -> None:
    page = signed_in(owner).post(reverse("exchange:discard", args=[imported.pk]), follow=True)
    assert "The import was discarded" in page.text
    assert not portfolio.initiatives.filter(name="Renamed").exists()


def test_without_a_file_the_form_says_so(signed_in: Browser, owner: User, portfolio: Portfolio) -> None:
    page = signed_in(owner).post(reverse("exchange:imports"), {"portfolio": portfolio.pk})
    assert page.status_code == 400
    assert "This field is required." in page.text


def test_a_file_above_the_limit_is_refused(
    signed_in: Browser, owner: User, portfolio: Portfolio, settings: object
) -> None:
    settings.OPENVMO_UPLOAD_LIMIT = 2**20  # type: ignore[attr-defined]
    file = SimpleUploadedFile("big.json", b" " * (2**20 + 1))
    page = signed_in(owner).post(reverse("exchange:imports"), {"file": file, "portfolio": portfolio.pk})
    assert "The file is larger than 1 MB." in page.text
    assert Import.objects.count() == 0


def test_differences_and_findings_are_filtered(signed_in: Browser, owner: User, imported: Import) -> None:
    browser = signed_in(owner)
    shown = browser.get(reverse("exchange:changes", args=[imported.pk]), {"search": "renamed"})
    hidden = browser.get(reverse("exchange:changes", args=[imported.pk]), {"record": "budget"})
    assert ("Initiative ALPHA" in shown.text, "No difference matches" in hidden.text) == (True, True)


def test_findings_come_as_csv_without_formulas(signed_in: Browser, owner: User, portfolio: Portfolio) -> None:
    broken = import_preview(content=b"{}", file_name="=broken.json", portfolio=portfolio, by=owner, at=timezone.now())
    answer = signed_in(owner).get(reverse("exchange:findings-file", args=[broken.pk]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "severity,code,file,sheet,row,column,value,problem,remedy"
    assert lines[1].startswith("error,json.format,'=broken.json,")


def test_a_list_of_many_imports_takes_as_many_queries_as_one_of_few(
    signed_in: Browser,
    owner: User,
    portfolio: Portfolio,
    content: bytes,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        import_preview(content=content, file_name=f"{number}.json", portfolio=portfolio, by=owner, at=timezone.now())
    browser = signed_in(owner)
    with django_assert_max_num_queries(10):
        assert browser.get(reverse("exchange:imports")).status_code == 200


def test_a_preview_takes_few_queries(
    signed_in: Browser, owner: User, imported: Import, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(owner)
    with django_assert_max_num_queries(8):
        assert browser.get(reverse("exchange:import", args=[imported.pk])).status_code == 200
