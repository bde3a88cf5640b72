"""The strategy through the API."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.api.conftest import Program

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.strategy.actions import objective_change, reading_record, weights_set
from openvmo_web.strategy.models import Measure, Objective

ROOT = "/api/v1/strategy"


@pytest.fixture
def client(executive: User, program: Program) -> Client:
    """A program with the executive's token."""
    return program(executive)


def sent(client: Client, method: str, path: str, status: int, body: Any = None) -> Any:
    answer = getattr(client, method)(f"{ROOT}/{path}", body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def got(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{ROOT}/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_it_lists_the_tree_with_shares(client: Client, tree: dict[str, Objective]) -> None:
    rows = got(client, "objectives")
    assert rows["count"] == 4
    assert [(row["code"], row["parent"], row["share"], row["share_of_whole"]) for row in rows["items"]] == [
        ("A", None, 0.75, 0.75),
        ("A1", tree["A"].pk, 0.5, 0.375),
        ("A2", tree["A"].pk, 0.5, 0.375),
        ("B", None, 0.25, 0.25),
    ]


def test_an_objective_goes_its_way(client: Client, tree: dict[str, Objective], owner: User) -> None:
    body = {"code": "C", "name": "New", "parent": tree["B"].pk, "owner": "Olga@example.org", "starts": "2026-04"}
    made = sent(client, "post", "objectives", 201, body)
    assert {name: made[name] for name in ("code", "name", "parent", "owner", "starts", "ends", "retired_at")} == {
        "code": "C",
        "name": "New",
        "parent": tree["B"].pk,
        "owner": "olga@example.org",
        "starts": "2026-04",
        "ends": None,
        "retired_at": None,
    }
    path = f"objectives/{made['id']}"
    changed = sent(client, "patch", path, 200, {"name": "Newer", "parent": None, "owner": None})
    assert (changed["name"], changed["parent"], changed["owner"], changed["starts"]) == ("Newer", None, None, "2026-04")
    assert sent(client, "post", f"{path}/retire", 200, {"note": "Done"})["retired_at"] is not None
    assert got(client, path)["share"] is None
    assert [row["code"] for row in got(client, "objectives")["items"]] == ["A", "A1", "A2", "B", "C"]
    assert sent(client, "post", f"{path}/restore", 200)["retired_at"] is None


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"code": "A", "name": "Again"}, 422, "already exists"),
        ({"code": "C", "name": "C", "parent": 999_999}, 404, "There is no objective 999999"),
        ({"code": "C", "name": "C", "owner": "no@example.org"}, 404, "Nobody who can sign in has the address"),
        ({"code": "C", "name": "C", "starts": "2026-05", "ends": "2026-04"}, 422, "ends before it starts"),
        ({"code": "C"}, 422, "do not fit"),
    ],
)
def test_what_does_not_fit_is_refused(
    body: dict[str, Any], status: int, said: str, client: Client, tree: dict[str, Objective]
) -> None:
    entries = AuditEntry.objects.count()
    problem = sent(client, "post", "objectives", status, body)
    if body != {"code": "C"}:
        assert said in problem["message"]
    assert (Objective.objects.count(), AuditEntry.objects.count()) == (4, entries)


def test_half_a_change_is_none(client: Client, tree: dict[str, Objective]) -> None:
    body = {"parent": None, "starts": "2026-05", "ends": "2026-04"}
    sent(client, "patch", f"objectives/{tree['A1'].pk}", 422, body)
    assert Objective.objects.get(code="A1").parent == tree["A"]


def test_a_circle_and_a_used_objective_conflict(client: Client, tree: dict[str, Objective]) -> None:
    problem = sent(client, "patch", f"objectives/{tree['A'].pk}", 409, {"parent": tree["A1"].pk})
    assert "stands below it" in problem["message"]
    assert "still stand below" in sent(client, "post", f"objectives/{tree['A'].pk}/retire", 409)["message"]


def test_it_weighs(client: Client, tree: dict[str, Objective]) -> None:
    body: dict[str, Any] = {"method": "direct", "answers": {"A": 1, "B": 1}, "reason": "Board"}
    made = sent(client, "post", "weighings", 201, body)
    assert (made["weights"], made["consistency"], made["recorded_by"]) == ({"A": 0.5, "B": 0.5}, None, "Eva Executive")
    body = {"parent": tree["A"].pk, "method": "pairwise", "answers": [["A1", "A2", 4]]}
    made = sent(client, "post", "weighings", 201, body)
    assert (made["parent"], made["weights"]) == (tree["A"].pk, pytest.approx({"A1": 0.8, "A2": 0.2}))
    assert [row["method"] for row in got(client, "weighings")["items"]] == ["pairwise", "direct"]
    assert (
        "not weighed here: C" in sent(client, "post", "weighings", 409, body | {"answers": [["A1", "C", 1]]})["message"]
    )
    for second in (["A1", "A2", 2], ["A2", "A1", 2]):
        told = sent(client, "post", "weighings", 409, body | {"answers": [["A1", "A2", 4], second]})
        assert "are compared twice; give one comparison for each pair" in told["message"]
    assert len(got(client, "weighings")["items"]) == 2


MEASURE = {
    "code": "M",
    "name": "Online share",
    "unit": "%",
    "baseline": 20,
    "baseline_date": "2026-01-01",
    "target": 80,
    "target_date": "2026-12-31",
}


def test_a_measure_goes_its_way(client: Client, tree: dict[str, Objective]) -> None:
    made = sent(client, "post", "measures", 201, MEASURE | {"objective": tree["B"].pk})
    assert (made["target"], made["direction"], made["state"]) == ("80.000000", "increase", "unmeasured")
    path = f"measures/{made['id']}"
    today = timezone.localdate().isoformat()
    assert sent(client, "post", f"{path}/readings", 201, {"on": today, "value": 50})["value"] == "50.000000"
    sent(client, "post", f"{path}/readings", 200, {"on": today, "value": 50})
    sent(client, "post", f"{path}/readings", 201, {"on": today, "value": 65, "remark": "Recount"})
    assert [(row["value"], row["remark"]) for row in got(client, f"{path}/readings")["items"]] == [
        ("65.000000", "Recount")
    ]
    shown = got(client, path)
    assert (shown["newest_value"], shown["progress"], shown["score"]) == ("65.000000", 0.75, 0.75)
    assert got(client, f"objectives/{tree['B'].pk}")["progress"] == 0.75
    changed = sent(client, "patch", path, 200, {"target": 110, "objective": tree["A1"].pk})
    assert (changed["objective"], changed["progress"], changed["baseline"]) == (tree["A1"].pk, 0.5, "20.000000")
    assert sent(client, "post", f"{path}/retire", 200)["retired_at"] is not None
    assert "is retired" in sent(client, "post", f"{path}/readings", 409, {"on": today, "value": 1})["message"]
    assert sent(client, "post", f"{path}/restore", 200)["retired_at"] is None
    assert [row["code"] for row in got(client, "measures")["items"]] == ["M"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"target": 10}, "target"),
        ({"caution_at": 90}, "caution_at"),
        ({"baseline_date": "2026-02-31"}, "baseline_date"),
    ],
)
def test_a_measure_that_does_not_fit_is_refused_at_its_field(
    body: dict[str, Any], where: str, client: Client, tree: dict[str, Objective]
) -> None:
    problem = sent(client, "post", "measures", 422, MEASURE | {"objective": tree["B"].pk} | body)
    assert [detail["where"] for detail in problem["details"]] == [where]
    assert Measure.objects.count() == 0


def test_a_day_to_come_is_refused(client: Client, tree: dict[str, Objective], measure: Callable[..., Measure]) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    path = f"measures/{measure('M', tree['B']).pk}/readings"
    assert "has not come yet" in sent(client, "post", path, 422, {"on": tomorrow, "value": 1})["message"]


def test_drivers_go_their_way(client: Client) -> None:
    made = sent(client, "post", "drivers", 201, {"code": "TIME", "name": "Time", "kind": "customer"})
    assert made == {
        "id": made["id"],
        "code": "TIME",
        "name": "Time",
        "kind": "customer",
        "description": "",
        "position": 0,
        "is_active": True,
        "benefits": 0,
    }
    assert sent(client, "patch", f"drivers/{made['id']}", 200, {"is_active": False})["name"] == "Time"
    assert got(client, f"drivers/{made['id']}") == made | {"is_active": False}
    assert got(client, "drivers")["items"] == [made | {"is_active": False}]


def test_it_answers_as_known_on_a_day(
    client: Client, tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    measured, later = measure("M", tree["B"]), now + timedelta(days=10)
    reading_record(measure=measured, on=date(2026, 2, 1), value=Decimal(11), by=executive, at=now)
    reading_record(measure=measured, on=date(2026, 2, 1), value=Decimal(22), by=executive, at=later)
    objective_change(objective=tree["B"], name="Renamed", by=executive, at=later)
    weights_set(parent=None, method="direct", answers={"A": 1, "B": 1}, by=executive, at=later)
    then = "?on=2026-03-05"
    objective, value = f"objectives/{tree['B'].pk}", f"measures/{measured.pk}"
    assert [got(client, f"{objective}{on}")["name"] for on in (then, "")] == ["Objective B", "Renamed"]
    assert [got(client, f"{objective}{on}")["share"] for on in (then, "")] == [0.25, 0.5]
    assert [got(client, f"{value}{on}")["newest_value"] for on in (then, "")] == ["11.000000", "22.000000"]
    assert [got(client, f"{value}/readings{on}")["items"][0]["value"] for on in (then, "")] == [
        "11.000000",
        "22.000000",
    ]
    assert [row["progress"] for row in got(client, f"objectives{then}")["items"]] == [None, None, None, 0.11]
    assert [row["newest_value"] for row in got(client, f"measures{then}")["items"]] == ["11.000000"]
    for path in (objective, value):
        got(client, f"{path}?on=2026-03-01", 404)
    got(client, "objectives?on=yesterday", 422)
    got(client, "objectives?on=2026-02-31", 422)


def test_the_owner_of_a_measure_may_record_through_the_api(
    tree: dict[str, Objective], measure: Callable[..., Measure], owner: User, program: Program
) -> None:
    mine, other = measure("M", tree["B"], owner=owner), measure("N", tree["B"])
    body = {"on": timezone.localdate().isoformat(), "value": 1}
    client = program(owner)
    sent(client, "post", f"measures/{mine.pk}/readings", 201, body)
    sent(client, "post", f"measures/{other.pk}/readings", 403, body)
    sent(client, "patch", f"measures/{mine.pk}", 403, {"name": "Mine"})
