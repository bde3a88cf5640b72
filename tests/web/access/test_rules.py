"""The rights and roles themselves."""

import pytest

from openvmo_web.access.rules import PERMISSIONS, ROLE_NAMES, ROLES, UnknownPermission, roles_with


def test_it_names_every_role() -> None:
    assert list(ROLES) == list(ROLE_NAMES)


def test_it_gives_roles_only_permissions_that_exist() -> None:
    assert frozenset().union(*ROLES.values()) == frozenset(PERMISSIONS)


def test_it_lets_only_executives_decide() -> None:
    assert roles_with("decision.decide") == ["executive"]


def test_it_separates_deciding_and_verifying_from_administration() -> None:
    assert frozenset(PERMISSIONS) - ROLES["administrator"] == {
        "baseline.set",
        "benefit.validate",
        "decision.decide",
        "handover.accept",
        "measurement.verify",
        "period.close",
    }


def test_it_lets_a_viewer_only_see() -> None:
    assert ROLES["viewer"] == {"portfolio.view", "strategy.view"}


def test_it_raises_for_an_unknown_permission() -> None:
    with pytest.raises(UnknownPermission, match=r"There is no permission 'portfolio\.burn'"):
        roles_with("portfolio.burn")
