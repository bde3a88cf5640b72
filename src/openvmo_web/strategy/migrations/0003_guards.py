"""Readings and weighings are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("strategy", "0002_measures")]
    operations = [
        append_only("strategy_reading"),
        append_only("strategy_weighing"),
    ]
