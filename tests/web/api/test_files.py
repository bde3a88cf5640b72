"""Files in and out through the API."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.web.api.conftest import Program
from tests.web.conftest import person

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Benefit
from openvmo_web.exchange.models import Import
from openvmo_web.portfolio.models import Initiative, Portfolio

IMPORTS = "/api/v1/imports"
EXPORT = "/api/v1/portfolios/agency/export"


def exported(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(client.get(EXPORT, {"format": "json"}).content)
    return document


def upload(client: Client, document: object, **into: str) -> Any:
    file = SimpleUploadedFile("portfolio.json", json.dumps(document).encode(), "application/json")
    return client.post(IMPORTS, {"file": file, **into})


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    document["portfolio"]["initiatives"][0]["name"] = "Alpha, renamed"
    return document


def test_what_goes_in_is_confirmed_first_and_then_changes_nothing(
    portfolio: Portfolio, owner: User, program: Program
) -> None:
    client = program(owner)
    stated = renamed(exported(client))
    first = upload(client, stated, portfolio="agency")
    assert first.status_code == 201
    shown = first.json()
    assert {name: shown[name] for name in ("file_name", "format", "state", "job", "portfolio", "applied_at")} == {
        "file_name": "portfolio.json",
        "format": "json",
        "state": "previewed",
        "job": None,
        "portfolio": "agency",
        "applied_at": None,
    }
    assert shown["changes"] == [
        {
            "effect": "change",
            "record": "initiative",
            "key": "ALPHA",
            "name": "Alpha, renamed",
            "field": "name",
            "before": "Initiative ALPHA",
            "after": "Alpha, renamed",
        }
    ]
    assert Initiative.objects.get(code="ALPHA").name == "Initiative ALPHA"
    applied = client.post(f"{IMPORTS}/{shown['id']}/confirm")
    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert Initiative.objects.get(code="ALPHA").name == "Alpha, renamed"
    second = upload(client, stated, portfolio="agency").json()
    assert (second["state"], second["changes"]) == ("previewed", [])
    kept = AuditEntry.objects.exclude(action__startswith="exchange.").count()
    client.post(f"{IMPORTS}/{second['id']}/confirm")
    assert AuditEntry.objects.exclude(action__startswith="exchange.").count() == kept


def test_a_sheet_of_benefits_changes_the_register(portfolio: Portfolio, owner: User, program: Program) -> None:
    manager = person("ina@example.org", "Ina Manager", "initiative_manager", portfolio.pk)
    client = program(manager)

    def sheet(text: str, **into: str) -> Any:
        file = SimpleUploadedFile("benefits.csv", text.encode(), "text/csv")
        return client.post(IMPORTS, {"file": file, "format": "benefit_register", **into})

    shown = sheet("initiative,id,name,kind,target\nALPHA,ALPHA-B,Less paper,cashable,7.5\n", portfolio="agency").json()
    assert (shown["format"], shown["state"], shown["counts"]["benefit"]) == (
        "benefit_register",
        "previewed",
        {"add": 0, "change": 1},
    )
    assert client.post(f"{IMPORTS}/{shown['id']}/confirm").json()["state"] == "applied"
    assert Benefit.objects.get(code="ALPHA-B").target == 7.5
    refused = sheet("initiative,id,name,kind\nALPHA,ALPHA-B,,cashable\n", portfolio="agency").json()
    assert (refused["state"], [finding["column"] for finding in refused["findings"]]) == ("refused", ["name"])
    nowhere = sheet("initiative,id,name,kind\n")
    assert (nowhere.status_code, nowhere.json()["details"][0]["where"]) == (422, "portfolio")
    assert client.post(IMPORTS, {"file": SimpleUploadedFile("a.csv", b"x"), "format": "magic"}).status_code == 422


def test_a_confirmed_import_is_closed(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    key = upload(client, exported(client), portfolio="agency").json()["id"]
    client.post(f"{IMPORTS}/{key}/confirm")
    for what in ("confirm", "discard"):
        answer = client.post(f"{IMPORTS}/{key}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_portfolio_that_has_moved_on_takes_nothing(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    key = upload(client, renamed(exported(client)), portfolio="agency").json()["id"]
    Initiative.objects.filter(code="BETA").update(name="Changed meanwhile")
    answer = client.post(f"{IMPORTS}/{key}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Initiative.objects.get(code="ALPHA").name == "Initiative ALPHA"


def test_it_discards_a_file(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    key = upload(client, exported(client), portfolio="agency").json()["id"]
    assert client.post(f"{IMPORTS}/{key}/discard").json()["state"] == "discarded"
    assert [row["state"] for row in client.get(IMPORTS).json()["items"]] == ["discarded"]


def test_it_lists_what_keeps_a_file_out(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    stated = exported(client)
    stated["portfolio"]["currency"] = "pounds"
    shown = upload(client, stated, portfolio="agency").json()
    assert shown["state"] == "refused"
    assert "portfolio.currency" in [finding["code"] for finding in shown["findings"]]
    assert client.get(f"{IMPORTS}/{shown['id']}").json() == shown
    assert client.post(f"{IMPORTS}/{shown['id']}/confirm").status_code == 409


def test_it_makes_a_new_portfolio_at_the_address_asked_for(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    stated = exported(client)
    owner.assignments.update(portfolio_id=None)
    made = upload(client, stated, name="Second", slug="second").json()
    assert (made["portfolio"], made["state"]) == ("second", "previewed")
    client.post(f"{IMPORTS}/{made['id']}/confirm")
    assert Portfolio.objects.get(slug="second").name == "Second"
    taken = upload(client, stated, slug="second")
    assert taken.status_code == 422
    assert [detail["where"] for detail in taken.json()["details"]] == ["slug"]


def test_it_takes_nothing_into_a_portfolio_that_one_may_only_see(
    portfolio: Portfolio, owner: User, program: Program
) -> None:
    client = program(owner)
    stated = exported(client)
    owner.assignments.update(role="finance")
    answer = upload(client, stated, portfolio="agency")
    assert (answer.status_code, answer.json()["code"], Import.objects.count()) == (403, "refused", 0)
    assert upload(client, stated, portfolio="nowhere").status_code == 404


def test_it_refuses_a_file_that_is_too_large(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    with override_settings(OPENVMO_UPLOAD_LIMIT=2**20):
        answer = upload(client, "x" * 2**20, portfolio="agency")
    assert (answer.status_code, answer.json()["code"], Import.objects.count()) == (413, "too_large", 0)
    assert answer.json()["message"].startswith("The file is larger than 1 MB.")


@pytest.mark.parametrize(
    ("into", "where"),
    [({"slug": "A B"}, "form.slug"), ({"name": "n" * 301}, "form.name"), ({"portfolio": "\0"}, "form.portfolio")],
)
def test_it_names_the_field_of_the_form_that_does_not_fit(
    into: dict[str, str], where: str, owner: User, program: Program
) -> None:
    answer = upload(program(owner), {}, **into)
    assert answer.status_code == 422
    assert [detail["where"] for detail in answer.json()["details"]] == [where]


def test_it_asks_for_the_file(owner: User, program: Program) -> None:
    answer = program(owner).post(IMPORTS, {"portfolio": "agency"})
    assert [detail["where"] for detail in answer.json()["details"]] == ["file.file"]


def test_imports_of_others_do_not_exist(portfolio: Portfolio, owner: User, executive: User, program: Program) -> None:
    client = program(owner)
    key = upload(client, exported(client), portfolio="agency").json()["id"]
    other = program(executive)
    assert other.get(f"{IMPORTS}/{key}").status_code == 404
    assert other.post(f"{IMPORTS}/{key}/confirm").status_code == 404
    assert other.get(IMPORTS).json() == {"items": [], "count": 0}


@pytest.mark.parametrize(
    ("format", "name", "media_type", "begins"),
    [
        ("native_workbook", "agency.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("csv_folder", "agency.zip", "application/zip", b"PK"),
        ("json", "agency.json", "application/json", b"{"),
    ],
)
def test_it_gives_a_portfolio_out(
    format: str, name: str, media_type: str, begins: bytes, portfolio: Portfolio, owner: User, program: Program
) -> None:
    answer = program(owner).get(EXPORT, {"format": format})
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(begins)


def test_it_gives_nothing_out_without_the_right(portfolio: Portfolio, administrator: User, program: Program) -> None:
    client = program(administrator)
    administrator.assignments.update(role="viewer")
    kept = AuditEntry.objects.count()
    assert client.get(EXPORT).status_code == 403
    assert AuditEntry.objects.count() == kept


def test_it_knows_no_other_formats(portfolio: Portfolio, owner: User, program: Program) -> None:
    answer = program(owner).get(EXPORT, {"format": "pdf"})
    assert [detail["where"] for detail in answer.json()["details"]] == ["query.format"]
