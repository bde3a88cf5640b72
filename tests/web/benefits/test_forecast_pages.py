"""The pages on which forecasts are recorded and baselines adopted."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import person

from openvmo.engine.quantities import Estimate
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.benefits import forecast_views
from openvmo_web.benefits.actions import baselines_adopt_later
from openvmo_web.benefits.analysis import profile_record
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.jobs.models import Job
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio

STATED = {
    "first": "2027-10",
    "likely": "70",
    "low": "40",
    "high": "90",
    "ramp_months": "12",
    "ramp_shape": "s_curve",
    "decay": "5",
    "duration": "60",
    "reason": "Roll-out is late",
}


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    return Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")


def at(benefit: Benefit, name: str) -> str:
    return reverse(f"benefits:{name}", args=[benefit.initiative.portfolio.slug, benefit.pk])


def test_the_form_begins_with_the_forecast_in_force(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(owner).get(at(benefit, "forecast"))
    form = answer.context["form"]
    assert [form[name].value() for name in ("first", "likely", "low", "high", "decay")] == [
        "2027-04",
        "90",
        "54",
        "108",
        "0",
    ]
    assert "The plan goes live in Apr 2027." in answer.content.decode()


@pytest.mark.parametrize(
    ("stated", "annual"),
    [
        ({"family": "pert", "tail": "0.0"}, Estimate.pert(40.0, 70.0, 90.0)),
        ({"tail": "0.05"}, Estimate(70.0, low=40.0, high=90.0, tail=0.05)),
        ({"low": "", "likely": "", "high": "", "outcomes": "0: 0.7; 250: 30 %"}, Estimate.discrete({0: 0.7, 250: 0.3})),
    ],
)
def test_a_forecast_says_how_it_is_spread(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client], stated: dict[str, str], annual: Estimate
) -> None:
    browser = signed_in(owner)
    assert browser.post(at(benefit, "forecast"), STATED | stated).status_code == 302
    row = Profile.objects.get(benefit=benefit, option__plan__current_of__isnull=False)
    assert profile_record(row).annual == annual
    # The form begins with it the next time.
    again = browser.get(at(benefit, "forecast")).context["form"]
    assert again["family"].value() == str(annual.family)
    assert again["tail"].value() == str(annual.tail)


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"family": "normal"}, "family"),
        ({"low": "", "high": "", "family": "pert"}, "family"),
        ({"low": "", "likely": "", "high": ""}, "likely"),
        ({"outcomes": "many"}, "outcomes"),
        ({"curve": "half"}, "curve"),
    ],
)
def test_what_is_no_estimate_of_its_family_is_refused(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client], stated: dict[str, str], field: str
) -> None:
    answer = signed_in(owner).post(at(benefit, "forecast"), STATED | stated)
    assert list(answer.context["form"].errors) == [field]


def test_a_forecast_is_recorded_and_leads_back_to_the_benefit(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(owner)
    answer = browser.post(at(benefit, "forecast"), STATED)
    assert answer.headers["location"] == benefit.get_absolute_url()
    row = Profile.objects.select_related("option__plan").get(benefit=benefit, option__plan__current_of__isnull=False)
    assert (row.offset, row.annual_likely, row.decay, row.ramp_shape) == (6, Decimal(70), 0.05, "s_curve")
    assert row.option.plan.reason == "Roll-out is late"
    again = browser.post(at(benefit, "forecast"), STATED, follow=True)
    assert "says the same as before" in again.content.decode()
    assert Plan.objects.filter(initiative=benefit.initiative).count() == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first": "next year"}, "is not a month"),
        ({"low": ""}, "Give both the low and the high value"),
        ({"likely": "95"}, "lies between the low and the high"),
        ({"reason": ""}, "This field is required"),
        ({"decay": "101"}, "less than or equal to 100"),
    ],
)
def test_a_wrong_forecast_is_refused_where_it_is_wrong(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client], wrong: dict[str, str], sentence: str
) -> None:
    answer = signed_in(owner).post(at(benefit, "forecast"), STATED | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Plan.objects.filter(initiative=benefit.initiative).count() == 1


def test_the_preview_draws_what_is_stated_and_records_nothing(
    benefit: Benefit, owner: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(owner)
    stated = {**STATED, "reason": ""}
    rows = dict(row[:3:2] for row in browser.post(at(benefit, "forecast-preview"), stated).context["chart"].rows)
    assert rows["2027-09"] == 0
    assert 0 < rows["2027-12"] < rows["2028-10"]
    incomplete = browser.post(at(benefit, "forecast-preview"), {**stated, "likely": ""})
    assert incomplete.context["is_incomplete"]
    assert Plan.objects.filter(initiative=benefit.initiative).count() == 1


def test_a_benefit_owner_forecasts_own_benefits_only(
    benefit: Benefit, portfolio: Portfolio, signed_in: Callable[[User], Client]
) -> None:
    holder = person("bea@example.org", "Bea Holder", "benefit_owner", portfolio.pk)
    browser = signed_in(holder)
    assert browser.get(at(benefit, "forecast")).status_code == 403
    Benefit.objects.filter(pk=benefit.pk).update(owner=holder)
    assert browser.post(at(benefit, "forecast"), STATED).status_code == 302
    assert browser.post(at(benefit, "baseline-adopt"), {"reason": "Mine"}).status_code == 403


def test_without_a_plan_it_says_what_to_do_first(
    portfolio: Portfolio, owner: User, signed_in: Callable[[User], Client]
) -> None:
    bare = Initiative.objects.create(portfolio=portfolio, code="EPS", name="Epsilon")
    new = Benefit.objects.create(initiative=bare, position=0, code="EPS-B", name="Fewer calls", kind="cashable")
    assert "There is no plan yet" in signed_in(owner).get(at(new, "forecast")).content.decode()


def test_what_was_funded_before_gets_its_baselines_at_once(
    portfolio: Portfolio, executive: User, owner: User, signed_in: Callable[[User], Client]
) -> None:
    Initiative.objects.filter(code__in=("ALPHA", "BETA")).update(state="delivery")
    page, adopt = (reverse(f"benefits:{name}", args=[portfolio.slug]) for name in ("baselines", "baselines-adopt"))
    listed = signed_in(executive).get(page)
    assert ([row.record.code for row in listed.context["table"].rows], listed.context["waiting"]) == (
        ["ALPHA", "BETA"],
        2,
    )
    assert signed_in(owner).get(page).context["form"] is None
    assert signed_in(executive).post(adopt, {"reason": "Funded in 2024"}).status_code == 302
    assert set(Baseline.objects.values_list("benefit__code", "reason")) == {
        ("ALPHA-B", "Funded in 2024"),
        ("BETA-B", "Funded in 2024"),
    }
    assert "Everything that was funded has a baseline" in signed_in(executive).get(page).content.decode()


def test_a_worker_sets_the_baselines_of_a_large_portfolio(
    portfolio: Portfolio,
    executive: User,
    member: User,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forecast_views, "MOST_ADOPTED_AT_ONCE", 1)
    Initiative.objects.filter(code__in=("ALPHA", "BETA")).update(state="delivery")
    page, adopt = (reverse(f"benefits:{name}", args=[portfolio.slug]) for name in ("baselines", "baselines-adopt"))
    for _twice in range(2):
        assert signed_in(executive).post(adopt, {"reason": "Funded in 2024"}).status_code == 302
    assert (Job.objects.count(), Baseline.objects.count()) == (1, 0)
    waiting = signed_in(executive).get(page)
    assert "Taking the plans in force as baselines" in waiting.content.decode()
    assert 'name="reason"' not in waiting.content.decode()
    Worker().run_until_idle()
    assert Job.objects.get().result == {"set": 2}
    assert set(Baseline.objects.values_list("benefit__code", "reason", "recorded_by")) == {
        ("ALPHA-B", "Funded in 2024", executive.pk),
        ("BETA-B", "Funded in 2024", executive.pk),
    }
    with pytest.raises(Refused):
        baselines_adopt_later(portfolio=portfolio, reason="Mine", by=member, at=timezone.now())


def test_the_navigation_leads_to_the_baselines(
    portfolio: Portfolio, member: User, signed_in: Callable[[User], Client]
) -> None:
    page = reverse("benefits:baselines", args=[portfolio.slug])
    assert (
        f'href="{page}"' in signed_in(member).get(reverse("benefits:register", args=[portfolio.slug])).content.decode()
    )


def test_a_refused_baseline_says_why(benefit: Benefit, executive: User, signed_in: Callable[[User], Client]) -> None:
    answer = signed_in(executive).post(at(benefit, "baseline-adopt"), {"reason": "Early"}, follow=True)
    assert "is not funded yet" in answer.content.decode()
    assert not Baseline.objects.exists()
