"""What one states to make a template, and to fill it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from openvmo_web.papers import words
from openvmo_web.papers.facts import facts_for
from openvmo_web.papers.rules import LONGEST, MOST_SECTIONS, Section, SectionProblem

PREFIX = "sections"
LONG_ROWS = 5


class TemplateForm(forms.Form):
    """What a template is called, and why it is changed."""

    name = forms.CharField(label=_("Name"), max_length=200)
    reason = forms.CharField(
        label=_("Why is it changed?"),
        max_length=500,
        required=False,
        help_text=_("Stands in the history of the template."),
    )


class NewTemplateForm(TemplateForm):
    """A new template: its kind stays."""

    kind = forms.ChoiceField(
        label=_("Kind of paper"),
        help_text=_("A benefit profile is filled in for each benefit, the others for the initiative."),
    )
    field_order = ("kind", "name", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = list(words.KINDS.items())  # type: ignore[attr-defined]
        self.fields["reason"].label = _("Why is it added?")


class SectionForm(forms.Form):
    """One section of a template."""

    key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=300, error_messages={"required": words.UNTITLED})
    help = forms.CharField(label=_("What makes a good answer"), max_length=1_000, required=False)
    kind = forms.ChoiceField(label=_("Answer"))
    fact = forms.ChoiceField(label=_("Fact from the register"), required=False)
    choices = forms.CharField(label=_("Choices, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    required = forms.BooleanField(label=_("Wanted in a complete paper"), required=False)

    def __init__(self, *args: Any, paper_kind: str, **options: Any) -> None:
        """Offer the kinds of answers, and the facts that a paper of a kind can take."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = list(words.SECTION_KINDS.items())  # type: ignore[attr-defined]
        facts = [(name, fact.label) for name, fact in facts_for(paper_kind).items()]
        self.fields["fact"].choices = [("", _("none")), *facts]  # type: ignore[attr-defined]

    @property
    def section(self) -> Section:
        """The section that was stated."""
        stated = self.cleaned_data
        choices = tuple(dict.fromkeys(line.strip() for line in stated["choices"].splitlines() if line.strip()))
        kind = stated["kind"]
        return Section(
            key=stated["key"],
            title=stated["title"],
            help=stated["help"],
            kind=kind,
            required=stated["required"],
            choices=choices if kind == "choice" else (),
            fact=stated["fact"] if kind == "fact" else "",
        )


# A row beyond the limit is still read, so that the sentence about it can be said.
Sections = forms.formset_factory(SectionForm, extra=0, max_num=MOST_SECTIONS + 1, absolute_max=MOST_SECTIONS + 1)


def sections_form(rows: Sequence[Mapping[str, Any]], paper_kind: str) -> Any:
    """Return the form of a template's sections with the given rows in it."""
    return Sections(prefix=PREFIX, initial=rows, form_kwargs={"paper_kind": paper_kind})


def sections_stated(data: QueryDict, paper_kind: str) -> Any:
    """Return the form of the sections that were sent."""
    return Sections(data, prefix=PREFIX, form_kwargs={"paper_kind": paper_kind})


def row_of(section: Section) -> dict[str, Any]:
    """Return a section as its row in the form."""
    return {**section.as_stored, "choices": "\n".join(section.choices)}


def rows_sent(data: QueryDict) -> list[dict[str, Any]]:
    """Return the rows as they were sent, right or wrong."""
    names = [name for name in SectionForm.base_fields if name != "required"]
    count = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    places = range(min(int(count), MOST_SECTIONS + 1) if count.isdecimal() else 0)
    return [
        {name: data.get(f"{PREFIX}-{place}-{name}", "") for name in names}
        | {"required": bool(data.get(f"{PREFIX}-{place}-required"))}
        for place in places
    ]


def rows_after(rows: list[dict[str, Any]], gesture: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return the rows after a button was pressed, and the place that the writer looks at next.

    Args:
        rows: The rows as they stand.
        gesture: "add", or "up", "down" or "remove" with the place, as in "up-2".
    """
    verb, _separator, text = gesture.partition("-")
    if verb == "add":
        return ([*rows, {"kind": "long_text"}], len(rows)) if len(rows) < MOST_SECTIONS else (rows, None)
    place = int(text) if text.isdecimal() else len(rows)
    if place >= len(rows):
        return rows, None
    if verb == "remove":
        return rows[:place] + rows[place + 1 :], min(place, len(rows) - 2) if len(rows) > 1 else None
    target = place + {"up": -1, "down": 1}.get(verb, 0)
    if not 0 <= target < len(rows):
        return rows, place
    moved = list(rows)
    moved[place], moved[target] = moved[target], moved[place]
    return moved, target


def problems_show(form: forms.Form, sections: Any, problems: Sequence[SectionProblem]) -> None:
    """Write the sentences about wrong sections beside their fields."""
    for problem in problems:
        sentence = str(words.SECTION_PROBLEMS[problem.code])
        if problem.field == "sections" or problem.place >= len(sections.forms):
            form.add_error(None, sentence)
        else:
            sections.forms[problem.place].add_error(None if problem.field == "key" else problem.field, sentence)


@dataclass(frozen=True)
class SectionRow:
    """A section on the page where a paper is written: a field, or what the register says."""

    section: Section
    title: str
    help: str
    field: BoundField | None
    fact: str


class PaperForm(forms.Form):
    """The sections of a template as fields; nothing has to be filled in."""

    def __init__(
        self, sections: Sequence[Section], data: QueryDict | None = None, values: Mapping[str, str] | None = None
    ) -> None:
        """Build the form.

        Args:
            sections: What the template asks for.
            data: What was sent; None for the form as it stands.
            values: What the paper says now.
        """
        super().__init__(data, initial=dict(values or {}), prefix="paper")
        self.sections = sections
        for section in sections:
            if section.kind != "fact":
                self.fields[section.key] = _field(section)

    def rows(self, facts: Mapping[str, str]) -> Iterator[SectionRow]:
        """Yield the sections in their order, each with its field or its fact."""
        for section in self.sections:
            field = self[section.key] if section.key in self.fields else None
            title, help_text = words.shown(section.title), words.shown(section.help)
            yield SectionRow(section, title, help_text, field, facts.get(section.key, ""))

    @property
    def values(self) -> dict[str, str]:
        """The answers as they are kept."""
        return {key: _kept(value) for key, value in self.cleaned_data.items()}


class PaperSaveForm(forms.Form):
    """What goes with a saved paper: why it changed, and which version the writer had before him."""

    note = forms.CharField(
        label=_("What has changed?"), max_length=500, required=False, help_text=_("Stands in the history of the paper.")
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def _field(section: Section) -> forms.Field:
    options: dict[str, Any] = {
        "label": words.shown(section.title),
        "help_text": words.shown(section.help),
        "required": False,
    }
    match section.kind:
        case "number":
            return forms.DecimalField(**options)
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
        case "choice":
            choices = [("", _("Choose")), *((choice, words.shown(choice)) for choice in section.choices)]
            return forms.ChoiceField(choices=choices, **options)
        case "text":
            return forms.CharField(max_length=LONGEST["text"], **options)
        case _:
            widget = forms.Textarea(attrs={"rows": LONG_ROWS})
            return forms.CharField(max_length=LONGEST["long_text"], widget=widget, **options)


def _kept(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
