"""How forms are rendered: every field with its label, hint and errors, tied together for assistive technology."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's renderer with our templates for a form and for a field (setting ``FORM_RENDERER``)."""

    form_template_name = "common/forms/form.html"
    field_template_name = "common/forms/field.html"
