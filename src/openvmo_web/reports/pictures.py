"""Charts as SVG without a browser: the same option and the same drawing script as on the pages."""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib import resources

import quickjs

from openvmo_web.common.charts import Chart, chart_payload, palette

MEMORY_LIMIT = 256 * 1024 * 1024
TIME_LIMIT_SECONDS = 20
PRINTER = "static/common/dist/chart-printer.js"

_lock = threading.Lock()


class PictureError(RuntimeError):
    """A chart could not be drawn; the message says why and what to do."""


def chart_svg(chart: Chart, locale: str, *, width: int, height: int) -> str:
    """Return a chart as SVG text in the light theme.

    Args:
        chart: What to draw.
        locale: Language of the numbers on its axes.
        width: Width in pixels; the text on the axes is 11 pixels high.
        height: Height in pixels.

    Raises:
        PictureError: The drawing script is missing or failed.
    """
    arguments = (
        f"{json.dumps(chart_payload(chart, locale), default=str)},{json.dumps(dict(palette('light')))},{width},{height}"
    )
    with _lock:  # one JavaScript context serves all threads, one at a time
        try:
            # The script joins its text from many pieces; only a text that was written anew can cross over to Python.
            return str(json.loads(_context().eval(f"JSON.stringify([printChart({arguments})])"))[0])
        except quickjs.JSException as error:
            raise PictureError(f"The chart could not be drawn: {error}") from error


@cache
def _context() -> quickjs.Context:
    script = resources.files("openvmo_web.common").joinpath(PRINTER)
    if not script.is_file():
        raise PictureError(
            "The drawing script is missing. "
            "Install the package again (pip install -e .), so that the front end is built."
        )
    context = quickjs.Context()
    context.set_memory_limit(MEMORY_LIMIT)
    context.eval("globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => undefined; 0")
    context.eval(script.read_text(encoding="utf-8") + "\n;0")
    context.set_time_limit(TIME_LIMIT_SECONDS)
    return context
