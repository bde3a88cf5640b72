"""The sheet of benefits: out of the register, through a spreadsheet, and back; only what was changed changes."""

import difflib
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from tests.web.conftest import STANDING_PORTFOLIO_ID, person

from openvmo_web.access.models import Assignment, User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.exchange import register_sheet
from openvmo_web.exchange.actions import CannotImport, import_confirm
from openvmo_web.exchange.models import Import
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective

PAGE = "/p/agency/benefits/import/"
EXPORT = "/p/agency/benefits/export.xlsx?for=editing"
Cells = dict[tuple[str, str], Any]


@pytest.fixture
def client(
    portfolio: Portfolio, owner: User, signed_in: Callable[[User], Client], settings: Any, tmp_path: Path
) -> Client:
    settings.MEDIA_ROOT = str(tmp_path)
    return signed_in(owner)


def edited(client: Client, cells: Cells, more: list[dict[str, Any]] | None = None) -> bytes:
    """The exported sheet with other values in some cells, by code and heading, and with more rows."""
    book: Workbook = load_workbook(io.BytesIO(client.get(EXPORT).content))
    sheet = book["Benefits"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    rows = {sheet.cell(number, headings["id"]).value: number for number in range(2, sheet.max_row + 1)}
    for (code, heading), value in cells.items():
        sheet.cell(rows[code], headings[heading]).value = value
    for values in more or []:
        sheet.append([values.get(heading) for heading in headings])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def uploaded(client: Client, content: bytes, name: str = "benefits.xlsx") -> Import:
    answer = client.post(PAGE, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def found(imported: Import) -> list[tuple[Any, ...]]:
    return [(one["sheet"], one["row"], one["column"], one["value"], one["code"]) for one in imported.findings]


def test_an_unchanged_sheet_changes_nothing(client: Client) -> None:
    imported = uploaded(client, edited(client, {}))
    assert (imported.state, imported.findings, imported.changes) == ("previewed", [], [])


def test_only_the_changed_rows_change(client: Client, owner: User, now: datetime) -> None:
    before = {row.code: row.state_values for row in Benefit.objects.all()}
    content = edited(client, {("ALPHA-B", "target"): 7.5, ("BETA-B", "owner"): "Olga Owner"})
    imported = uploaded(client, content)
    told = [(change["key"], change["field"], change["before"], change["after"]) for change in imported.changes]
    assert told == [
        ("ALPHA · ALPHA-B", "Target", "", "7.500000"),
        ("BETA · BETA-B", "Owner", "", "Olga Owner"),
    ]
    entries = AuditEntry.objects.filter(action="benefit.change").count()
    import_confirm(imported=imported, by=owner, at=now)
    after = {row.code: row.state_values for row in Benefit.objects.all()}
    assert [code for code in before if before[code] != after[code]] == ["ALPHA-B", "BETA-B"]
    assert after["ALPHA-B"] == before["ALPHA-B"] | {"target": 7.5}
    assert after["BETA-B"] == before["BETA-B"] | {"owner": owner.pk, "owner_name": "Olga Owner"}
    fresh = AuditEntry.objects.filter(action="benefit.change").order_by("-pk")[:2]
    assert AuditEntry.objects.filter(action="benefit.change").count() == entries + 2
    assert fresh[0].gesture == fresh[1].gesture is not None


def test_a_new_code_adds_a_benefit_to_a_known_initiative(client: Client, owner: User, now: datetime) -> None:
    row = {"initiative": "BETA", "id": "NEW", "name": "Fewer calls", "kind": "quantifiable", "unit": "calls"}
    imported = uploaded(client, edited(client, {}, [row]))
    assert [(change["effect"], change["key"]) for change in imported.changes] == [("add", "BETA · NEW")]
    import_confirm(imported=imported, by=owner, at=now)
    added = Benefit.objects.get(code="NEW")
    assert (added.initiative.code, added.position, added.unit) == ("BETA", 1, "calls")


def test_a_new_benefit_is_recorded_once_and_its_people_by_their_names(
    client: Client, owner: User, now: datetime
) -> None:
    row = {"initiative": "BETA", "id": "NEW", "name": "Fewer calls", "kind": "cashable", "owner": owner.email}
    content = edited(client, {("ALPHA-B", "measurer"): owner.email}, [row])
    import_confirm(imported=uploaded(client, content), by=owner, at=now)
    added, known = Benefit.objects.get(code="NEW"), Benefit.objects.get(code="ALPHA-B")
    assert (added.owner, added.owner_name) == (owner, "Olga Owner")
    assert (known.measurer, known.measurer_name) == (owner, "Olga Owner")
    entries = AuditEntry.objects.filter(kind=added.record_kind, key=added.record_key)
    assert [entry.action for entry in entries] == ["benefit.add"]
    # The sheet still says the address, which means the same person.
    assert uploaded(client, content).changes == []


def test_who_cannot_see_the_portfolio_does_not_become_an_owner(
    client: Client, stranger: User, owner: User, now: datetime
) -> None:
    imported = uploaded(client, edited(client, {("ALPHA-B", "owner"): stranger.name}))
    assert (imported.state, found(imported)) == (
        "refused",
        [("Benefits", 2, "owner", "Stan Stranger", "benefit.invalid")],
    )
    ben = person("ben@example.org", "Ben Benefit", "benefit_owner", STANDING_PORTFOLIO_ID)
    imported = uploaded(client, edited(client, {("ALPHA-B", "owner"): ben.name}))
    Assignment.objects.filter(user=ben).update(revoked_at=now)
    with pytest.raises(CannotImport, match="has changed since"):
        import_confirm(imported=imported, by=owner, at=now)
    assert not Benefit.objects.exclude(owner=None).exists()


def test_every_problem_is_told_by_row_and_column(client: Client, owner: User, now: datetime) -> None:
    benefit = Benefit.objects.get(code="GAMMA-B")
    Baseline.objects.create(
        benefit=benefit,
        profile=Profile.objects.get(benefit=benefit),
        number=1,
        decision=3,
        reason="Funded",
        measure={},
        recorded_at=now,
        recorded_by=owner,
    )
    Objective.objects.create(code="GROW", name="Grow")
    cells: Cells = {
        ("ALPHA-B", "objective"): "GROWTH",
        ("BETA-B", "accrual"): "level",
        ("GAMMA-B", "unit"): "letters",
        ("DELTA-B", "priority"): 9,
    }
    row = {"initiative": "OMEGA", "id": "NEW", "name": "Fewer calls", "kind": "quantifiable"}
    states = [one.state_values for one in Benefit.objects.all()]
    imported = uploaded(client, edited(client, cells, [row]))
    rows = {code: number for number, code in enumerate(("ALPHA-B", "BETA-B", "GAMMA-B", "DELTA-B"), start=2)}
    assert imported.state == "refused"
    assert sorted(found(imported), key=lambda one: (one[1], one[2])) == [
        ("Benefits", rows["ALPHA-B"], "objective", "GROWTH", "objective.unknown"),
        ("Benefits", rows["BETA-B"], "baseline", "", "benefit.invalid"),
        ("Benefits", rows["BETA-B"], "direction", "not_stated", "benefit.invalid"),
        ("Benefits", rows["GAMMA-B"], "unit", "letters", "benefit.frozen"),
        ("Benefits", rows["DELTA-B"], "priority", "9", "benefit.invalid"),
        ("Benefits", 6, "initiative", "OMEGA", "initiative.unknown"),
    ]
    remedies = {one["code"]: one["remedy"] for one in imported.findings}
    assert remedies["objective.unknown"] == "Did you mean GROW?"
    assert remedies["benefit.frozen"] == "Put back what stood there: an empty cell."
    assert [one.state_values for one in Benefit.objects.all()] == states


def test_cells_that_cannot_be_read_are_told_all_at_once(client: Client) -> None:
    cells: Cells = {("ALPHA-B", "target"): "a lot", ("BETA-B", "kind"): "magic", ("GAMMA-B", "target_date"): "soon"}
    imported = uploaded(client, edited(client, cells))
    assert {one[2:4] for one in found(imported)} == {("target", "a lot"), ("kind", "magic"), ("target_date", "soon")}
    assert imported.state == "refused"


def test_what_changed_since_is_not_overwritten(client: Client, owner: User, now: datetime) -> None:
    imported = uploaded(client, edited(client, {("ALPHA-B", "target"): 7.5}))
    Benefit.objects.filter(code="ALPHA-B").update(target=3)
    with pytest.raises(CannotImport, match="has changed since"):
        import_confirm(imported=imported, by=owner, at=now)
    assert Benefit.objects.get(code="ALPHA-B").target == 3


def test_the_sheet_may_come_as_csv(client: Client) -> None:
    text = "initiative,id,name,kind,category\nALPHA,ALPHA-B,Less paper,cashable,Paper\n"
    imported = uploaded(client, text.encode(), "benefits.csv")
    assert [(change["field"], change["after"]) for change in imported.changes] == [("Category", "Paper")]


def test_a_workbook_without_the_sheet_is_refused_with_words(client: Client) -> None:
    content = io.BytesIO()
    Workbook().save(content)
    imported = uploaded(client, content.getvalue())
    assert imported.state == "refused"
    assert "The sheet Benefits is missing." in [one["problem"] for one in imported.findings]


def test_who_may_not_change_the_register_brings_no_sheet(
    client: Client, member: User, signed_in: Callable[[User], Client]
) -> None:
    assert signed_in(member).get(PAGE).status_code == 403
    assert signed_in(member).post(PAGE).status_code == 403
    assert Import.objects.count() == 0


def test_it_looks_for_a_known_code_once_and_for_the_first_unknown_ones_only(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    search = difflib.get_close_matches

    def counted(code: str, known: list[str], n: int) -> list[str]:
        searched.append(code)
        return search(code, known, n=n)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    codes = {f"INI-{number:05d}": None for number in range(10_000)}
    near = register_sheet.Suggestions(codes)

    assert near.remedy("INI-0999") == near.remedy("INI-0999") == "Did you mean INI-09999?"
    remedies = [near.remedy(f"XYZ {number}") for number in range(30)]
    assert set(remedies) == {"Correct the code, or add it first."}
    assert len(searched) == register_sheet.SUGGESTED
