"""Which room may know which."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, Model
from importlinter.api import read_configuration
from importlinter.application import use_cases

from openvmo_web.config.rooms import ROOMS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "openvmo_web"
# The composition root names the rooms from the roof down; the linter's contract must say the same.
ORDER = {room: height for height, room in enumerate(reversed(ROOMS))}


def imports_of(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_it_keeps_the_import_contracts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    kept = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert kept, capsys.readouterr().out


def test_it_names_the_rooms_in_the_same_order_in_the_contract() -> None:
    contracts = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == ["openvmo_web"])
    assert layers == ["config", *ROOMS]


def test_it_points_foreign_keys_only_downwards() -> None:
    upwards = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | ManyToManyField) and model._meta.app_label in ORDER
        for target in [target_of(field)]
        if target._meta.app_label in ORDER and ORDER[target._meta.app_label] > ORDER[model._meta.app_label]
    ]
    assert upwards == []


def target_of(field: "ForeignKey[Model, Model] | ManyToManyField[Model, Model]") -> type[Model]:
    target = field.related_model
    assert isinstance(target, type)
    return target


def test_it_keeps_django_out_of_the_library() -> None:
    code = "import sys, openvmo, openvmo.engine, openvmo.files, openvmo.analysis; print('django' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    process = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert process.stdout == "False\n"


def test_it_says_rules_in_plain_values() -> None:
    impure = {
        str(path.relative_to(WEB)): sorted(names)
        for path in sorted(WEB.glob("*/rules.py"))
        if (names := {name for name in imports_of(path) if is_within(name, "django")})
    }
    assert impure == {}


def test_it_calls_the_engine_only_from_analysis() -> None:
    """Names, kinds and files of the library may be used anywhere; its calculations in one place of each room."""
    calculations = (
        "openvmo.analysis",
        "openvmo.compute",
        *(f"openvmo.engine.{room}" for room in ("appraisal", "choice", "evidence", "forecast", "priority")),
    )
    callers = {
        str(path.relative_to(WEB))
        for path in sorted(WEB.rglob("*.py"))
        if path.name != "analysis.py"
        and any(is_within(name, calculation) for name in imports_of(path) for calculation in calculations)
    }
    assert callers == set()


def test_it_uses_no_signals_for_what_the_domain_does() -> None:
    users = {
        str(path.relative_to(WEB))
        for path in sorted(WEB.rglob("*.py"))
        if any(is_within(name, "django.db.models.signals") for name in imports_of(path))
    }
    # The one exception sets the guards of the database again after a migration.
    assert users == {"common/apps.py"}
