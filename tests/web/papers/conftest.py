"""A template with a section of each kind, and an initiative to write about."""

from datetime import datetime

import pytest

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.papers.actions import template_add
from openvmo_web.papers.models import Template
from openvmo_web.papers.rules import Section
from openvmo_web.portfolio.models import Initiative, Portfolio

SECTIONS = (
    Section("why", "Why?", help="The need.", required=True),
    Section("who", "Who?", kind="text", required=True),
    Section("when", "When?", kind="date"),
    Section("much", "How much?", kind="number"),
    Section("which", "Which way?", kind="choice", choices=("North", "South")),
    Section("gains", "What is gained?", kind="fact", fact="benefits", required=True),
)


@pytest.fixture
def initiative(portfolio: Portfolio) -> Initiative:
    """The first initiative of the small portfolio."""
    return Initiative.objects.select_related("portfolio", "current_plan").get(code="ALPHA")


@pytest.fixture
def benefit(initiative: Initiative) -> Benefit:
    """Its benefit."""
    return Benefit.objects.get(initiative=initiative)


@pytest.fixture
def template(owner: User, portfolio: Portfolio, now: datetime) -> Template:
    """The template."""
    return template_add(kind="charter", name="Short charter", sections=SECTIONS, by=owner, at=now)
