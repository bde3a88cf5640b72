"""The options of a choice."""

import re

from django import forms
from django.forms.renderers import DjangoTemplates

CHOICES = [("", "All"), ("a&b", "<Ann> & Bob"), ("Group", [("1", "One"), ("2", "Two")])]


class Asked(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, required=False)
    many = forms.MultipleChoiceField(choices=CHOICES[:2], required=False)


def squeezed(html: str) -> str:
    return re.sub(r">\s+<", "><", html.strip())


def test_it_writes_what_django_writes():
    ours, plain = Asked({"one": "2", "many": ["a&b"]}), Asked({"one": "2", "many": ["a&b"]}, renderer=DjangoTemplates())
    for name in ("one", "many"):
        assert squeezed(str(ours[name])) == squeezed(str(plain[name]))
    assert '<option value="a&amp;b" selected>&lt;Ann&gt; &amp; Bob</option>' in str(ours["many"])
