"""Programs that call the API, each with a token of a person of the cast."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User

Program = Callable[[User], Client]


@pytest.fixture
def program(now: datetime) -> Program:
    """A program with a token of somebody: ``program(owner).get("/api/v1/me")``."""

    def client(user: User) -> Client:
        _token, secret = token_issue(name="test", by=user, at=now)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return client
