"""Thousands of good and bad requests, made from the description of the API, are all answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User
from openvmo_web.config import urls  # noqa: F401  # completes the API with what the reports add to it
from openvmo_web.exchange.api import api
from openvmo_web.governance.models import Decision

EXAMPLES = 6
SEED = 1

_project = ProjectConfig(generation=GenerationConfig(max_examples=EXAMPLES, deterministic=True, database="none"))
schema = schemathesis.openapi.from_dict(
    api.get_openapi_schema(path_prefix="/api/"),
    config=SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=_project)),
)
schema.app = get_wsgi_application()


@pytest.fixture
def headers(owner: User, now: datetime) -> Iterator[dict[str, str]]:
    """What a program of the owner sends, while requests stay in the connection and transaction of the test."""
    _token, secret = token_issue(name="schemathesis", by=owner, at=now)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield {"Authorization": f"Bearer {secret}"}
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_it_answers_as_described(case: Any, proposal: Decision, headers: dict[str, str]) -> None:
    place = case.meta.components.get(ParameterLocation.PATH)
    if place is not None and place.mode is GenerationMode.POSITIVE:
        # Where there is something: otherwise every request would end at 404 before much of it is looked at.
        there = {"slug": "agency", "code": "ALPHA", "benefit": "ALPHA-B", "pk": proposal.run_id, "number": 1}
        case.path_parameters = {name: there.get(name, made) for name, made in case.path_parameters.items()}
    cache.clear()  # a person may only ask so often, a machine asks more often
    case.call_and_validate(headers=headers)
