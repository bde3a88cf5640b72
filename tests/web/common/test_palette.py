"""Every text can be read on its ground, in both themes (WCAG 2.2, success criteria 1.4.3 and 1.4.11)."""

import pytest

from openvmo_web.common.charts import Theme, palette

THEMES: tuple[Theme, ...] = ("light", "dark")
TONES = ("neutral", "info", "accent", "positive", "caution", "critical")
TEXTS = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-secondary", "ink-muted", "accent")
        for ground in ("canvas", "surface", "sunken", "raised")
    ),
    *((tone, ground) for tone in TONES for ground in (f"{tone}-soft", "surface")),
    *(("ink", f"{tone}-soft") for tone in TONES),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("surface", "critical"),
]
SHAPES = [("line-strong", "surface"), *((f"series-{number}", "surface") for number in range(1, 7))]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_it_measures_contrast_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_it_keeps_texts_readable(theme: Theme, text: str, ground: str) -> None:
    assert contrast(palette(theme)[text], palette(theme)[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_it_keeps_shapes_visible(theme: Theme, shape: str, ground: str) -> None:
    assert contrast(palette(theme)[shape], palette(theme)[ground]) >= 3


def test_it_has_the_same_tokens_in_both_themes() -> None:
    assert list(palette("light")) == list(palette("dark"))
