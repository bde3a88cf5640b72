"""What one states to propose a decision, to find one, and to say who decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.models import User
from openvmo_web.governance import words
from openvmo_web.governance.models import Body


class ProposalForm(forms.Form):
    """The title and the reasons of a proposal."""

    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("What is to be decided, for example “Fund the digital portfolio for 2026/27”."),
    )
    rationale = forms.CharField(
        label=_("Reasons"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Why this choice, what was weighed against it, and what would make you change your mind."),
    )


class RemarkForm(forms.Form):
    """What a decider says with a decision."""

    remark = forms.CharField(max_length=5_000, required=False)


class DecisionFilterForm(forms.Form):
    """What narrows the list of decisions."""

    search = forms.CharField(label=_("Search titles"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the states in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *words.STATES.items()]  # type: ignore[attr-defined]


class BodyForm(forms.Form):
    """The name and the members of a body: of a new one, or of the one that is changed."""

    name = forms.CharField(
        label=_("Name"), max_length=300, help_text=_("The group that decides together, for example “Investment board”.")
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Members"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only people with the right “Take decisions” in this portfolio are offered."),
    )

    def __init__(
        self, data: QueryDict | None, *, bodies: QuerySet[Body], people: QuerySet[User], body: Body | None
    ) -> None:
        """Build the form.

        Args:
            data: what was sent; None for an empty form.
            bodies: all bodies of the portfolio.
            people: who can be a member.
            body: the one to change; None adds one.
        """
        initial = {"name": body.name, "members": body.members.all()} if body else {}
        super().__init__(data, initial=initial, auto_id="body_%s")
        self.body = body
        self.others = bodies.exclude(pk=body.pk) if body else bodies
        self.fields["members"].queryset = people  # type: ignore[attr-defined]

    @property
    def code(self) -> str:
        """The code of the body: it keeps the one that it has, and a new one gets it from its name."""
        return self.body.code if self.body else _code_of(self.cleaned_data["name"])

    def clean_name(self) -> str:
        """Refuse a name that gives no code, and one that another body has."""
        name: str = self.cleaned_data["name"]
        if not _code_of(name):
            raise forms.ValidationError(_("Give a name with at least one letter or digit."))
        # A body may be renamed to what is another one's code; only a new one takes its code from the name.
        is_taken = self.others.filter(name__iexact=name).exists() or (
            self.body is None and self.others.filter(code__iexact=_code_of(name)).exists()
        )
        if is_taken:
            raise forms.ValidationError(
                _("There is a body of this name already. Change that one, or give another name.")
            )
        return name


class RightForm(forms.Form):
    """The body that decides on a kind of decision up to a size."""

    kind = forms.ChoiceField(label=_("Kind of decision"), choices=list(words.KINDS.items()))
    up_to = forms.DecimalField(
        required=False,
        min_value=Decimal("0.01"),
        max_digits=15,
        decimal_places=2,
        help_text=_("Up to and with this amount. Empty: without a limit. A right of the same size is replaced."),
    )
    decider = forms.ModelChoiceField(Body.objects.none(), label=_("Who decides"), to_field_name="code")

    def __init__(self, data: QueryDict | None, *, bodies: QuerySet[Body], currency: str) -> None:
        """Offer the bodies of a portfolio, and ask for the limit in its currency."""
        super().__init__(data, auto_id="right_%s")
        self.fields["up_to"].label = _("Limit, in %(currency)s") % {"currency": currency}
        self.fields["decider"].queryset = bodies  # type: ignore[attr-defined]


def _code_of(name: str) -> str:
    return slugify(name, allow_unicode=True)[: Body._meta.get_field("code").max_length]
