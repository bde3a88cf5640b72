"""Inputs and results of runs stay as they were once a run is finished."""

from django.db import migrations

from openvmo_web.common.database import append_only, frozen_when


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]
    operations = [
        append_only("insight_snapshot"),
        append_only("insight_worth"),
        frozen_when("insight_run", "OLD.finished_at IS NOT NULL"),
        frozen_when("insight_recomputation", "OLD.finished_at IS NOT NULL"),
    ]
