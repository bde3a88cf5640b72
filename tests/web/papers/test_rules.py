"""Sections, answers and completeness, as plain values."""

import pytest

from openvmo_web.papers.defaults import TEMPLATES
from openvmo_web.papers.facts import facts_for
from openvmo_web.papers.forms import rows_after
from openvmo_web.papers.rules import (
    Section,
    changed,
    completeness,
    keyed,
    missing,
    section_from,
    section_problems,
    value_problem,
)

WHY = Section(key="why", title="Why?", required=True)
WHEN = Section(key="when", title="When?", kind="date", required=True)
HOW_MUCH = Section(key="how-much", title="How much?", kind="number")
WHICH = Section(key="which", title="Which?", kind="choice", choices=("one", "two"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.code)
def test_its_default_templates_can_be_used(template: object) -> None:
    assert section_problems(template.sections, facts_for(template.kind)) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.code)
def test_every_default_template_asks_for_value_evidence_and_an_end(template: object) -> None:
    sections = {section.key: section for section in template.sections}  # type: ignore[attr-defined]
    assert {"evidence", "stop"} <= sections.keys()
    assert any(section.fact in ("benefits", "objectives") for section in sections.values())


def test_it_keeps_a_section_as_it_was_stated() -> None:
    assert section_from(WHICH.as_stored) == WHICH


def test_it_makes_keys_from_titles_and_gives_none_twice() -> None:
    given = keyed(
        [Section("", "Who wins?"), Section("who-wins", "Winner"), Section("", "Who wins?"), Section("", "¿?")]
    )
    assert [section.key for section in given] == ["who-wins-2", "who-wins", "who-wins-3", "section"]


@pytest.mark.parametrize(
    ("sections", "problems"),
    [
        ([], [(0, "sections", "none")]),
        ([WHY] * 61, [(60, "sections", "many")]),
        ([Section("a", " ")], [(0, "title", "untitled")]),
        ([WHY, Section("b", "B", kind="picture")], [(1, "kind", "unknown_kind")]),
        ([Section("c", "C", kind="choice", choices=("one", "one"))], [(0, "choices", "too_few_choices")]),
        ([Section("d", "D", kind="fact", fact="weather")], [(0, "fact", "unknown_fact")]),
        ([WHY, WHY], [(1, "key", "twice")]),
    ],
)
def test_it_says_why_sections_cannot_make_a_template(
    sections: list[Section], problems: list[tuple[int, str, str]]
) -> None:
    found = section_problems(sections, ["lead"])
    assert [(problem.place, problem.field, problem.code) for problem in found] == problems


@pytest.mark.parametrize(
    ("section", "value", "problem"),
    [
        (WHY, "", None),
        (WHY, "Because.", None),
        (WHY, "x" * 20_001, "too_long"),
        (WHEN, "2026-03-31", None),
        (WHEN, "31/03/2026", "no_day"),
        (WHEN, "20260331", "no_day"),
        (HOW_MUCH, "1250.5", None),
        (HOW_MUCH, "-3", None),
        (HOW_MUCH, "much", "no_number"),
        (HOW_MUCH, "NaN", "no_number"),
        (HOW_MUCH, "1e99", "no_number"),
        (WHICH, "two", None),
        (WHICH, "three", "no_choice"),
    ],
)
def test_it_says_whether_an_answer_fits(section: Section, value: str, problem: str | None) -> None:
    assert value_problem(section, value) == problem


def test_it_flags_what_is_wanted_and_empty() -> None:
    sections = (WHY, WHEN, HOW_MUCH)
    assert missing(sections, {"why": " ", "how-much": "3"}) == [WHY, WHEN]
    assert completeness(sections, {"why": "Because."}) == 0.5
    assert completeness(sections, {"why": "Because.", "when": "2026-03-31"}) == 1.0
    assert completeness((HOW_MUCH,), {}) == 1.0


def test_it_tells_what_has_changed_under_the_titles() -> None:
    before, after = {"why": "Because.", "when": "2026-03-31"}, {"why": "Because.", "how-much": "3"}
    assert changed((WHY, WHEN, HOW_MUCH), before, after) == {"When?": ("2026-03-31", None), "How much?": (None, "3")}


@pytest.mark.parametrize(
    ("gesture", "titles", "focus"),
    [
        ("up-1", "bac", 0),
        ("down-1", "acb", 2),
        ("up-0", "abc", 0),
        ("down-2", "abc", 2),
        ("remove-2", "ab", 1),
        ("remove-0", "bc", 0),
        ("remove-9", "abc", None),
        ("preview", "abc", None),
        ("", "abc", None),
    ],
)
def test_it_moves_and_removes_rows(gesture: str, titles: str, focus: int | None) -> None:
    rows, looked_at = rows_after([{"title": title} for title in "abc"], gesture)
    assert "".join(row["title"] for row in rows) == titles
    assert looked_at == focus


def test_it_adds_a_row_at_the_end() -> None:
    assert rows_after([{"title": "a"}], "add") == ([{"title": "a"}, {"kind": "long_text"}], 1)
