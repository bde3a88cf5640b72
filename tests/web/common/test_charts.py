"""Charts as plain data."""

import json

import pytest
from django.test import RequestFactory

from openvmo_web.common import charts
from openvmo_web.common.charts import Bubble, Chart, Column, Stream, chart_payload, palette, resolve_tokens
from openvmo_web.common.design import samples

MONTHS = ["2026-01", "2026-02"]
BANDS = {"p10": [-2.0, -1.0], "p50": [0.0, 1.0], "p90": [2.0, 4.0]}


def every_sample() -> dict[str, Chart]:
    drawn: dict[str, Chart] = samples(RequestFactory().get("/design/"))["charts"]
    return drawn


def test_it_stacks_a_band_upon_its_lower_edge() -> None:
    chart = charts.fan_chart(MONTHS, BANDS, labels={"p50": "Median", "p10-p90": "8 in 10"})

    lower, width, median = chart.option["series"]
    assert lower["data"] == [-2.0, -1.0]
    assert width["data"] == [4.0, 5.0]
    assert width["name"] == "8 in 10"
    assert lower["stack"] == width["stack"]
    assert lower["stackStrategy"] == "all"
    assert median["data"] == [0.0, 1.0]


def test_it_gives_the_same_numbers_as_a_table() -> None:
    chart = charts.fan_chart(
        MONTHS,
        BANDS,
        labels={"p50": "Median"},
        format="money-short:GBP",
        month_label="Month",
        extra={"Plan": [1.0, None]},
    )

    assert [column.label for column in chart.columns] == ["Month", "p10", "Median", "p90", "Plan"]
    assert chart.rows[1] == ("2026-02", -1.0, 1.0, 4.0, None)
    assert chart.table("en_GB")[1] == ["Feb 2026", "-£1", "£1", "£4", "–"]


def test_it_writes_months_in_the_language_of_the_reader() -> None:
    chart = charts.line_chart(MONTHS, {"Plan": [1, 2]}, category_format="month")

    assert chart_payload(chart, "de")["option"]["xAxis"]["data"] == ["Jan. 2026", "Feb. 2026"]
    assert chart.option["xAxis"]["data"] == MONTHS


@pytest.mark.parametrize("name", [name for name, chart in every_sample().items() if not chart.is_empty])
def test_it_holds_data_only(name: str) -> None:
    payload = chart_payload(every_sample()[name], "en_GB")

    assert json.loads(json.dumps(payload)) == payload
    assert len(payload["header"]) == len(payload["rows"][0])


@pytest.mark.parametrize("name", list(every_sample()))
def test_it_names_only_colours_of_the_palette(name: str) -> None:
    option = every_sample()[name].option

    assert "token:" in json.dumps(option) or every_sample()[name].is_empty
    assert "token:" not in json.dumps(resolve_tokens(option, palette("dark")))


def test_it_refuses_a_colour_that_the_palette_lacks() -> None:
    with pytest.raises(KeyError, match="mauve"):
        resolve_tokens({"color": ["token:mauve"]}, palette("light"))


def test_it_refuses_series_of_another_length_than_the_axis() -> None:
    with pytest.raises(ValueError, match="The series 'Plan' has 1 values for 2 categories"):
        charts.line_chart(MONTHS, {"Plan": [1]})


def test_it_closes_the_outline_of_a_histogram() -> None:
    chart = charts.histogram([0, 10, 20], [3, 5])

    assert chart.option["series"][0]["data"] == [[0, 3], [10, 5], [20, 0]]
    assert chart.rows == ((0, 10, 3), (10, 20, 5))


def test_it_refuses_a_histogram_without_its_last_edge() -> None:
    with pytest.raises(ValueError, match="2 counts needs 3 edges, not 2"):
        charts.histogram([0, 10], [3, 5])


def test_it_draws_the_area_of_a_bubble_by_its_size() -> None:
    chart = charts.bubble_chart([Bubble("A", 1, 2, 25), Bubble("B", 3, 4, 100)], labels=("Name", "x", "y", "Size"))

    small, large = chart.option["series"][0]["data"]
    assert (small["symbolSize"] - 8) * 2 == large["symbolSize"] - 8
    assert chart.columns == (Column("Name"), Column("x", "number"), Column("y", "number"), Column("Size", "number"))


def test_it_lets_the_steps_of_a_waterfall_cross_nought() -> None:
    chart = charts.waterfall([("Gain", 5), ("Loss", -8), ("Gain again", 1)], total_label="Net")

    hidden, above, below = (series["data"] for series in chart.option["series"])
    assert hidden == [0.0, 0.0, -2, 0.0]
    assert [point["value"] for point in above] == [5, 5, 0.0, 0.0]
    assert [point["value"] for point in below] == [0.0, -3, -1, -2]
    assert chart.rows == (("Gain", 5, 5), ("Loss", -8, -3), ("Gain again", 1, -2), ("Net", None, -2))


def test_it_tells_places_of_two_layers_apart_though_they_share_a_name() -> None:
    streams = [Stream(0, "Digital", "Cashable", 3.0), Stream(1, "Cashable", "Digital", 3.0)]

    (series,) = charts.sankey_chart(streams).option["series"]
    assert [place["name"] for place in series["data"]] == ["0:Digital", "1:Cashable", "2:Digital"]
    assert [place["label"]["formatter"] for place in series["data"]] == ["Digital", "Cashable", "Digital"]
    assert [(link["source"], link["target"], link["value"]) for link in series["links"]] == [
        ("0:Digital", "1:Cashable", 3.0),
        ("1:Cashable", "2:Digital", 3.0),
    ]


def test_it_marks_a_stream_that_ends_where_it_should_not() -> None:
    chart = charts.sankey_chart([Stream(0, "A", "B", 1.0), Stream(0, "A", "Nothing", 2.0, is_loss=True)])

    (series,) = chart.option["series"]
    assert [place["itemStyle"]["color"] for place in series["data"]] == [
        "token:series-1",
        "token:series-2",
        "token:critical",
    ]
    assert [link.get("lineStyle") for link in series["links"]] == [None, {"color": "token:critical"}]


def test_it_leaves_empty_streams_to_the_table() -> None:
    chart = charts.sankey_chart([Stream(0, "A", "B", 0.0), Stream(0, "A", "C", 1.0)])

    assert [link["row"] for link in chart.option["series"][0]["links"]] == [1]
    assert chart.rows == (("A", "B", 0.0), ("A", "C", 1.0))


def test_it_refuses_a_stream_that_flows_backwards() -> None:
    with pytest.raises(ValueError, match="from 'A' to 'B' is negative: -1"):
        charts.sankey_chart([Stream(0, "A", "B", -1.0)])


def test_it_says_when_there_is_nothing_to_draw() -> None:
    assert charts.line_chart([], {"Plan": []}).is_empty
    assert charts.waterfall([], total_label="Net").is_empty


def test_a_tornado_draws_distances_from_the_middle_and_tells_all() -> None:
    swings = [charts.Swing("Build", 130.0, 60.0, (0.4,)), charts.Swing("Run", 90.0, 110.0, (0.1,))]
    chart = charts.tornado_chart(
        swings, 100.0, labels=("Input", "Low", "High"), more=(charts.Column("Share", "percent"),), most=1
    )
    low, high = chart.option["series"]
    assert (low["data"], high["data"]) == ([30.0], [-40.0])
    assert chart.option["yAxis"]["data"] == ["Build"]
    assert chart.rows == (("Build", 130.0, 60.0, 0.4), ("Run", 90.0, 110.0, 0.1))
    assert [column.label for column in chart.columns] == ["Input", "Low", "High", "Share"]


def test_a_range_floats_between_its_ends_also_across_nought() -> None:
    chart = charts.range_chart(
        ["2026", "2027"], [10.0, -5.0], [30.0, 8.0], labels=("Year", "P10", "P90"), name="8 in 10"
    )
    hidden, above, below = chart.option["series"]
    assert (hidden["data"], above["data"], below["data"]) == ([10.0, 0.0], [20.0, 8.0], [0.0, -5.0])
    assert chart.rows == (("2026", 10.0, 30.0), ("2027", -5.0, 8.0))
