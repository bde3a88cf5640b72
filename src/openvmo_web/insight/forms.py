"""What one states to start an analysis, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model import PortfolioError
from openvmo.engine.reference import document_of_table
from openvmo.files.references import references_from_bytes
from openvmo_web.insight import words
from openvmo_web.insight.results import financial_year
from openvmo_web.portfolio.models import Portfolio

BUDGET = "budget_"
MOST_BYTES = 5_000_000


class ForecastForm(forms.Form):
    """The parameters of a forecast."""

    trials = forms.IntegerField(
        label=_("Simulated futures"),
        initial=10_000,
        min_value=100,
        max_value=200_000,
        help_text=_("More futures make the figures steadier and the run longer. 10,000 suits most portfolios."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("The same inputs and the same seed give the same figures, to the last digit."),
    )
    outside_view = forms.BooleanField(
        label=_("Correct the plans by how finished work of the same kind turned out"),
        initial=True,
        required=False,
        help_text=_("The outside view. Both views are kept, so that you can compare them."),
    )
    references = forms.FileField(
        label=_("Your own reference classes"),
        required=False,
        max_length=255,
        help_text=_(
            "The file that “openvmo calibrate” writes from your finished work. Its classes go before published ones "
            "of the same id. Empty: the published classes alone."
        ),
    )
    assumed_bcr = forms.FloatField(
        label=_("Assumed benefit-cost ratio"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_(
            "Only for initiatives that state no financial benefit. Empty: they count as cost alone, and the result "
            "says so. With 1.5, each gets an assumed benefit worth 1.5 times its planned whole-life cost, and the "
            "result says how many these are."
        ),
    )
    benefit_years = forms.IntegerField(
        label=_("Years over which an assumed benefit arrives"),
        initial=10,
        min_value=1,
        max_value=60,
        help_text=_("From go-live, the same amount each year. Not used without an assumed ratio."),
    )

    def clean_references(self) -> list[dict[str, Any]] | None:
        """Read the classes of the file; None without one."""
        file = self.cleaned_data["references"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large to hold reference classes."))
        try:
            return document_of_table(references_from_bytes(file.read(), file.name))
        except PortfolioError as error:
            raise forms.ValidationError([f"{one.problem} {one.remedy}" for one in error.findings]) from error

    def clean(self) -> dict[str, Any]:
        """Refuse classes that the forecast would not apply."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("references") and not cleaned.get("outside_view"):
            self.add_error(
                "references", _("Correct the plans by finished work to apply these classes, or leave them out.")
            )
        return cleaned

    def parameters(self) -> dict[str, Any]:
        """Return what was stated as the analysis takes it."""
        return dict(self.cleaned_data)


class ChooseForm(ForecastForm):
    """The parameters of a choice: those of its forecast, the money by year, and what must or may not be in."""

    money = forms.ChoiceField(
        label=_("Money available"),
        choices=[
            ("years", _("The amounts by financial year below")),
            ("share", _("A share of what all current plans want")),
        ],
        widget=forms.RadioSelect,
        initial="years",
    )
    share_of_demand = forms.FloatField(
        label=_("Share of what all current plans want, in %"),
        required=False,
        min_value=0,
        max_value=1000,
        initial=60,
        help_text=_("Each year gets this share of what it is expected to cost. Used only with the second way."),
    )
    mandatory = forms.MultipleChoiceField(
        label=_("Must be in"),
        required=False,
        help_text=_("Chosen whatever it costs, beside those that the register marks as mandatory."),
    )
    forbidden = forms.MultipleChoiceField(
        label=_("May not be in"),
        required=False,
        help_text=_("Left out whatever it is worth, beside those that the register rules out."),
    )

    def __init__(
        self,
        *args: Any,
        portfolio: Portfolio,
        years: Mapping[int, float | None],
        demand: Mapping[int, float],
        **kwargs: Any,
    ) -> None:
        """Build the form for a portfolio.

        Args:
            *args: as Django takes them.
            portfolio: whose initiatives can be named.
            years: the financial years, each with the amount to begin with.
            demand: what all current plans want in a year, where a forecast has told it.
            **kwargs: as Django takes them.
        """
        super().__init__(*args, **kwargs)
        self.currency = portfolio.currency
        self.demand = {f"{BUDGET}{year}": amount for year, amount in demand.items()}
        self.order_fields(["money", "share_of_demand", "mandatory", "forbidden"])
        # Amounts that come from the demand limit nothing: without budgets a share of it is the better beginning.
        self.initial.setdefault("money", "years" if portfolio.budgets.exists() else "share")
        names = [
            (code, f"{name} ({code})")
            for code, name in portfolio.initiatives.order_by("name").values_list("code", "name")
        ]
        for field in ("mandatory", "forbidden"):
            self.fields[field].choices = names  # type: ignore[attr-defined]
            self.fields[field].widget.attrs["size"] = 8
        for year, amount in years.items():
            label = financial_year(year, portfolio.fiscal_year_start)
            self.fields[f"{BUDGET}{year}"] = forms.FloatField(
                label=label, required=False, min_value=0, initial=None if amount is None else round(amount)
            )

    @cached_property
    def budget_fields(self) -> list[tuple[forms.BoundField, float | None]]:
        """The fields of the money by year, each with the demand of that year."""
        return [(field, self.demand.get(field.name)) for field in self if field.name.startswith(BUDGET)]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """All fields that are not about money."""
        return [field for field in self if not field.name.startswith((BUDGET, "money", "share_of_demand"))]

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        cleaned = super().clean() or self.cleaned_data
        both = sorted(set(cleaned.get("mandatory", ())) & set(cleaned.get("forbidden", ())))
        if both:
            self.add_error(
                "forbidden", _("Named in both lists: %(codes)s. Take it out of one.") % {"codes": ", ".join(both)}
            )
        if (
            cleaned.get("money") == "share"
            and cleaned.get("share_of_demand") is None
            and "share_of_demand" not in self.errors
        ):
            self.add_error("share_of_demand", _("Say how large the share is, for example 60."))
        if cleaned.get("money") == "years" and not self._stated(cleaned) and not self._has_wrong_budget():
            self.add_error(
                "money", _("No year has an amount. Fill in at least one year below, or take a share of the demand.")
            )
        return cleaned

    def parameters(self) -> dict[str, Any]:
        """Return what was stated as the analysis takes it, with the money as amounts or as a share."""
        cleaned = self.cleaned_data
        by_share = {"share_of_demand": cleaned["share_of_demand"] / 100} if cleaned["money"] == "share" else None
        own = ("money", "share_of_demand")
        named = {name: value for name, value in cleaned.items() if name not in own and not name.startswith(BUDGET)}
        return {**named, "budgets": by_share or self._stated(cleaned)}

    def _stated(self, cleaned: Mapping[str, Any]) -> dict[str, float]:
        """The amounts that were given; a year without one is not limited."""
        years = {name.removeprefix(BUDGET): amount for name, amount in cleaned.items() if name.startswith(BUDGET)}
        return {year: amount for year, amount in years.items() if amount is not None}

    def _has_wrong_budget(self) -> bool:
        return any(name.startswith(BUDGET) for name in self.errors)


class RunFilterForm(forms.Form):
    """What narrows the list of runs."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["kind"].choices = [everything, *words.KINDS.items()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [everything, *words.STATES.items()]  # type: ignore[attr-defined]


class ReferencesFilterForm(forms.Form):
    """What narrows the list of reference classes."""

    search = forms.CharField(label=_("Search classes and sources"), required=False)
    dimension = forms.ChoiceField(
        label=_("Dimension"), required=False, choices=[("", _("All")), *words.DIMENSIONS.items()]
    )
    use = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("used", _("Used by an initiative")), ("spread", _("With a range"))],
    )


class RowsFilterForm(forms.Form):
    """What narrows the rows of a result."""

    search = forms.CharField(label=_("Search initiatives"), required=False)
    only = forms.ChoiceField(label=_("Show"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "forecast": [("", _("All options")), ("current", _("Current plans"))],
            "choose": [("", _("All")), ("in", _("Chosen")), ("out", _("Not chosen"))],
        }
        self.fields["only"].choices = choices[kind]  # type: ignore[attr-defined]
