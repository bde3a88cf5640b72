"""What one states to propose a decision, and to find one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openvmo_web.governance import words


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
