"""The pages of the register: the list and its views, cells, changes of several, saved views, forms, files."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import person

from openvmo_web.access.models import Assignment, SavedView, User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits import views
from openvmo_web.benefits.actions import benefit_add, benefit_change
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.benefits.register import DEFAULT_COLUMNS, shown_by_name
from openvmo_web.portfolio.models import Initiative, Portfolio

LIST = "/p/agency/benefits/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def client(portfolio: Portfolio, owner: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(owner)


@pytest.fixture
def benefit(portfolio: Portfolio, owner: User, now: datetime) -> Benefit:
    """One of the four, told apart from the others."""
    found = Benefit.objects.select_related("initiative").get(code="ALPHA-B")
    return benefit_change(
        benefit=found, name="Fewer letters", owner_name="Lea", target=5, data_source="Post", by=owner, at=now
    )


def names(client: Client, **query: Any) -> list[str]:
    """The codes that the list shows, in its order."""
    table = client.get(LIST, query).context["table"]
    return [row.record.code for row in table.paginated_rows]


@pytest.mark.parametrize("view", ["table", "cards", "edit"])
def test_it_lists_the_benefits_in_each_view(client: Client, view: str) -> None:
    assert client.get(LIST, {"view": view}).content.decode().count("Less paper</a>") == 4


def test_who_may_only_look_is_not_offered_to_edit(
    member: User, client: Client, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(member).get(LIST, {"view": "edit"})
    assert page.context["view"] == "table"
    assert b"cell-edit" not in page.content


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"search": "LETTERS fewer"}, ["ALPHA-B"]),
        ({"owner": "Lea"}, ["ALPHA-B"]),
        ({"owner": "nobody"}, ["BETA-B", "GAMMA-B", "DELTA-B"]),
        ({"gap": ["no_target", "no_source"]}, ["BETA-B", "GAMMA-B", "DELTA-B"]),
        ({"objective": "none", "initiative": "BETA"}, ["BETA-B"]),
        ({"state": ["agreed"]}, []),
        ({"kind": ["cashable"], "initiative": "GAMMA"}, ["GAMMA-B"]),
        ({"is_disbenefit": "True"}, []),
        ({"mine": "any"}, []),
        ({"sort": "target"}, ["ALPHA-B", "BETA-B", "GAMMA-B", "DELTA-B"]),
        ({"sort": "-target"}, ["ALPHA-B", "BETA-B", "GAMMA-B", "DELTA-B"]),
        ({"sort": "-owner"}, ["ALPHA-B", "BETA-B", "GAMMA-B", "DELTA-B"]),
        ({"sort": "-name", "initiative": "ALPHA"}, ["ALPHA-B"]),
    ],
)
def test_it_filters_and_sorts(client: Client, benefit: Benefit, query: dict[str, Any], codes: list[str]) -> None:
    asked = {"columns": ["target", "owner"]} | query
    assert names(client, **asked) == codes


def test_it_shows_the_columns_that_are_asked_for(client: Client, benefit: Benefit) -> None:
    table = client.get(LIST, {"columns": ["target", "data_source", "nonsense"]}).context["table"]
    assert [column.name for column in table.columns] == ["name", "target", "data_source"]
    table = client.get(LIST).context["table"]
    assert [column.name for column in table.columns] == ["name", *DEFAULT_COLUMNS]


def test_every_column_can_be_shown_and_sorted(client: Client, benefit: Benefit) -> None:
    for name in shown_by_name():
        assert client.get(LIST, {"columns": [name], "sort": f"-{name}"}).status_code == 200


def test_more_benefits_make_no_more_queries(client: Client, portfolio: Portfolio, owner: User, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            client.get(LIST, {"view": "edit", "columns": ["objective", "owner", "value_driver", "realised"]})
        return len(made)

    before = queries()
    for initiative in Initiative.objects.filter(portfolio=portfolio):
        benefit_add(initiative=initiative, name="Fewer calls", kind="quantifiable", owner=owner, by=owner, at=now)
    assert queries() == before


def test_a_cell_is_changed_in_place(client: Client, benefit: Benefit) -> None:
    address = f"{LIST}{benefit.pk}/cell/target/"
    assert b'value="5"' in client.get(address, **HTMX).content
    answer = client.post(address, {"target": "7.5"}, **HTMX)
    assert (answer.status_code, b"7.5" in answer.content) == (200, True)
    benefit.refresh_from_db()
    assert benefit.target == 7.5


def test_saving_a_cell_as_it_is_lets_go_of_nobody_without_an_account(client: Client, benefit: Benefit) -> None:
    assert client.post(f"{LIST}{benefit.pk}/cell/owner/", {"owner": ""}, **HTMX).status_code == 200
    benefit.refresh_from_db()
    assert benefit.owner_name == "Lea"


def test_who_lost_the_role_stays_until_somebody_else_is_chosen(
    client: Client, benefit: Benefit, owner: User, portfolio: Portfolio, now: datetime
) -> None:
    ben = person("ben@example.org", "Ben Benefit", "benefit_owner", portfolio.pk)
    benefit_change(benefit=benefit, owner=ben, by=owner, at=now)
    Assignment.objects.filter(user=ben).update(revoked_at=now)
    form = client.get(f"{LIST}{benefit.pk}/change/").context["form"]
    given = {field.name: field.value() for field in form if field.value() is not None}
    assert given["owner"] == ben.pk
    assert client.post(f"{LIST}{benefit.pk}/change/", given | {"category": "Paper"}).status_code == 302
    assert client.post(f"{LIST}{benefit.pk}/cell/owner/", {"owner": ben.pk}, **HTMX).status_code == 200
    assert Benefit.objects.filter(pk=benefit.pk, owner=ben, owner_name="Ben Benefit", category="Paper").exists()
    other = Benefit.objects.exclude(pk=benefit.pk).first()
    assert other is not None
    assert client.post(f"{LIST}{other.pk}/cell/owner/", {"owner": ben.pk}, **HTMX).status_code == 422


def test_a_wrong_cell_tells_its_error_and_keeps_what_was_typed(client: Client, benefit: Benefit) -> None:
    entries = AuditEntry.objects.count()
    answer = client.post(f"{LIST}{benefit.pk}/cell/target/", {"target": "a lot"}, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a lot"' in page
    assert 'role="alert"' in page
    assert AuditEntry.objects.count() == entries


def test_a_cell_that_the_rules_refuse_says_why(client: Client, benefit: Benefit) -> None:
    answer = client.post(f"{LIST}{benefit.pk}/cell/state/", {"state": "identified"}, **HTMX)
    assert answer.status_code == 200
    answer = client.post(f"{LIST}{benefit.pk}/cell/accrual/", {"accrual": "level"}, **HTMX)
    assert answer.status_code == 422
    assert "needs the baseline from which it moves" in answer.content.decode()


def test_without_a_script_a_cell_leads_to_the_form(client: Client, benefit: Benefit) -> None:
    assert client.get(f"{LIST}{benefit.pk}/cell/target/").headers["Location"] == f"{LIST}{benefit.pk}/change/"


def test_what_is_worked_out_is_not_changed(client: Client, benefit: Benefit) -> None:
    assert client.get(f"{LIST}{benefit.pk}/cell/realised/", **HTMX).status_code == 404


def test_several_change_after_a_look(client: Client, benefit: Benefit, portfolio: Portfolio) -> None:
    ben = person("ben@example.org", "Ben Benefit", "benefit_owner", portfolio.pk)
    chosen = list(Benefit.objects.values_list("pk", flat=True))
    given = {"chosen": chosen, "owner": ben.pk, "state": "agreed"}
    entries = AuditEntry.objects.count()
    preview = client.post(f"{LIST}bulk/", given | {"preview": "yes"})
    assert preview.context["preview"].changed == 4
    assert AuditEntry.objects.count() == entries
    client.post(f"{LIST}bulk/", given | {"confirm": "yes"})
    assert set(Benefit.objects.values_list("owner_name", "state")) == {("Ben Benefit", "agreed")}
    assert AuditEntry.objects.count() == entries + 4


def test_all_that_the_filters_let_through_are_chosen_at_once(client: Client, benefit: Benefit) -> None:
    page = client.post(f"{LIST}bulk/", {"everything": "yes", "query": "owner=nobody"})
    assert [one.code for one in page.context["chosen"]] == ["BETA-B", "GAMMA-B", "DELTA-B"]


@pytest.mark.parametrize("query", ["owner=Somebody+who+left", "objective=999", "priority=9"])
def test_a_filter_that_cannot_be_read_lists_nothing_and_never_all(client: Client, benefit: Benefit, query: str) -> None:
    asked = dict([query.split("=")])
    asked = {name: value.replace("+", " ") for name, value in asked.items()}
    assert names(client, **asked) == []
    assert "Nothing is listed until it is chosen anew" in client.get(LIST, asked).content.decode()
    assert client.get(f"{LIST}export.csv", asked).content.decode().count("\n") == 1
    answer = client.post(f"{LIST}bulk/", {"everything": "yes", "query": query, "confirm": "yes", "due_days": 30})
    assert answer.headers["Location"] == LIST
    assert not Benefit.objects.filter(due_days=30).exists()


def test_columns_and_views_of_old_filter_nothing(client: Client, benefit: Benefit) -> None:
    assert len(names(client, columns=["gone", "target"], view="gone")) == 4


@pytest.mark.parametrize("everything", [True, False])
def test_more_than_can_change_at_once_are_refused_and_not_cut(
    client: Client, benefit: Benefit, monkeypatch: pytest.MonkeyPatch, everything: bool
) -> None:
    monkeypatch.setattr(views, "MOST_AT_ONCE", 3)
    keys = list(Benefit.objects.values_list("pk", flat=True))
    chosen = {"everything": "yes"} if everything else {"chosen": keys}
    given = {"confirm": "yes", "due_days": 30}
    page = client.post(f"{LIST}bulk/", chosen | given, follow=True)
    assert "More than 3 benefits are chosen: filter the list" in page.content.decode()
    assert not Benefit.objects.filter(due_days=30).exists()
    client.post(f"{LIST}bulk/", {"chosen": keys[:3]} | given)
    assert Benefit.objects.filter(due_days=30).count() == 3


def test_a_change_of_several_that_is_refused_changes_none(client: Client, benefit: Benefit) -> None:
    chosen = list(Benefit.objects.values_list("pk", flat=True))
    answer = client.post(f"{LIST}bulk/", {"chosen": chosen, "state": "agreed", "confirm": "yes"})
    assert answer.status_code == 422
    assert len(answer.context["preview"].problems) == 3
    assert set(Benefit.objects.values_list("state", flat=True)) == {"identified"}


def test_a_view_is_saved_opened_shared_and_deleted(
    client: Client, benefit: Benefit, member: User, signed_in: Callable[[User], Client]
) -> None:
    kept = {"name": "Without owner", "query": "owner=nobody&sort=-name", "columns": ["target", "unit"]}
    opened = client.post(f"{LIST}views/save/", kept).headers["Location"]
    assert [row.record.code for row in client.get(opened).context["table"].rows] == ["DELTA-B", "GAMMA-B", "BETA-B"]
    assert [column.name for column in client.get(opened).context["table"].columns] == ["name", "target", "unit"]
    view = SavedView.objects.get()
    other = signed_in(member)
    assert other.get(LIST).context["saved_views"] == []
    client.post(f"{LIST}views/{view.pk}/change/", {"name": "Orphans", "is_shared": "on"})
    assert [shown.name for shown, _address in other.get(LIST).context["saved_views"]] == ["Orphans"]
    assert other.post(f"{LIST}views/{view.pk}/delete/").status_code == 403
    client.post(f"{LIST}views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0


def test_saving_under_the_same_name_replaces(client: Client) -> None:
    for query in ("owner=nobody", "state=agreed"):
        client.post(f"{LIST}views/save/", {"name": "Mine", "query": query})
    assert list(SavedView.objects.values_list("name", "query")) == [("Mine", "state=agreed")]


def test_a_benefit_is_added_by_the_form(client: Client, portfolio: Portfolio) -> None:
    page = client.get(f"{LIST}new/", {"initiative": "BETA"})
    assert page.context["form"]["initiative"].value() == "BETA"
    given = {"initiative": "BETA", "name": "Fewer calls", "kind": "quantifiable", "unit": "calls", "driver": "customer"}
    rest = {"term": "not_stated", "accrual": "flow", "direction": "not_stated", "frequency": "monthly"}
    rest |= {"timing": "not_stated", "evidence": "low", "realisation_risk": "low", "due_days": 15, "remind_days": 7}
    answer = client.post(f"{LIST}new/", given | rest | {"owner_name": "Lea"})
    added = Benefit.objects.get(name="Fewer calls")
    assert answer.headers["Location"] == f"{LIST}{added.pk}/"
    assert (added.code, added.owner_name, added.frequency) == ("BETA-B2", "Lea", "monthly")


def test_the_form_tells_each_problem_at_its_field(client: Client, benefit: Benefit) -> None:
    form = client.get(f"{LIST}{benefit.pk}/change/").context["form"]
    given = {field.name: field.value() for field in form if field.value() is not None}
    answer = client.post(f"{LIST}{benefit.pk}/change/", given | {"accrual": "level", "name": ""})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["name"]
    answer = client.post(f"{LIST}{benefit.pk}/change/", given | {"accrual": "level"})
    assert list(answer.context["form"].errors) == ["baseline", "direction"]
    answer = client.post(f"{LIST}{benefit.pk}/change/", given | {"category": "Paper"})
    assert answer.status_code == 302
    benefit.refresh_from_db()
    assert (benefit.category, benefit.owner_name, benefit.target) == ("Paper", "Lea", 5)


def test_the_tests_of_completeness_follow_the_form(client: Client) -> None:
    answer = client.post(f"{LIST}completeness/", {"name": "Better service", "observable": "The queue is gone."})
    page = answer.content.decode()
    assert "“better” cannot be measured." in page
    assert [test.is_passed for test in answer.context["tests"]] == [False, True, False, False]


def test_a_benefit_is_retired_by_the_form(client: Client, benefit: Benefit) -> None:
    assert client.get(f"{LIST}{benefit.pk}/retire/").status_code == 200
    client.post(f"{LIST}{benefit.pk}/retire/", {"reason": "Came by itself"})
    benefit.refresh_from_db()
    assert benefit.state == "retired"


def test_finance_validates(
    client: Client, benefit: Benefit, portfolio: Portfolio, signed_in: Callable[[User], Client]
) -> None:
    assert client.post(f"{LIST}{benefit.pk}/validate/").status_code == 403
    fiona = person("fiona@example.org", "Fiona", "finance", portfolio.pk)
    signed_in(fiona).post(f"{LIST}{benefit.pk}/validate/")
    benefit.refresh_from_db()
    assert benefit.validated_by == fiona


def test_assumptions_are_noted_and_settled(client: Client, benefit: Benefit) -> None:
    address = f"{LIST}{benefit.pk}/assumptions/"
    client.post(address, {"text": "Paper stays dear", "expires_on": "2026-09-01"})
    noted = Assumption.objects.get()
    client.post(f"{address}?change={noted.pk}", {"text": noted.text, "state": "failed", "remark": "It fell"})
    noted.refresh_from_db()
    assert (noted.state, noted.remark, noted.expires_on) == ("failed", "It fell", None)
    assert b"Paper stays dear" in client.get(address).content


def test_the_owner_of_a_benefit_settles_its_assumptions(
    client: Client, benefit: Benefit, portfolio: Portfolio, signed_in: Callable[[User], Client]
) -> None:
    address = f"{LIST}{benefit.pk}/assumptions/"
    ben = person("ben@example.org", "Ben Benefit", "benefit_owner", portfolio.pk)
    browser = signed_in(ben)
    assert browser.get(address).context["may_change"] is False
    assert browser.post(address, {"text": "Paper stays dear"}).status_code == 403
    Benefit.objects.filter(pk=benefit.pk).update(owner=ben)
    assert browser.get(address).context["may_change"] is True
    assert browser.post(address, {"text": "Paper stays dear"}).status_code == 302
    assert Assumption.objects.get().text == "Paper stays dear"


def test_the_file_has_the_rows_and_columns_of_the_page(client: Client, benefit: Benefit) -> None:
    answer = client.get(f"{LIST}export.csv", {"owner": "Lea", "columns": ["state", "target", "realised"]})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["Code", "Name", "State", "Target", "Realised to date (GBP, 2026 prices)"],
        ["ALPHA-B", "Fewer letters", "Identified", "5.000000", ""],
    ]
    assert client.get(f"{LIST}export.pdf").status_code == 404
