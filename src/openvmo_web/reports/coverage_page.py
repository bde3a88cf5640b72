"""The page of the coverage: what the reader asks for, its matrix, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.export import ExportColumn, Rows
from openvmo_web.common.searching import words_in
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.reports.coverage import Alignment, Coverage, Orphans, Shown
from openvmo_web.reports.coverage_rows import Grouping, Work, initiatives_covered, parts_of, spending_of

SHOWN: Mapping[Shown, Any] = {
    "spending": gettext_lazy("Spending"),
    "annual": gettext_lazy("Benefit a year"),
    "count": gettext_lazy("Number of benefits"),
}
GROUPINGS: Mapping[Grouping, Any] = {
    "programme": gettext_lazy("Programmes"),
    "initiative": gettext_lazy("Initiatives"),
}
WORK: Mapping[Work, Any] = {
    "all": gettext_lazy("Everything that was not stopped"),
    "funded": gettext_lazy("Only what was funded"),
}


class CoverageForm(forms.Form):
    """What the reader asks for; a value that is not offered counts as the first that is."""

    search = forms.CharField(required=False, label=gettext_lazy("Search initiatives by name, code or unit"))
    programme = forms.ModelChoiceField(
        queryset=Programme.objects.none(),
        required=False,
        label=gettext_lazy("Programme"),
        empty_label=gettext_lazy("All programmes"),
    )
    work = forms.ChoiceField(choices=[*WORK.items()], required=False, label=gettext_lazy("Which work"))
    # What the tabs and links above the matrix have set stays as it is when the reader filters.
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    rows = forms.CharField(required=False, widget=forms.HiddenInput)
    under = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, portfolio: Portfolio) -> None:
        super().__init__(query)
        self.fields["programme"].queryset = Programme.objects.filter(portfolio=portfolio)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Question:
    """What the reader asks for, with defaults for what he leaves open."""

    shown: Shown
    by: Grouping
    work: Work
    under: int | None
    programme: Programme | None
    search: str


def question_of(form: CoverageForm) -> Question:
    """Return what the reader asks for; who looks for an initiative, or into a programme, is shown initiatives."""
    form.is_valid()
    said = form.cleaned_data
    programme, search = said.get("programme"), said.get("search", "")
    by: Grouping = "initiative" if programme or search else _offered(said.get("rows"), GROUPINGS)
    return Question(
        shown=_offered(said.get("show"), SHOWN),
        by=by,
        work=_offered(said.get("work"), WORK),
        under=said.get("under"),
        programme=programme,
        search=search,
    )


def _offered(said: str | None, offered: Mapping[Any, Any]) -> Any:
    return said if said in offered else next(iter(offered))


@dataclass(frozen=True)
class Row:
    """One row of the matrix by programme; `pk` is None for initiatives of no programme."""

    pk: int | None
    name: str


def matrix_rows(viewer: User, coverage: Coverage, question: Question) -> list[Row] | QuerySet[Initiative]:
    """Return the rows of the matrix: the programmes with initiatives, or the initiatives that were asked for."""
    return _programmes(coverage) if question.by == "programme" else _initiatives(viewer, coverage, question)


def _programmes(coverage: Coverage) -> list[Row]:
    keys = [row.group for row in coverage.spending if row.group is not None]
    rows = [Row(programme.pk, programme.name) for programme in Programme.objects.filter(pk__in=keys).order_by("name")]
    has_others = len(keys) < len(coverage.spending)
    return [*rows, Row(None, _("No programme"))] if has_others else rows


def _initiatives(viewer: User, coverage: Coverage, question: Question) -> QuerySet[Initiative]:
    rows = initiatives_covered(viewer, coverage.portfolio, question.work).defer("description").order_by("name", "pk")
    if question.programme:
        rows = rows.filter(programme=question.programme)
    return rows.filter(words_in(question.search, "name", "code", "unit"))


def coverage_columns(portfolio: Portfolio) -> list[ExportColumn]:
    """Return the headings of the coverage as a list: one row for each initiative and objective."""
    money = _("%(currency)s, %(year)s prices") % {"currency": portfolio.currency, "year": portfolio.price_base}
    return [
        ExportColumn(_("Code")),
        ExportColumn(_("Initiative")),
        ExportColumn(_("Programme")),
        ExportColumn(_("Serves")),
        ExportColumn(_("Spending"), money),
        ExportColumn(_("Steady benefit a year"), money),
        ExportColumn(_("Benefits")),
    ]


def coverage_rows(viewer: User, coverage: Coverage) -> Iterator[Sequence[Any]]:
    """Yield the coverage as a list, initiative by initiative; the spending of all rows adds up to all spending."""
    covered = initiatives_covered(viewer, coverage.portfolio, coverage.work)
    cells = coverage.matrix(
        parts_of(coverage.portfolio, coverage.work, "initiative"), spending_of(covered, "initiative")
    )
    initiatives = covered.select_related("programme").defer("description").order_by("name", "pk")
    for initiative in initiatives:
        programme = initiative.programme.name if initiative.programme else None
        for column in coverage.columns:
            cell = cells.get((initiative.pk, column.place))
            if cell:
                figures = (cell.spending, cell.annual, cell.count)
                yield initiative.code, initiative.name, programme, column.label, *figures


def coverage_sheets(
    viewer: User, coverage: Coverage, orphans: Orphans
) -> dict[str, tuple[Sequence[ExportColumn], Rows]]:
    """Return the sheets of the workbook: the list, the alignment, and each kind of gap."""
    portfolio = coverage.portfolio
    money = _("%(currency)s, %(year)s prices") % {"currency": portfolio.currency, "year": portfolio.price_base}
    objective = [ExportColumn(_("Code")), ExportColumn(_("Objective"))]
    benefit = [ExportColumn(_("Initiative")), ExportColumn(_("Code")), ExportColumn(_("Benefit"))]
    return {
        _("Coverage"): (coverage_columns(portfolio), coverage_rows(viewer, coverage)),
        _("Weight and money"): (
            [
                *objective,
                ExportColumn(_("Weight"), _("share")),
                ExportColumn(_("Spending"), money),
                ExportColumn(_("Spending"), _("share")),
                ExportColumn(_("Steady benefit a year"), money),
                ExportColumn(_("Steady benefit a year"), _("share")),
                ExportColumn(_("Benefits")),
                ExportColumn(_("State")),
            ],
            [_alignment_row(row) for row in coverage.alignment()],
        ),
        _("Objectives not served"): (
            objective,
            [[hole.objective.code, hole.objective.name] for hole in coverage.holes],
        ),
        _("Spending without objective"): (
            [ExportColumn(_("Code")), ExportColumn(_("Initiative")), ExportColumn(_("Whole-life cost"), money)],
            [
                [row.code, row.name, row.current_plan.cost_likely if row.current_plan else None]
                for row in orphans.initiatives
            ],
        ),
        _("Benefits without objective"): (benefit, [_benefit_row(row) for row in orphans.benefits]),
        _("Benefits without value"): (benefit, [_benefit_row(row) for row in orphans.unvalued]),
    }


def _alignment_row(row: Alignment) -> list[Any]:
    return [
        row.column.objective.code if row.column.objective else None,
        row.column.label,
        row.weight,
        row.spending,
        row.spending_share,
        row.annual,
        row.annual_share,
        row.benefits,
        row.status.label,
    ]


def _benefit_row(benefit: Benefit) -> list[Any]:
    return [benefit.initiative.name, benefit.code, benefit.name]
