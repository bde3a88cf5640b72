"""Versions of plans are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]
    operations = [
        append_only("portfolio_plan"),
        append_only("portfolio_option"),
        append_only("portfolio_costline"),
        append_only("portfolio_risk"),
    ]
