"""What one states of the things on the benefits map, of their links and of the claims on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.models import User
from openvmo_web.access.queries import holders_of
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.fields import AMOUNT_STEP
from openvmo_web.maps import words
from openvmo_web.maps.models import Node
from openvmo_web.maps.queries import BENEFIT
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Objective

HUNDRED = Decimal(100)
MONTH = "%Y-%m"


class MonthInput(forms.DateInput):
    """The browser's own field for a month."""

    input_type = "month"

    def __init__(self) -> None:
        super().__init__(format=MONTH)


class PercentField(forms.DecimalField):
    """A share that people state in per cent: above 0, up to 100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=Decimal("0.0001"), max_value=HUNDRED, decimal_places=4, **options)
        self.widget.attrs.update({"inputmode": "decimal"})

    def clean(self, value: Any) -> Decimal | None:
        """Return the share: 62 per cent is 0.62."""
        percent: Decimal | None = super().clean(value)
        return None if percent is None else (percent / HUNDRED).quantize(AMOUNT_STEP)


def in_percent(share: Decimal | float | None) -> Decimal | None:
    """Return a share as a form shows it: 0.62 is 62."""
    return None if share is None else (Decimal(str(share)) * HUNDRED).quantize(AMOUNT_STEP).normalize() + 0


class NodeForm(forms.Form):
    """An enabler, a change or an outcome: a new one, or the one that is changed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(words.KINDS.items()))
    name = forms.CharField(
        label=_("Name"), max_length=300, help_text=_("What it is, for example “Staff use one case file”.")
    )
    state = forms.ChoiceField(label=_("State"), choices=list(words.STATES.items()))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False)
    due = forms.DateField(label=_("In place by"), required=False, widget=MonthInput(), input_formats=[MONTH])
    initiative = forms.CharField(
        label=_("Initiative that brings it"), max_length=200, required=False, help_text=_("Its code, if one brings it.")
    )
    pool = forms.DecimalField(
        label=_("Gain a year that benefits share"),
        required=False,
        min_value=AMOUNT_STEP,
        max_digits=21,
        decimal_places=6,
        help_text=_("Only of an outcome: the whole gain, of which each benefit claims a share."),
    )
    pool_low = forms.DecimalField(
        label=_("Gain a year, low"),
        required=False,
        max_digits=21,
        decimal_places=6,
        help_text=_("P10: one chance in ten of being below. Give both low and high, or neither."),
    )
    pool_high = forms.DecimalField(
        label=_("Gain a year, high"),
        required=False,
        max_digits=21,
        decimal_places=6,
        help_text=_("P90: one chance in ten of being above."),
    )
    pool_unit = forms.CharField(
        label=_("Unit of the gain"), max_length=64, required=False, help_text=_("Empty means money.")
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    code = forms.CharField(
        label=_("Code"), max_length=200, required=False, help_text=_("Empty: the next free one of its kind.")
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        portfolio: Portfolio,
        node: Node | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Build the form.

        Args:
            data: What was sent; None for a form that was not sent yet.
            portfolio: The portfolio, whose people can own a node.
            node: The one to change; None adds one.
            initial: What a new one begins with.
        """
        super().__init__(data, initial=_stated(node) if node else initial, auto_id="node_%s")
        self.portfolio, self.node = portfolio, node
        self.fields["owner"].queryset = holders_of("portfolio.view", portfolio.pk)  # type: ignore[attr-defined]
        if node is not None and node.owner_id:
            # Who has left keeps what he owns until somebody else takes it.
            self.fields["owner"].queryset |= User.objects.filter(pk=node.owner_id)  # type: ignore[attr-defined]

    def clean_initiative(self) -> Initiative | None:
        """Find the initiative by its code."""
        code = self.cleaned_data["initiative"]
        if not code:
            return None
        found = Initiative.objects.filter(portfolio=self.portfolio, code=code).first()
        if found is None:
            raise forms.ValidationError(
                _g("There is no initiative “%(code)s” in this portfolio. The list of initiatives shows the codes.")
                % {"code": code}
            )
        return found

    def clean_code(self) -> str:
        """Refuse a code that another node has; a node keeps the one that it has when none is given."""
        code: str = self.cleaned_data["code"] or (self.node.code if self.node else "")
        others = Node.objects.filter(portfolio=self.portfolio, code=code)
        if code and (others.exclude(pk=self.node.pk) if self.node else others).exists():
            raise forms.ValidationError(_g("Another thing of this map has or had this code. Give another one."))
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse a gain to share of what is no outcome."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("pool") is not None and cleaned.get("kind") not in (None, "outcome"):
            self.add_error("pool", _g("Only an outcome has a gain to share. Leave it empty."))
        return cleaned


class StrengthForm(forms.Form):
    """How much of a target hangs on a source."""

    strength = PercentField(
        label=_("Share of the target that hangs on it, in %"),
        required=False,
        help_text=_("Empty: all of it. Without the source, this share of the target is lost."),
    )


class LinkForm(StrengthForm):
    """A new link: what leads to what."""

    source = forms.CharField(max_length=64)
    target = forms.CharField(max_length=64)


class ClaimForm(forms.Form):
    """The share of an outcome that a benefit claims."""

    benefit = forms.ChoiceField(label=_("Benefit"))
    share = PercentField(label=_("Share it claims, in %"))

    def __init__(self, data: QueryDict | None, *, benefits: list[Benefit]) -> None:
        """Offer benefits: those to which the outcome leads, and those that claim a share."""
        super().__init__(data, auto_id="claim_%s")
        self.fields["benefit"].choices = [(f"{BENEFIT}-{row.pk}", row.name) for row in benefits]  # type: ignore[attr-defined]


class ObjectiveForm(forms.Form):
    """The objective that a benefit serves."""

    objective = forms.ModelChoiceField(
        Objective.objects.filter(retired_at=None), label=_("Objective that it serves"), required=False
    )

    def __init__(self, data: QueryDict | None, *, benefit: Benefit) -> None:
        """Begin with the objective that it serves."""
        super().__init__(data, initial={"objective": benefit.objective_id}, auto_id="serve_%s")


class PlaceForm(forms.Form):
    """Where a thing was put."""

    x = forms.FloatField(min_value=-1e6, max_value=1e6)
    y = forms.FloatField(min_value=-1e6, max_value=1e6)


class PartForm(forms.Form):
    """What is looked for on a map."""

    search = forms.CharField(label=_("Find on the map"), required=False, max_length=200)


def _stated(node: Node) -> dict[str, Any]:
    names = ("kind", "name", "state", "due", "pool_unit", "description", "code")
    stated = {name: getattr(node, name) for name in names}
    amounts = {name: getattr(node, name) for name in ("pool", "pool_low", "pool_high")}
    return stated | {
        "owner": node.owner_id,
        **{name: None if amount is None else amount.normalize() + 0 for name, amount in amounts.items()},
        "initiative": node.initiative.code if node.initiative else "",
    }
