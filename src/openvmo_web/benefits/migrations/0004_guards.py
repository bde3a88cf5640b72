"""Baselines and evidence are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("benefits", "0003_register")]
    operations = [
        append_only("benefits_baseline"),
        append_only("benefits_evidence"),
    ]
