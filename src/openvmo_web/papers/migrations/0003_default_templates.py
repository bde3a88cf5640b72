"""A new installation has the four templates that come with the product."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from openvmo_web.papers.defaults import TEMPLATES


def add(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Store each template with its first version."""
    template, version = apps.get_model("papers", "Template"), apps.get_model("papers", "TemplateVersion")
    for default in TEMPLATES:
        row = template.objects.create(kind=default.kind, code=default.code, name=default.name)
        sections = [section.as_stored for section in default.sections]
        version.objects.create(template=row, number=1, sections=sections, recorded_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("papers", "0002_guards")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
