"""Every write asks for the right and is recorded."""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from openvmo_web.config.rooms import ROOMS

ASKS = {"require", "require_somewhere"}
RECORDS = {"record", "record_all"}
# The command line of the server: whoever runs it holds the database in hand, and nobody is signed in.
WITHOUT_A_PERSON = {"openvmo_web.access.actions.administrator_create"}


def public_actions() -> Iterator[Any]:
    """Yield the public functions of each room's ``actions.py``, except the log's own."""
    for room in ROOMS:
        name = f"openvmo_web.{room}.actions"
        if room == "audit" or find_spec(name) is None:
            continue
        for function in vars(import_module(name)).values():
            if inspect.isfunction(function) and function.__module__ == name and not function.__name__.startswith("_"):
                yield pytest.param(function, id=f"{name}.{function.__name__}")


ACTIONS = list(public_actions())


def calls_within(function: Callable[..., Any]) -> set[str]:
    """Return the names of the functions that are called by one, or by the private functions of its module that it calls."""
    module = inspect.getmodule(function)
    found: set[str] = set()
    waiting = [function]
    while waiting:
        tree = ast.parse(inspect.getsource(waiting.pop()))
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        waiting += [
            known
            for name in called - found
            if inspect.isfunction(known := getattr(module, name, None)) and inspect.getmodule(known) is module
        ]
        found |= called
    return found


@pytest.mark.parametrize("action", ACTIONS)
def test_it_asks_for_the_right(action: Callable[..., Any]) -> None:
    if f"{action.__module__}.{action.__name__}" not in WITHOUT_A_PERSON:
        assert calls_within(action) & ASKS


@pytest.mark.parametrize("action", ACTIONS)
def test_it_is_recorded(action: Callable[..., Any]) -> None:
    assert calls_within(action) & RECORDS


@pytest.mark.parametrize("action", ACTIONS)
def test_it_takes_keywords_only_and_is_told_the_time(action: Callable[..., Any]) -> None:
    parameters = inspect.signature(action).parameters
    assert [name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY] == []
    assert "at" in parameters
