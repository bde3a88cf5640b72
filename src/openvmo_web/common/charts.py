"""Charts as plain data: an ECharts option together with the table of the same numbers.

A chart is built here in Python, drawn by one script in the browser and by another in printed reports, and read out as
a table by those who cannot see it. Therefore an option holds data only, no functions: a colour is named as
``token:accent`` and the format of an axis as ``format:money-short:GBP``; both are resolved where the chart is drawn.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Any, Literal

from openvmo_web.common.formats import TEXT_CODES, axis_format, formatted

Theme = Literal["light", "dark"]
Option = dict[str, Any]

COLOUR = "token:"
FORMAT = "format:"
WORDS = "categories-as"
NAME_GAP = 28
NAME_WIDTH = 150
SERIES_COLOURS = tuple(f"{COLOUR}series-{number}" for number in range(1, 7))
LOSS_COLOUR = f"{COLOUR}critical"
FAN_BANDS = (("p5", "p95", "fan-outer"), ("p10", "p90", "fan-middle"), ("p25", "p75", "fan-inner"))


@dataclass(frozen=True)
class Column:
    """One column of a chart's table: its heading and the format code of its values (see ``formats.formatted``)."""

    label: str
    format: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers, which stand at the end of their cell."""
        return self.format not in TEXT_CODES


@dataclass(frozen=True)
class Chart:
    """A drawing and its numbers: row ``n`` of the table belongs to point ``n`` of the drawing."""

    option: Option
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.rows

    def table(self, locale: str) -> list[list[str]]:
        """Return the rows as texts of a language."""
        return [
            [formatted(value, column.format, locale) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


@cache
def palette(theme: Theme) -> Mapping[str, str]:
    """Return the colours of a theme by token name; the style sheet is made from the same file."""
    text = resources.files("openvmo_web.common").joinpath("palette.json").read_text(encoding="utf-8")
    colours: dict[str, str] = json.loads(text)[theme]
    return colours


def resolve_tokens(option: Any, colours: Mapping[str, str]) -> Any:
    """Return a copy of an option in which every ``token:name`` is the colour of that name.

    Raises KeyError when the palette has no such colour.
    """
    if isinstance(option, dict):
        return {key: resolve_tokens(value, colours) for key, value in option.items()}
    if isinstance(option, list | tuple):
        return [resolve_tokens(value, colours) for value in option]
    if isinstance(option, str) and option.startswith(COLOUR):
        return colours[option.removeprefix(COLOUR)]
    return option


def chart_payload(chart: Chart, locale: str) -> dict[str, Any]:
    """Return what a drawing script needs: the option, the table as texts, and the formats that the option names."""
    codes = sorted({text.removeprefix(FORMAT) for text in _texts(chart.option) if text.startswith(FORMAT)})
    return {
        "option": _with_axis_words(chart.option, locale),
        "header": [column.label for column in chart.columns],
        "rows": chart.table(locale),
        "formats": {code: axis_format(code, locale) for code in codes},
    }


def _texts(option: Any) -> Iterator[str]:
    if isinstance(option, str):
        yield option
    elif isinstance(option, dict):
        for value in option.values():
            yield from _texts(value)
    elif isinstance(option, list | tuple):
        for value in option:
            yield from _texts(value)


def _with_axis_words(option: Option, locale: str) -> Option:
    """Months on an axis are kept as 2026-04 until the language is known."""
    axis = dict(option.get("xAxis", {}))
    if axis.pop(WORDS, None) != "month":
        return option
    return {**option, "xAxis": {**axis, "data": [formatted(value, "month", locale) for value in axis["data"]]}}


def line_chart(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    format: str = "number",
    category_format: str = "text",
    category_label: str = "",
    dashed: Sequence[str] = (),
) -> Chart:
    """Return lines over categories, one per named series; None leaves a gap. ``dashed`` names the plans among them."""
    drawn = [
        _line(name, values, SERIES_COLOURS[position % 6], dashed=name in dashed)
        for position, (name, values) in enumerate(series.items())
    ]
    return _over_categories(categories, series, drawn, format, category_format, category_label)


def bar_chart(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    format: str = "number",
    category_format: str = "text",
    category_label: str = "",
    stacked: bool = False,
    horizontal: bool = False,
) -> Chart:
    """Return bars over categories, side by side or ``stacked``; ``horizontal`` suits long category names."""
    drawn = [
        _bar(name, values, SERIES_COLOURS[position % 6], stack="all" if stacked else None)
        for position, (name, values) in enumerate(series.items())
    ]
    chart = _over_categories(categories, series, drawn, format, category_format, category_label)
    return Chart(_turned(chart.option), chart.columns, chart.rows) if horizontal else chart


def stacked_bars(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    format: str = "number",
    category_format: str = "text",
    category_label: str = "",
) -> Chart:
    """Return bars whose parts add up to a whole."""
    return bar_chart(
        categories,
        series,
        format=format,
        category_format=category_format,
        category_label=category_label,
        stacked=True,
    )


def fan_chart(
    months: Sequence[str],
    bands: Mapping[str, Sequence[float]],
    *,
    labels: Mapping[str, str],
    format: str = "number",
    month_label: str = "",
    extra: Mapping[str, Sequence[float | None]] | None = None,
) -> Chart:
    """Return a median line inside the bands of ever less likely futures.

    ``months`` are texts such as 2026-04. ``bands`` holds percentiles by name, from p5, p10, p25, p50, p75, p90, p95;
    p50 is needed, and the others in pairs (p10 with p90). ``labels`` are the words for the percentiles in the table
    and for ``p5-p95`` and so on in the legend. ``extra`` adds lines, such as a plan or measured values.
    """
    extra = extra or {}
    drawn = [
        part
        for low, high, colour in FAN_BANDS
        if low in bands and high in bands
        for part in _band(bands[low], bands[high], labels.get(f"{low}-{high}", f"{low}-{high}"), colour)
    ]
    drawn.append(_line(labels.get("p50", "p50"), bands["p50"], f"{COLOUR}accent"))
    drawn.extend(
        _line(name, values, SERIES_COLOURS[position % 6], dashed=True)
        for position, (name, values) in enumerate(extra.items(), start=2)
    )
    named = {labels.get(name, name): values for name, values in bands.items()} | dict(extra)
    return _over_categories(months, named, drawn, format, "month", month_label)


def histogram(
    edges: Sequence[float],
    counts: Sequence[float],
    *,
    format: str = "number",
    count_format: str = "integer",
    labels: tuple[str, str, str] = ("From", "To", "Count"),
    marks: Mapping[str, float] | None = None,
) -> Chart:
    """Return how often values fall between edges; there is one more edge than counts. ``marks`` draws named values."""
    if len(edges) != len(counts) + 1:
        raise ValueError(f"A histogram of {len(counts)} counts needs {len(counts) + 1} edges, not {len(edges)}.")
    outline = [[edge, count] for edge, count in zip(edges, [*counts, 0], strict=True)]
    area: Option = {
        "type": "line",
        "step": "end",
        "showSymbol": False,
        "data": outline,
        "lineStyle": {"width": 1.5, "color": f"{COLOUR}accent"},
        "itemStyle": {"color": f"{COLOUR}accent"},
        "areaStyle": {"color": f"{COLOUR}fan-middle", "opacity": 1},
        "markLine": _mark_lines(marks or {}),
    }
    option = {
        **_frame(),
        "xAxis": {
            **_value_axis(format),
            "scale": True,
            "splitLine": {"show": False},
            "min": edges[0],
            "max": edges[-1],
        },
        "yAxis": _value_axis(count_format),
        "series": [area],
    }
    columns = (Column(labels[0], format), Column(labels[1], format), Column(labels[2], count_format))
    rows = tuple((low, high, count) for (low, high), count in zip(pairwise(edges), counts, strict=True))
    return Chart(option, columns, rows)


@dataclass(frozen=True)
class Bubble:
    """One point of a bubble chart; ``size`` is in the unit of the size column, None draws a small dot."""

    label: str
    x: float
    y: float
    size: float | None = None
    group: str = ""


def bubble_chart(
    bubbles: Sequence[Bubble],
    *,
    labels: tuple[str, str, str, str],
    formats: tuple[str, str, str] = ("number", "number", "number"),
    group_label: str = "",
) -> Chart:
    """Return points at x and y whose area shows their size and whose colour shows their group.

    ``labels`` names the point, x, y and size; ``formats`` belongs to the last three.
    """
    groups = list(dict.fromkeys(bubble.group for bubble in bubbles))
    largest = max((bubble.size or 0 for bubble in bubbles), default=0)
    series = [
        {
            "type": "scatter",
            "name": group,
            "itemStyle": {"color": SERIES_COLOURS[position % 6], "opacity": 0.75, "borderColor": f"{COLOUR}surface"},
            "emphasis": {"itemStyle": {"opacity": 1}},
            "data": [_point(row, bubble, largest) for row, bubble in enumerate(bubbles) if bubble.group == group],
        }
        for position, group in enumerate(groups)
    ]
    option = {
        **_frame(legend=groups != [""]),
        "grid": {"left": 28, "right": 24, "top": 40, "bottom": 28, "containLabel": True},
        "tooltip": {"trigger": "item"},
        "xAxis": {**_value_axis(formats[0], labels[1]), "scale": True},
        "yAxis": {**_value_axis(formats[1], labels[2]), "nameGap": 2 * NAME_GAP, "scale": True},
        "series": series,
    }
    with_groups = groups not in ([], [""])
    columns = [Column(labels[0]), *(Column(label, format) for label, format in zip(labels[1:], formats, strict=True))]
    rows = [(bubble.label, bubble.x, bubble.y, bubble.size, *([bubble.group] * with_groups)) for bubble in bubbles]
    return Chart(option, (*columns, *([Column(group_label)] * with_groups)), tuple(rows))


@dataclass(frozen=True)
class Stream:
    """What flows from one place to another; a place is told apart by its layer and name.

    Args:
        layer: In which layer it begins, counted from 0; it ends in the next.
        source: Name of the place where it begins.
        target: Name of the place where it ends.
        size: How much flows, in the unit of the chart; nothing flows backwards.
        is_loss: Whether it ends where it should not, which the drawing marks.
    """

    layer: int
    source: str
    target: str
    size: float
    is_loss: bool = False


def sankey_chart(
    streams: Sequence[Stream], *, labels: tuple[str, str, str] = ("From", "To", "Amount"), format: str = "number"
) -> Chart:
    """Return how an amount flows through layers of places; the width of a stream shows its size.

    ``labels`` names the place where a stream begins, where it ends, and its size.

    Raises:
        ValueError: a stream is negative.
    """
    negative = next((stream for stream in streams if stream.size < 0), None)
    if negative:
        raise ValueError(f"The stream from {negative.source!r} to {negative.target!r} is negative: {negative.size}.")
    drawn = [(row, stream) for row, stream in enumerate(streams) if stream.size > 0]
    series: Option = {
        "type": "sankey",
        "left": 4,
        "right": 210,
        "top": 8,
        "bottom": 8,
        "nodeWidth": 12,
        "nodeGap": 12,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "label": {"color": f"{COLOUR}ink", "fontSize": 12, "width": 200, "overflow": "truncate"},
        "lineStyle": {"color": "source", "opacity": 0.3, "curveness": 0.5},
        "data": _places(stream for _, stream in drawn),
        "links": [_link(row, stream) for row, stream in drawn],
    }
    columns = (Column(labels[0]), Column(labels[1]), Column(labels[2], format))
    rows = tuple((stream.source, stream.target, stream.size) for stream in streams)
    return Chart({"tooltip": {"trigger": "item"}, "series": [series]}, columns, rows)


def waterfall(
    steps: Sequence[tuple[str, float]],
    *,
    total_label: str,
    format: str = "number",
    labels: tuple[str, str, str] = ("Step", "Change", "Running total"),
) -> Chart:
    """Return how gains and losses lead, step by step, from nought to a total."""
    levels = list(accumulate(change for _, change in steps))
    total = levels[-1] if levels else 0.0
    spans = [*pairwise([0.0, *levels]), (0.0, total)]
    colours = [f"{COLOUR}{'series-2' if change >= 0 else 'series-4'}" for _, change in steps] + [f"{COLOUR}accent"]
    names = [*(name for name, _ in steps), total_label]
    hidden = {"itemStyle": {"color": "transparent"}, "emphasis": {"disabled": True}, "silent": True}
    drawn = [
        {**_bar("", [_hidden_part(*span) for span in spans], "transparent", stack="all"), **hidden},
        _coloured([max(0.0, *span) - max(0.0, min(span)) for span in spans], colours),
        _coloured([min(0.0, *span) - min(0.0, max(span)) for span in spans], colours),
    ]
    axis = {**_category_axis(names, "text"), "axisLabel": {"interval": 0, "width": 84, "overflow": "break"}}
    option = {**_frame(), "xAxis": axis, "yAxis": _value_axis(format), "series": drawn}
    rows = [(name, change, level) for (name, change), level in zip(steps, levels, strict=True)]
    columns = (Column(labels[0]), Column(labels[1], format), Column(labels[2], format))
    return Chart(option, columns, (*rows, (total_label, None, total)) if steps else ())


@dataclass(frozen=True)
class Swing:
    """How far a result moves with one of its inputs.

    Args:
        name: of the input.
        low: the result while the input is low.
        high: the result while the input is high.
        more: what the table says of it besides.
    """

    name: str
    low: float
    high: float
    more: tuple[Any, ...] = ()


def tornado_chart(
    swings: Sequence[Swing],
    middle: float,
    *,
    labels: tuple[str, str, str],
    format: str = "number",
    more: Sequence[Column] = (),
    most: int = 8,
) -> Chart:
    """Return how far a result moves from its middle with each input, the first on top.

    ``labels`` names the input and the result while it is low and high; ``more`` describes what each swing says
    besides. The drawing shows the first ``most`` swings as distances from the middle, the table all of them.
    """
    shown = swings[:most]
    drawn = [
        {**_bar(name, values, colour), "barGap": "-100%", "barMaxWidth": 16}
        for name, values, colour in (
            (labels[1], [one.low - middle for one in shown], SERIES_COLOURS[2]),
            (labels[2], [one.high - middle for one in shown], SERIES_COLOURS[0]),
        )
    ]
    axis = {**_category_axis([one.name for one in shown], "text"), "inverse": True}
    names = {"interval": 0, "width": NAME_WIDTH, "overflow": "break", "lineHeight": 13}
    option = {
        **_frame(legend=True),
        "xAxis": _value_axis(format),
        "yAxis": {**axis, "axisLabel": names},
        "series": drawn,
    }
    columns = (Column(labels[0]), Column(labels[1], format), Column(labels[2], format), *more)
    return Chart(option, columns, tuple((one.name, one.low, one.high, *one.more) for one in swings))


def range_chart(
    categories: Sequence[str],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    labels: tuple[str, str, str],
    name: str,
    format: str = "number",
) -> Chart:
    """Return the range of each category as a bar that floats between its low and its high end.

    ``labels`` names the category and both ends in the table, ``name`` the bars in the legend.
    """
    spans = list(zip(lows, highs, strict=True))
    hidden = {"itemStyle": {"color": "transparent"}, "emphasis": {"disabled": True}, "silent": True}
    above = [max(0.0, high) - max(0.0, low) for low, high in spans]
    below = [min(0.0, low) - min(0.0, high) for low, high in spans]
    drawn = [
        {**_bar("", [_hidden_part(low, high) for low, high in spans], "transparent", stack="all"), **hidden},
        _bar(name, above, f"{COLOUR}fan-inner", stack="all"),
        *([_bar(name, below, f"{COLOUR}fan-inner", stack="all")] if any(below) else []),
    ]
    option = {
        **_frame(legend=True),
        "xAxis": _category_axis(list(categories), "text"),
        "yAxis": _value_axis(format),
        "series": drawn,
    }
    columns = (Column(labels[0]), Column(labels[1], format), Column(labels[2], format))
    return Chart(option, columns, tuple(zip(categories, lows, highs, strict=True)))


@dataclass(frozen=True)
class Points:
    """Single values that are drawn as points upon a chart over categories; None where there is none.

    ``colour`` is the name of a colour. Points of different kinds differ in their symbol too: a hollow circle, for
    example, or a ``triangle``.
    """

    name: str
    values: Sequence[float | None]
    colour: str
    symbol: str = "circle"
    is_hollow: bool = False


def with_points(
    chart: Chart, points: Sequence[Points], *, format: str = "number", marks: Mapping[str, int] | None = None
) -> Chart:
    """Return a chart over categories with points upon it; ``marks`` names categories, by their place, in the drawing.

    Points that have no value at all are left out, of the drawing and of the table.
    """
    stated = [one for one in points if any(value is not None for value in one.values)]
    first, *others = chart.option["series"]
    marked = {**first, "markLine": _mark_lines(marks)} if marks else first
    frame = _frame(legend=True)
    option = {
        **chart.option,
        "grid": frame["grid"],
        "legend": frame["legend"],
        "series": [marked, *others, *(_points(one) for one in stated)],
    }
    rows = tuple((*row, *(one.values[place] for one in stated)) for place, row in enumerate(chart.rows))
    return Chart(option, (*chart.columns, *(Column(one.name, format) for one in stated)), rows)


def _points(points: Points) -> Option:
    colour = f"{COLOUR}{points.colour}"
    filling = f"{COLOUR}surface" if points.is_hollow else colour
    return {
        "type": "scatter",
        "name": points.name,
        "symbol": points.symbol,
        "symbolSize": 8,
        "itemStyle": {"color": filling, "borderColor": colour, "borderWidth": 2},
        "data": [
            {"value": [place, value], "row": place} for place, value in enumerate(points.values) if value is not None
        ],
        "z": 5,
    }


def _over_categories(
    categories: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    drawn: list[Option],
    format: str,
    category_format: str,
    category_label: str,
) -> Chart:
    for name, values in series.items():
        if len(values) != len(categories):
            raise ValueError(f"The series {name!r} has {len(values)} values for {len(categories)} categories.")
    option = {
        **_frame(legend=len(drawn) > 1),
        "xAxis": _category_axis(list(categories), category_format),
        "yAxis": _value_axis(format),
        "series": drawn,
    }
    columns = (Column(category_label, category_format), *(Column(name, format) for name in series))
    return Chart(option, columns, tuple(zip(categories, *series.values(), strict=True)))


def _frame(*, legend: bool = False) -> Option:
    return {
        "grid": {"left": 8, "right": 16, "top": 40 if legend else 16, "bottom": 8, "containLabel": True},
        "legend": {"show": legend, "top": 0, "left": 0, "type": "scroll", "icon": "roundRect"},
        "tooltip": {"trigger": "axis"},
    }


def _category_axis(categories: list[str], format: str) -> Option:
    axis: Option = {"type": "category", "data": categories, "axisLabel": {"hideOverlap": True}}
    return {**axis, WORDS: format} if format == "month" else axis


def _value_axis(format: str, name: str = "") -> Option:
    axis: Option = {"type": "value", "axisLabel": {"formatter": f"{FORMAT}{format}", "hideOverlap": True}}
    return {**axis, "name": name, "nameLocation": "middle", "nameGap": NAME_GAP} if name else axis


def _turned(option: Option) -> Option:
    # A long name is cut, lest it leave no room for the bars; the tooltip and the table have it whole.
    names = {**option["xAxis"]["axisLabel"], "width": NAME_WIDTH, "overflow": "truncate"}
    categories = {**option["xAxis"], "axisLabel": names, "inverse": True}
    return {**option, "xAxis": option["yAxis"], "yAxis": categories}


def _line(name: str, values: Sequence[float | None], colour: str, *, dashed: bool = False) -> Option:
    return {
        "type": "line",
        "name": name,
        "data": list(values),
        "showSymbol": False,
        "itemStyle": {"color": colour},
        "lineStyle": {"width": 2, "color": colour, "type": "dashed" if dashed else "solid"},
        "z": 3,
    }


def _bar(name: str, values: Sequence[Any], colour: str, *, stack: str | None = None) -> Option:
    bar: Option = {
        "type": "bar",
        "name": name,
        "data": list(values),
        "barMaxWidth": 40,
        "itemStyle": {"color": colour},
    }
    return {**bar, "stack": stack} if stack else bar


def _band(low: Sequence[float], high: Sequence[float], label: str, colour: str) -> list[Option]:
    """A band is an invisible line at its lower edge with the filled width stacked upon it."""
    common: Option = {
        "type": "line",
        "stack": colour,
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": 0},
        "emphasis": {"disabled": True},
        "z": 1,
    }
    width = [upper - lower for lower, upper in zip(low, high, strict=True)]
    filled = {"itemStyle": {"color": f"{COLOUR}{colour}"}, "areaStyle": {"color": f"{COLOUR}{colour}", "opacity": 1}}
    return [{**common, "data": list(low)}, {**common, "name": label, "data": width, **filled}]


def _mark_lines(marks: Mapping[str, float]) -> Option:
    return {
        "symbol": "none",
        "silent": True,
        "animation": False,
        "lineStyle": {"color": f"{COLOUR}ink-muted", "type": "dashed"},
        "label": {"formatter": "{b}", "color": f"{COLOUR}ink-secondary", "fontSize": 11},
        "data": [{"name": name, "xAxis": value} for name, value in marks.items()],
    }


def _point(row: int, bubble: Bubble, largest: float) -> Option:
    share = (bubble.size or 0) / largest if largest > 0 else 0
    return {
        "name": bubble.label,
        "value": [bubble.x, bubble.y],
        "row": row,
        "symbolSize": round(8 + 40 * share**0.5, 1),
    }


def _places(streams: Iterable[Stream]) -> list[Option]:
    """The ends of all streams, each once; only streams have a row of the table, so places show no tooltip."""
    places: dict[tuple[int, str], bool] = {}
    for stream in streams:
        places.setdefault((stream.layer, stream.source), False)
        places[stream.layer + 1, stream.target] = stream.is_loss
    return [
        {
            "name": f"{layer}:{name}",
            "depth": layer,
            "label": {"formatter": name},
            "itemStyle": {"color": LOSS_COLOUR if is_loss else SERIES_COLOURS[layer % 6], "borderWidth": 0},
            "tooltip": {"show": False},
        }
        for (layer, name), is_loss in places.items()
    ]


def _link(row: int, stream: Stream) -> Option:
    ends = {"source": f"{stream.layer}:{stream.source}", "target": f"{stream.layer + 1}:{stream.target}"}
    link: Option = {**ends, "value": stream.size, "row": row}
    return {**link, "lineStyle": {"color": LOSS_COLOUR}} if stream.is_loss else link


def _hidden_part(start: float, end: float) -> float:
    """How far a floating bar stands from nought; a bar that crosses nought does not float."""
    return min(start, end) if min(start, end) > 0 else min(0.0, max(start, end))


def _coloured(values: Sequence[float], colours: Sequence[str]) -> Option:
    points = [{"value": value, "itemStyle": {"color": colour}} for value, colour in zip(values, colours, strict=True)]
    return _bar("", points, SERIES_COLOURS[0], stack="all")
