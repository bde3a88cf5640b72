"""Every write asks for the right and is recorded."""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import pytest

from openvmo_web.config.rooms import ROOMS

ASKS = {"require", "require_for", "require_somewhere"}
RECORDS = {"record", "record_all"}
# Nobody is signed in: the command line of the server, whose user holds the database in hand, and the ends of runs,
# which workers write; the right was asked for when the run was started. Every morning the server asks for
# measurements, plans reviews and tells people what waits.
WITHOUT_A_PERSON = {
    "openvmo_web.access.actions.administrator_create",
    "openvmo_web.insight.actions.recomputation_finish",
    "openvmo_web.insight.actions.run_fail",
    "openvmo_web.insight.actions.run_finish",
    "openvmo_web.realisation.actions.requests.requests_open",
    "openvmo_web.realisation.actions.reviews.reviews_plan_all",
    "openvmo_web.realisation.actions.digests.digest_keep",
}


def public_actions() -> Iterator[Any]:
    """Yield the public functions of each room's ``actions``, except the log's own."""
    for room in ROOMS:
        if room != "audit" and find_spec(f"openvmo_web.{room}.actions") is not None:
            for name in modules_of(f"openvmo_web.{room}.actions"):
                for function in vars(import_module(name)).values():
                    if is_public_function_of(name, function):
                        yield pytest.param(function, id=f"{name}.{function.__name__}")


def modules_of(name: str) -> list[str]:
    """Return the module with a name, and those within it where it is a package."""
    within = getattr(import_module(name), "__path__", ())
    return [name, *(found.name for found in iter_modules(within, f"{name}."))]


def is_public_function_of(name: str, function: object) -> bool:
    return inspect.isfunction(function) and function.__module__ == name and not function.__name__.startswith("_")


ACTIONS = list(public_actions())


def calls_within(function: Callable[..., Any]) -> set[str]:
    """Return the names of the functions that one calls, by itself or through other functions of its module.

    An action of another room, which is tested itself, counts as recording.
    """
    module = inspect.getmodule(function)
    found: set[str] = set()
    waiting = [function]
    while waiting:
        tree = ast.parse(inspect.getsource(waiting.pop()))
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        waiting += [
            known
            for name in called - found
            if inspect.isfunction(known := getattr(module, name, None)) and inspect.getmodule(known) is module
        ]
        found |= called
        if any(is_action_of_another_room(getattr(module, name, None), module) for name in called):
            found |= RECORDS
    return found


def is_action_of_another_room(known: object, module: object) -> bool:
    return inspect.isfunction(known) and ".actions" in known.__module__ and inspect.getmodule(known) is not module


def full_name(action: Callable[..., Any]) -> str:
    return f"{action.__module__}.{action.__name__}"


@pytest.mark.parametrize("action", ACTIONS)
def test_it_asks_for_the_right(action: Callable[..., Any]) -> None:
    asks = bool(calls_within(action) & ASKS)
    assert asks is (full_name(action) not in WITHOUT_A_PERSON)
    assert asks is ("by" in inspect.signature(action).parameters)


@pytest.mark.parametrize("action", ACTIONS)
def test_it_is_recorded(action: Callable[..., Any]) -> None:
    assert calls_within(action) & RECORDS


@pytest.mark.parametrize("action", ACTIONS)
def test_it_takes_keywords_only_and_is_told_the_time(action: Callable[..., Any]) -> None:
    parameters = inspect.signature(action).parameters
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    assert [name for name, parameter in parameters.items() if parameter.kind not in kinds] == []
    assert "at" in parameters
