"""Versions are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_version")]
    operations = [
        append_only("audit_version"),
    ]
