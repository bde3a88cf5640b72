"""The template tags of the design system."""

import pytest
from django.http import QueryDict
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from openvmo_web.common.charts import Chart, line_chart
from openvmo_web.common.design import SampleFilter, SampleForm
from openvmo_web.common.widgets import Finding, Progress, Status


def rendered(source: str, **values: object) -> str:
    with translation.override("en-gb"):
        return Template("{% load vmo %}" + source).render(Context(values))


def test_it_keeps_the_exact_amount_beside_the_short_one() -> None:
    html = rendered('{{ cost|money_short:"GBP" }}', cost=1_234_567.5)

    assert html == '<data class="value" value="1234567.5" title="£1,234,567.50">£1.2m</data>'


@pytest.mark.parametrize("filter", ['money:"GBP"', 'money_short:"GBP"', "number", "percent", "day", "month", "moment"])
def test_it_says_that_a_value_is_not_known(filter: str) -> None:
    assert "Not known" in rendered("{{ value|" + filter + " }}", value=None)


def test_it_tells_a_state_by_word_colour_and_icon() -> None:
    html = rendered("{% status state %}", state=Status("At risk", "caution"))

    assert "tone-caution" in html
    assert "#alert" in html
    assert html.endswith("At risk</span>")


def test_it_refuses_an_icon_that_does_not_exist() -> None:
    with pytest.raises(TemplateSyntaxError, match="There is no icon 'unicorn'"):
        rendered('{% icon "unicorn" %}')


@pytest.mark.parametrize(
    ("change", "better", "tone", "word"),
    [
        (3, "up", "positive", "Up"),
        (3, "down", "critical", "Up"),
        (-3, "down", "positive", "Down"),
        (0, "up", "neutral", "No change"),
    ],
)
def test_it_judges_a_change_by_what_is_better(change: int, better: str, tone: str, word: str) -> None:
    html = rendered('{% delta change "integer" better %}', change=change, better=better)

    assert f"tone-{tone}" in html
    assert f">{word}<" in html
    assert html.endswith(f"</span> {abs(change)}</span>")


def test_it_ties_hint_and_error_to_their_field() -> None:
    html = str(SampleForm({}))

    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_it_ties_the_hint_of_a_lone_checkbox_too() -> None:
    html = str(SampleForm())

    assert 'id="id_is_mandatory_helptext"' in html
    assert 'aria-describedby="id_is_mandatory_helptext"' in html


def test_it_shows_filters_in_force_and_how_to_remove_each() -> None:
    form = SampleFilter(QueryDict("search=claims&state=closed&page=3&sort=cost"))
    request = RequestFactory().get("/list/?state=closed")
    with translation.override("en-gb"):
        html = Template("{% load vmo %}{% filters form %}").render(RequestContext(request, {"form": form}))

    assert 'href="?search=claims&amp;sort=cost"' in html
    assert 'href="?state=closed&amp;sort=cost"' in html
    assert "Closed" in html
    assert html.count('class="chip"') == 2


def test_it_counts_findings_and_shows_the_remedy() -> None:
    items = [Finding("error", "row 14", "Not a number.", "Leave it empty."), Finding("info", "", "Read as GMPP.")]
    html = rendered("{% findings items %}", items=items)

    assert "1 error, 0 warnings" in html
    assert "Leave it empty." in html
    assert "row 14" in html


def test_it_folds_many_notes_below_what_matters_more() -> None:
    notes = [Finding("info", "", f"Note {number}.") for number in range(4)]
    html = rendered("{% findings items %}", items=[*notes, Finding("warning", "", "A warning.")])

    shown, folded = html.split("<details>")
    assert "A warning." in shown
    assert "Note" not in shown
    assert "Show 4 notes" in folded
    assert folded.count("<li") == 4


def test_it_follows_work_only_while_it_goes_on() -> None:
    running = rendered(
        "{% progress job %}", job=Progress("Forecast", "running", "", 0.62, "/jobs/1/events", "/jobs/1/cancel")
    )
    failed = rendered(
        "{% progress job %}", job=Progress("Forecast", "failed", "No data.", 0.62, "/jobs/1/events", "/jobs/1/cancel")
    )

    assert 'data-events-url="/jobs/1/events"' in running
    assert 'value="62"' in running
    assert "/jobs/1/cancel" in running
    assert "data-events-url" not in failed
    assert "/jobs/1/cancel" not in failed
    assert "No data." in failed


def test_it_puts_the_numbers_of_a_chart_beside_it() -> None:
    chart = line_chart(["2026-01"], {"Plan": [1_500_000]}, format="money-short:GBP", category_format="month")
    html = rendered('{% chart chart title="Does it arrive?" %}', chart=chart)

    assert '<th scope="row">Jan 2026</th><td class="num">£1.5m</td>' in html
    assert 'type="application/json"' in html
    assert 'aria-label="Does it arrive?' in html


def test_it_draws_no_chart_without_numbers() -> None:
    html = rendered('{% chart chart title="Does it arrive?" %}', chart=Chart({}, (), ()))

    assert "no numbers to draw" in html
    assert "<script" not in html


def test_it_escapes_what_people_wrote() -> None:
    html = rendered("{% status word %}{% panel title=word %}{{ word }}{% endpanel %}", word="<b>&")

    assert "<b>" not in html
