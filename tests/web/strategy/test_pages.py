"""The pages of the strategy."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openvmo_web.access.models import Assignment, User
from openvmo_web.benefits.actions import benefit_change
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.actions import (
    driver_add,
    measure_retire,
    objective_change,
    objective_retire,
    reading_record,
    weights_set,
)
from openvmo_web.strategy.models import Driver, Measure, Objective, Reading, Weighing


@pytest.fixture
def browser(executive: User, signed_in: Callable[[User], Client]) -> Client:
    """The executive's browser."""
    return signed_in(executive)


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return plain(answer.content)


def plain(content: bytes) -> str:
    """A page as one line, without the tags around single values."""
    return " ".join(re.sub(r"</?(?:span|data|time)\b[^>]*>", "", unescape(content.decode())).split())


def test_an_empty_strategy_says_how_to_begin(
    browser: Client, member: User, signed_in: Callable[[User], Client]
) -> None:
    assert "Add the first objective" in text_of(browser, "/strategy/")
    seen = text_of(signed_in(member), "/strategy/")
    assert "No objective yet" in seen
    assert "Add the first objective" not in seen


def test_it_shows_the_tree_with_weights_of_the_whole(browser: Client, tree: dict[str, Objective]) -> None:
    text = text_of(browser, "/strategy/")
    places = [text.index(f">Objective {code}<") for code in ("A", "A1", "A2", "B")]
    assert places == sorted(places)
    for code, share, whole in (("A", "75%", "75.0%"), ("A1", "50%", "37.5%"), ("B", "25%", "25.0%")):
        row = text[text.index(f">Objective {code}<") :].split("</tr>")[0]
        assert share in row
        assert whole in row
    assert "not weighed yet" not in text


def test_it_says_what_is_not_weighed(browser: Client, tree: dict[str, Objective], objective: Any) -> None:
    objective("A3", parent=tree["A"])
    assert "Weigh those below “Objective A”" in text_of(browser, "/strategy/")
    assert "They are not all weighed yet." in text_of(browser, tree["A"].get_absolute_url())
    objective("C")
    assert "Weigh those at the top" in text_of(browser, "/strategy/")


def test_it_filters_by_owner_year_and_words_and_keeps_what_stands_above(
    browser: Client, tree: dict[str, Objective], owner: User, executive: User, now: datetime
) -> None:
    objective_change(objective=tree["A1"], owner=owner, by=executive, at=now)
    frame = {"starts": date(2027, 1, 1), "ends": date(2028, 12, 1)}
    objective_change(objective=tree["B"], **frame, by=executive, at=now)  # type: ignore[arg-type]
    shown = {
        f"?owner={owner.pk}": ["A", "A1"],
        "?owner=nobody": ["A", "A2", "B"],
        "?search=tive+b": ["B"],
        "?year=2028": ["A", "A1", "A2", "B"],
        "?search=nothing+like+it": [],
    }
    for query, codes in shown.items():
        text = text_of(browser, f"/strategy/{query}")
        assert [code for code in ("A", "A1", "A2", "B") if f">Objective {code}<" in text] == codes
    assert "No objective fits these filters" in text
    assert text_of(browser, f"/strategy/?owner={owner.pk}").count('class="beside"') == 1


def test_it_folds_retired_objectives(
    browser: Client, tree: dict[str, Objective], executive: User, now: datetime
) -> None:
    objective_retire(objective=tree["B"], by=executive, at=now)
    text = text_of(browser, "/strategy/")
    assert "1 retired objective" in text
    assert "retired on 2 Mar 2026" in text
    assert "Restore" in text_of(browser, tree["B"].get_absolute_url())


def test_it_counts_only_benefits_of_portfolios_that_one_may_see(
    browser: Client, portfolio: Portfolio, tree: dict[str, Objective], member: User, signed_in: Callable[[User], Client]
) -> None:
    Benefit.objects.update(objective=tree["B"])
    count = Benefit.objects.count()
    address = tree["B"].get_absolute_url()
    where = f"/p/agency/benefits/?objective={tree['B'].pk}"
    assert count > 0
    assert f">{count} benefits<" in text_of(browser, "/strategy/")
    assert where in text_of(browser, address)
    Assignment.objects.filter(user=member).update(portfolio_id=99)
    client = signed_in(member)
    assert f">{count} benefits<" not in text_of(client, "/strategy/")
    assert "None that you may see." in text_of(client, address)
    Benefit.objects.update(state="retired")
    assert "None that you may see." in text_of(browser, address)


def test_it_shows_progress_and_what_is_not_measured(
    browser: Client, tree: dict[str, Objective], measure: Callable[..., Measure], executive: User
) -> None:
    today = timezone.localdate()
    measured = measure("M", tree["A1"])
    measure("N", tree["A2"])
    reading_record(measure=measured, on=today, value=Decimal(40), by=executive, at=timezone.now())
    text = text_of(browser, "/strategy/")
    row = text[text.index(">Objective A<") :].split("</tr>")[0]
    assert 'value="40"' in row
    assert "1 of 2 measured" in row
    assert "Not measured" in text
    page = text_of(browser, tree["A1"].get_absolute_url())
    assert "40% of the way" in page
    assert "How does “Measure M” move?" in page
    assert "Record the first one" in text_of(browser, tree["A2"].get_absolute_url())


def test_it_is_read_as_known_on_a_day(
    browser: Client, tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    measured = measure("M", tree["B"])
    day = date(2026, 2, 1)
    reading_record(measure=measured, on=day, value=Decimal(11), by=executive, at=now)
    later = now + timedelta(days=10)
    objective_change(objective=tree["B"], name="Renamed", by=executive, at=later)
    weights_set(parent=None, method="direct", answers={"A": 1, "B": 1}, by=executive, at=later)
    reading_record(measure=measured, on=day, value=Decimal(22), by=executive, at=later)
    for address in ("/strategy/", tree["B"].get_absolute_url()):
        then, today = text_of(browser, f"{address}?on=2026-03-05"), text_of(browser, address)
        assert "You are reading the past" in then
        assert ("Objective B" in then, "Renamed" in then, "25%" in then) == (True, False, True)
        assert ("Renamed" in today, "50%" in today) == (True, True)
    page = f"{measured.get_absolute_url()}?on=2026-03-05"
    assert (">11<" in text_of(browser, page), ">22<" in text_of(browser, page)) == (True, False)
    for address in (tree["B"].get_absolute_url(), measured.get_absolute_url()):
        text_of(browser, f"{address}?on=2026-03-01", 404)


def test_nothing_of_later_stands_on_a_page_of_the_past(
    browser: Client,
    portfolio: Portfolio,
    tree: dict[str, Objective],
    measure: Callable[..., Measure],
    executive: User,
    owner: User,
    now: datetime,
) -> None:
    later, day = now + timedelta(days=10), date(2026, 2, 1)
    measured = measure("M", tree["B"])
    reading_record(measure=measured, on=day, value=Decimal(11), by=executive, at=now)
    reading_record(measure=measured, on=day, value=Decimal(22), by=executive, at=later)
    weights_set(parent=tree["A"], method="direct", answers={"A1": 3, "A2": 1}, reason="Early", by=executive, at=now)
    weights_set(parent=tree["A"], method="direct", answers={"A1": 1, "A2": 1}, reason="Late", by=executive, at=later)
    benefit = Benefit.objects.select_related("initiative").get(code="ALPHA-B")
    benefit_change(benefit=benefit, objective=tree["A"], by=owner, at=later)

    then, today = (text_of(browser, f"{tree['A'].get_absolute_url()}{on}") for on in ("?on=2026-03-05", ""))
    assert ("Early" in then, "Late" in then, "Benefits that serve it" in then) == (True, False, False)
    assert ("Early" in today, "Late" in today, "Benefits that serve it" in today) == (True, True, True)
    values = [text_of(browser, f"{measured.get_absolute_url()}{on}") for on in ("?on=2026-03-05", "")]
    assert ["<del>11</del>" in text for text in values] == [False, True]
    assert ["corrected later" in text for text in values] == [False, True]
    exported = {on: browser.get(f"/strategy/export.csv{on}").content.decode() for on in ("?on=2026-03-05", "")}
    counts = {on: text.splitlines()[1].rsplit(",", 1)[1] for on, text in exported.items()}
    assert counts == {"?on=2026-03-05": "", "": "1"}


def test_it_is_downloaded(
    browser: Client, tree: dict[str, Objective], owner: User, member: User, signed_in: Any
) -> None:
    lines = browser.get("/strategy/export.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Objective,Part of,Owner")
    assert lines[2] == "A1,Objective A1,A,,,,0.5,0.375,,0,0,0"
    assert browser.get("/strategy/export.xlsx").status_code == 200
    assert browser.get("/strategy/export.pdf").status_code == 404
    assert signed_in(member).get("/strategy/export.csv").status_code == 403


def test_an_objective_is_added_changed_and_moved(browser: Client, tree: dict[str, Objective], owner: User) -> None:
    values = {"code": "C", "name": "New", "parent": tree["B"].pk, "starts": "2026-04", "ends": "", "owner": owner.pk}
    answer = browser.post("/strategy/objectives/new/", values)
    made = Objective.objects.get(code="C")
    assert (answer.status_code, answer["Location"]) == (302, made.get_absolute_url())
    assert (made.parent, made.starts, made.owner) == (tree["B"], date(2026, 4, 1), owner)
    assert 'value="2026-04"' in text_of(browser, f"{made.get_absolute_url()}change/")
    browser.post(f"{made.get_absolute_url()}change/", {"name": "Newer", "description": "Why"})
    browser.post(f"{made.get_absolute_url()}move/", {"parent": ""})
    made.refresh_from_db()
    assert (made.name, made.description, made.parent, made.starts) == ("Newer", "Why", None, None)
    for target, said in ((made.pk, "itself or stands below it"), (10**6, "")):
        answer = browser.post(f"{made.get_absolute_url()}move/", {"parent": target}, follow=True)
        assert said in unescape(answer.content.decode())


def test_the_form_for_a_child_knows_its_parent(browser: Client, tree: dict[str, Objective]) -> None:
    assert f'<option value="{tree["B"].pk}" selected>' in text_of(
        browser, f"/strategy/objectives/new/?parent={tree['B'].pk}"
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"code": "A", "name": "Again"}, "already exists"),
        ({"code": "C", "name": ""}, "This field is required"),
        ({"code": "C", "name": "C", "starts": "2026-05", "ends": "2026-04"}, "The time frame ends before it starts."),
    ],
)
def test_a_form_says_what_is_wrong_with_an_objective(
    values: dict[str, str], said: str, browser: Client, tree: dict[str, Objective]
) -> None:
    answer = browser.post("/strategy/objectives/new/", values)
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert Objective.objects.count() == 4


def test_an_objective_is_retired_and_restored(browser: Client, tree: dict[str, Objective]) -> None:
    refused = browser.post(f"{tree['A'].get_absolute_url()}retire/", follow=True)
    assert "still stand below" in unescape(refused.content.decode())
    browser.post(f"{tree['B'].get_absolute_url()}retire/", {"note": "Reached"})
    assert "Reached" in text_of(browser, tree["B"].get_absolute_url())
    assert Objective.objects.get(code="B").retired_at is not None
    browser.post(f"{tree['B'].get_absolute_url()}restore/")
    assert Objective.objects.get(code="B").retired_at is None


def answers_of(tree: dict[str, Objective], **numbers: Any) -> dict[str, Any]:
    return {f"objective-{tree[code].pk}": number for code, number in numbers.items()}


def test_weights_are_shown_before_they_are_set(browser: Client, tree: dict[str, Objective]) -> None:
    address, numbers = "/strategy/weights/?method=swing", answers_of(tree, A=100, B=60)
    assert "Answer every question" in text_of(browser, address)
    for asked in (
        browser.post(address, numbers | {"preview": "1"}),
        browser.post(address, numbers, headers={"HX-Request": "true"}),
    ):
        assert asked.status_code == 200
        assert "62.5%" in asked.content.decode()
    assert "all numbers are 0" in browser.post(address, answers_of(tree, A=0, B=0) | {"preview": "1"}).content.decode()
    part = browser.post(address, answers_of(tree, A=100, B=""), headers={"HX-Request": "true"})
    assert (part.status_code, "Answer every question" in part.content.decode()) == (200, True)
    assert Weighing.objects.count() == 0
    assert browser.post(address, numbers)["Location"] == "/strategy/"
    assert Weighing.objects.get().weights == {"A": 0.625, "B": 0.375}
    assert 'value="100.0"' in text_of(browser, address)


def test_direct_weights_begin_with_those_in_force(browser: Client, tree: dict[str, Objective]) -> None:
    address = f"{tree['A'].get_absolute_url()}weights/"
    assert 'value="100.0"' in text_of(browser, address)
    assert browser.post(address, answers_of(tree, A1=1, A2=""))["Content-Type"].startswith("text/html")
    answer = browser.post(address, answers_of(tree, A1=1, A2=3) | {"reason": "Workshop"})
    assert answer["Location"] == tree["A"].get_absolute_url()
    page = text_of(browser, tree["A"].get_absolute_url())
    assert "Stated directly" in page
    assert "Workshop" in page


def test_pairs_are_compared_and_contradictions_named(
    browser: Client, tree: dict[str, Objective], objective: Any
) -> None:
    third = objective("C")
    keys = [tree["A"].pk, tree["B"].pk, third.pk]
    answers = {
        f"pair-{keys[0]}-{keys[1]}": "9",
        f"pair-{keys[1]}-{keys[2]}": "9",
        f"pair-{keys[0]}-{keys[2]}": "-2",
    }
    address = "/strategy/weights/?method=pairwise"
    refused = browser.post(address, answers)
    said = plain(refused.content)
    assert refused.status_code == 422
    assert "The answers contradict one another." in said
    assert "You said that “Objective A” counts 9 times as much as “Objective B”." in said
    browser.post(address, answers | {"reason": "Agreed all the same"})
    made = Weighing.objects.get()
    assert made.answers == [["A", "B", 9.0], ["A", "C", 0.5], ["B", "C", 9.0]]
    assert '<option value="-2" selected>' in text_of(browser, address)


def test_there_is_nothing_to_weigh_alone_or_another_way(browser: Client, tree: dict[str, Objective]) -> None:
    assert "There is nothing to weigh" in text_of(browser, f"{tree['B'].get_absolute_url()}weights/")
    text_of(browser, "/strategy/weights/?method=guess", 404)


def test_too_many_are_not_compared_by_pairs(browser: Client, objective: Any) -> None:
    for number in range(16):
        objective(f"O{number:02}")
    assert "too many to compare two by two" in text_of(browser, "/strategy/weights/?method=pairwise")


MEASURE = {
    "code": "M",
    "name": "Online share",
    "kind": "kpi",
    "unit": "%",
    "direction": "increase",
    "baseline": "20",
    "baseline_date": "2026-01-01",
    "target": "80",
    "target_date": "2026-12-31",
    "frequency": "monthly",
    "timing": "leading",
}


def test_a_measure_is_added_measured_corrected_and_retired(browser: Client, tree: dict[str, Objective]) -> None:
    answer = browser.post(f"{tree['B'].get_absolute_url()}measures/new/", MEASURE)
    made = Measure.objects.get()
    address = made.get_absolute_url()
    assert (answer["Location"], made.objective, made.target) == (address, tree["B"], Decimal(80))
    day = timezone.localdate().isoformat()
    for value in ("50", "50", "55"):
        browser.post(address, {"value": value, "on": day, "source": "Log"})
    text = text_of(browser, address)
    assert ("corrected later" in text, "a correction" in text, Reading.objects.count()) == (True, True, 2)
    assert "58%" in text
    browser.post(
        f"{address}change/", {name: value for name, value in MEASURE.items() if name != "code"} | {"unit": "share"}
    )
    browser.post(f"{address}retire/", {"note": "Not needed"})
    made.refresh_from_db()
    assert (made.unit, made.retired_at is not None) == ("share", True)
    assert "Record a value" not in text_of(browser, address)
    assert "1 retired measure" in text_of(browser, tree["B"].get_absolute_url())
    browser.post(f"{address}restore/")
    assert "Record a value" in text_of(browser, address)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"target": "10"}, "the target lies above the baseline"),
        ({"caution_at": "90"}, "as good as the target or better"),
        ({"unit": ""}, "This field is required"),
        ({"direction": "not_stated"}, "Select a valid choice"),
    ],
)
def test_a_form_says_what_is_wrong_with_a_measure(
    values: dict[str, str], said: str, browser: Client, tree: dict[str, Objective]
) -> None:
    answer = browser.post(f"{tree['B'].get_absolute_url()}measures/new/", MEASURE | values)
    assert (answer.status_code, said in unescape(answer.content.decode())) == (422, True)
    assert Measure.objects.count() == 0


def test_the_owner_of_a_measure_records_and_others_only_read(
    tree: dict[str, Objective], measure: Callable[..., Measure], member: User, owner: User, signed_in: Any
) -> None:
    address = measure("M", tree["B"], owner=member).get_absolute_url()
    client, day = signed_in(member), timezone.localdate().isoformat()
    assert client.post(address, {"value": "5", "on": day}).status_code == 302
    late = client.post(address, {"value": "5", "on": (timezone.localdate() + timedelta(days=1)).isoformat()})
    assert (late.status_code, "This day has not come yet" in late.content.decode()) == (422, True)
    assert "Record a value" not in text_of(signed_in(owner), address)
    assert signed_in(owner).post(address, {"value": "6", "on": day}).status_code == 403
    assert [reading.value for reading in Reading.objects.all()] == [Decimal(5)]


def test_a_retired_measure_takes_no_value(
    browser: Client, tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    retired = measure("M", tree["B"])
    measure_retire(measure=retired, by=executive, at=now)
    refused = browser.post(retired.get_absolute_url(), {"value": "5", "on": "2026-01-31"})
    assert (refused.status_code, Reading.objects.count()) == (422, 0)


def test_value_drivers_are_kept_in_own_words(browser: Client, member: User, signed_in: Any) -> None:
    assert "no drivers in your own words yet" in text_of(browser, "/strategy/drivers/")
    values = {"code": "TIME", "name": "Time of citizens", "kind": "customer", "position": "1", "is_active": "on"}
    assert browser.post("/strategy/drivers/new/", values).status_code == 302
    driver = Driver.objects.get()
    assert browser.post("/strategy/drivers/new/", values).status_code == 422
    browser.post(f"/strategy/drivers/{driver.pk}/change/", values | {"is_active": ""})
    assert "not in use" in text_of(browser, "/strategy/drivers/")
    assert "Change “Time of citizens”" in text_of(browser, f"/strategy/drivers/{driver.pk}/change/")
    seen = text_of(signed_in(member), "/strategy/drivers/")
    assert ("Time of citizens" in seen, "New value driver" in seen) == (True, False)


def test_who_may_only_look_is_offered_no_change(
    tree: dict[str, Objective], measure: Callable[..., Measure], member: User, signed_in: Any
) -> None:
    client = signed_in(member)
    for address in ("/strategy/", tree["A"].get_absolute_url(), measure("M", tree["B"]).get_absolute_url()):
        text = text_of(client, address)
        assert [word for word in ("New objective", "New measure", "Retire", "Weigh them") if word in text] == []


def test_what_is_not_there_is_not_found(browser: Client, executive: User, now: datetime) -> None:
    driver_add(code="D", name="D", kind="risk", by=executive, at=now)
    for address in ("objectives/999/", "measures/999/", "drivers/999/change/"):
        text_of(browser, f"/strategy/{address}", 404)


def test_an_owner_who_has_left_is_marked(
    browser: Client,
    tree: dict[str, Objective],
    measure: Callable[..., Measure],
    owner: User,
    executive: User,
    now: datetime,
) -> None:
    objective_change(objective=tree["B"], owner=owner, by=executive, at=now)
    measured = measure("M", tree["B"], owner=owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    for address in ("/strategy/", tree["B"].get_absolute_url(), measured.get_absolute_url()):
        assert "has left" in text_of(browser, address)
