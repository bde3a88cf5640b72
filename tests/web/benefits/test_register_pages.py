"""The pages of the register, as people of each kind meet them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio

LIST = "/p/agency/benefits/"


@pytest.fixture
def client(portfolio: Portfolio, owner: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(owner)


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    return Benefit.objects.get(code="ALPHA-B")


@pytest.mark.parametrize("view", ["table", "cards", "edit"])
def test_it_lists_the_benefits_in_each_view(client: Client, view: str) -> None:
    page = client.get(LIST, {"view": view}).content.decode()
    assert page.count("Less paper</a>") == 4


@pytest.mark.parametrize(
    "address",
    ["new/", "views/", "{pk}/change/", "{pk}/retire/", "{pk}/assumptions/", "export.csv", "export.xlsx"],
)
def test_it_answers(client: Client, benefit: Benefit, address: str) -> None:
    assert client.get(LIST + address.format(pk=benefit.pk)).status_code == 200
