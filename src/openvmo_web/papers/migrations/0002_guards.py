"""Versions of templates and papers are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [
        append_only("papers_paperversion"),
        append_only("papers_templateversion"),
    ]
