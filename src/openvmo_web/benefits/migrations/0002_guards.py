"""Profiles and measurements are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial")]
    operations = [
        append_only("benefits_profile"),
        append_only("benefits_measurement"),
    ]
