"""The page of the published reference classes."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openvmo.engine.evidence import FinishedWork, calibrate
from openvmo.engine.reference import published_statements, reference_classes
from openvmo.files.references import references_document
from openvmo_web.access.models import User
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import classes_in_use
from openvmo_web.portfolio.models import Initiative, Portfolio

SignedIn = Callable[[User], Client]
PAGE = "/insight/references/"

pytestmark = pytest.mark.usefixtures("portfolio")


def test_it_lists_every_class_with_its_source(owner: User, signed_in: SignedIn) -> None:
    text = signed_in(owner).get(PAGE).text
    for known in reference_classes().values():
        assert f"<code>{known.id}</code>" in text
    assert text.count("Not confirmed") == 3
    assert "https://arxiv.org/pdf/1302.3642.pdf" in text
    for statement in published_statements():
        assert statement.text.replace("'", "&#x27;") in text


def test_it_shows_a_range_where_one_was_published(owner: User, signed_in: SignedIn) -> None:
    (row,) = signed_in(owner).get(f"{PAGE}?search=Bridges&use=spread").context["table"].rows
    assert row.record.id == "fixed_links_2004"
    assert (row.record.p50, row.record.p90) == (pytest.approx(0.23), pytest.approx(0.83))
    assert "83%" in row.get_cell("p90")


def test_it_filters_by_dimension_and_sorts(owner: User, signed_in: SignedIn) -> None:
    found = signed_in(owner).get(f"{PAGE}?dimension=benefit&sort=mean").context["table"]
    assert [(row.record.id, round(row.record.mean, 2)) for row in found.rows] == [
        ("bus_rapid_transit", -0.58),
        ("it", -0.56),
        ("it_large", -0.56),
        ("rail", -0.34),
    ]


def test_it_says_which_classes_are_in_use(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    Initiative.objects.filter(portfolio=portfolio, code="ALPHA").update(reference_class="it")
    Initiative.objects.filter(portfolio=portfolio, code="BETA").update(reference_class="our_own")
    page = signed_in(owner).get(f"{PAGE}?use=used")
    assert {(row.record.id, row.record.used) for row in page.context["table"].rows} == {("it", 1)}
    assert page.context["own"] == {"our_own": 1}
    assert "a class that is not in this list" in page.text


def test_it_counts_only_what_the_viewer_sees(portfolio: Portfolio, stranger: User, owner: User) -> None:
    Initiative.objects.filter(portfolio=portfolio).update(reference_class="it")
    assert classes_in_use(stranger) == {}
    assert classes_in_use(owner) == {"it": Initiative.objects.filter(portfolio=portfolio).count()}


def test_it_is_downloaded_as_figures(owner: User, signed_in: SignedIn) -> None:
    response = signed_in(owner).get(f"{PAGE}export.csv")
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    figures = sum(len(known.rates) for known in reference_classes().values())
    assert len(rows) == figures + 1
    assert signed_in(owner).get(f"{PAGE}export.pdf").status_code == 404


def own_file(**changes: object) -> SimpleUploadedFile:
    """A file of one class, learned from twelve finished works."""
    works = [FinishedWork(str(n), {"kind": "Own"}, planned_cost=10, actual_cost=30 + n) for n in range(12)]
    document = references_document(calibrate(works, by=["kind"])) | changes
    return SimpleUploadedFile("own.json", json.dumps(document).encode(), "application/json")


def test_a_forecast_is_started_with_own_classes(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    given = {"trials": 200, "seed": 1, "outside_view": "on", "benefit_years": 10, "references": own_file()}
    assert signed_in(owner).post("/p/agency/runs/new/forecast/", given).status_code == 302
    run = Run.objects.get(portfolio=portfolio)
    assert [known["id"] for known in run.parameters["references"]] == ["finished_work", "own"]


@pytest.mark.parametrize(
    ("changes", "kept", "message"),
    [
        ({"format": "other"}, {"outside_view": "on"}, "This file holds no reference classes."),
        ({"classes": [{"id": "own"}]}, {"outside_view": "on"}, "A list of at least one rate is expected."),
        ({}, {}, "Correct the plans by finished work"),
    ],
)
def test_it_refuses_a_file_that_cannot_be_applied(
    changes: dict[str, object], kept: dict[str, str], message: str, owner: User, signed_in: SignedIn
) -> None:
    given = {"trials": 200, "seed": 1, "benefit_years": 10, "references": own_file(**changes)} | kept
    page = signed_in(owner).post("/p/agency/runs/new/forecast/", given)
    assert page.status_code == 422
    assert message in page.text
    assert not Run.objects.exists()
