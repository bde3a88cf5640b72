"""What rooms above say against a change of benefits, asked about all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from openvmo_web.benefits import guards
from openvmo_web.benefits.guards import Changing, Objection, objections_to, register_check
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps.checks import claims_against
from openvmo_web.portfolio.models import Portfolio


def test_the_map_is_asked(db: None) -> None:
    assert claims_against in guards._checks


def test_a_room_is_asked_once_about_those_that_change(portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_checks", [])
    asked: list[list[tuple[str, str]]] = []

    def check(changing: Sequence[Changing]) -> Iterator[Objection]:
        asked.append([(one.before.name, one.after.name) for one in changing if one.is_changed("name")])
        yield Objection(changing[0].before.pk, "name", "Not this one.")

    for _again in range(2):
        register_check(check)
    first, second, third = Benefit.objects.order_by("pk")[:3]
    told = [(first, {"name": "New"}), (second, {"name": second.name}), (third, {"name": "Newer"}), (Benefit(), {})]
    assert objections_to(told) == {first.pk: [("name", "Not this one.")]}
    assert asked == [[("Less paper", "New"), ("Less paper", "Newer")]]
    assert first.name == "Less paper"
    assert objections_to([(second, {"name": second.name})]) == {}
    assert len(asked) == 1
