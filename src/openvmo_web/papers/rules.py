"""Sections of templates and what is written in them, as plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

KINDS = ("text", "long_text", "number", "date", "choice", "fact")
# A template of these kinds is filled in once for each benefit; the others once for each initiative.
KINDS_OF_BENEFITS = frozenset({"benefit_profile"})
MOST_SECTIONS = 60
LONGEST = {"text": 500, "long_text": 20_000}
MOST_DIGITS = 24
LONGEST_KEY = 40


@dataclass(frozen=True)
class Section:
    """One thing that a template asks for.

    Attributes:
        key: What the answer is kept under; it stays when the title changes.
        title: What is asked.
        help: What makes a good answer.
        kind: One of ``KINDS``.
        required: Whether a paper without an answer counts as incomplete.
        choices: The answers to choose from, for the kind "choice".
        fact: The name of the fact that answers it, for the kind "fact".
    """

    key: str
    title: str
    help: str = ""
    kind: str = "long_text"
    required: bool = False
    choices: tuple[str, ...] = ()
    fact: str = ""

    @property
    def as_stored(self) -> dict[str, Any]:
        """The section as a version of a template keeps it."""
        return {**asdict(self), "choices": list(self.choices)}


@dataclass(frozen=True)
class SectionProblem:
    """Why a section cannot be used: its place, counted from 0, the field, and a code for the sentence."""

    place: int
    field: str
    code: str


def section_from(stored: Mapping[str, Any]) -> Section:
    """Return the section that a version of a template keeps."""
    return Section(**{**stored, "choices": tuple(stored.get("choices", ()))})


def sections_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Return the sections that a version of a template keeps."""
    return tuple(map(section_from, stored))


def keyed(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections, those without a key with one made from their title; a kept key is never given twice."""
    given = list(sections)
    taken = {section.key for section in given if section.key}
    return tuple(_with_key(section, taken) for section in given)


def _with_key(section: Section, taken: set[str]) -> Section:
    if section.key:
        return section
    stem = _stem(section.title)
    key = next(name for name in _names(stem) if name not in taken)
    taken.add(key)
    return Section(**{**section.as_stored, "key": key, "choices": section.choices})


def _stem(title: str) -> str:
    """A title in small Latin letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_KEY].strip("-") or "section"


def _names(stem: str) -> Iterable[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def section_problems(sections: Sequence[Section], facts: Iterable[str]) -> list[SectionProblem]:
    """Return why sections cannot make a template.

    Args:
        sections: The sections in their order.
        facts: The names of the facts that there are.
    """
    if not sections:
        return [SectionProblem(0, "sections", "none")]
    if len(sections) > MOST_SECTIONS:
        return [SectionProblem(MOST_SECTIONS, "sections", "many")]
    known = set(facts)
    return [problem for place, section in enumerate(sections) for problem in _problems(place, section, sections, known)]


def _problems(place: int, section: Section, sections: Sequence[Section], facts: set[str]) -> Iterable[SectionProblem]:
    if not section.title.strip():
        yield SectionProblem(place, "title", "untitled")
    if section.kind not in KINDS:
        yield SectionProblem(place, "kind", "unknown_kind")
    if section.kind == "choice" and len(set(section.choices)) < 2:
        yield SectionProblem(place, "choices", "too_few_choices")
    if section.kind == "fact" and section.fact not in facts:
        yield SectionProblem(place, "fact", "unknown_fact")
    if section.key and section.key in {earlier.key for earlier in sections[:place]}:
        yield SectionProblem(place, "key", "twice")


def value_problem(section: Section, value: str) -> str | None:
    """Return a code for the sentence that says why a text does not answer a section; None when it does.

    An empty text answers every section: what is missing is flagged, not refused.
    """
    if not value:
        return None
    if section.kind in LONGEST and len(value) > LONGEST[section.kind]:
        return "too_long"
    if section.kind == "number" and not _is_number(value):
        return "no_number"
    if section.kind == "date" and not _is_day(value):
        return "no_day"
    if section.kind == "choice" and value not in section.choices:
        return "no_choice"
    return None


def _is_number(value: str) -> bool:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and len(number.as_tuple().digits) <= MOST_DIGITS and abs(number.adjusted()) <= MOST_DIGITS


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def missing(sections: Iterable[Section], values: Mapping[str, str]) -> list[Section]:
    """Return the sections that are wanted and have no answer."""
    return [section for section in sections if section.required and not values.get(section.key, "").strip()]


def completeness(sections: Sequence[Section], values: Mapping[str, str]) -> float:
    """Return the share of the wanted sections that have an answer; 1 when none is wanted."""
    wanted = sum(section.required for section in sections)
    return 1 - len(missing(sections, values)) / wanted if wanted else 1.0


def changed(
    sections: Iterable[Section], before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, tuple[str | None, str | None]]:
    """Return what differs between two versions of a paper, under the titles of the sections."""
    return {
        section.title: (before.get(section.key) or None, after.get(section.key) or None)
        for section in sections
        if before.get(section.key, "") != after.get(section.key, "")
    }
