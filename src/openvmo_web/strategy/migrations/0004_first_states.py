"""Objectives that were there before states were kept get a state to look back to."""

from django.db import migrations

from openvmo_web.audit.migrating import first_states


class Migration(migrations.Migration):
    dependencies = [("strategy", "0003_guards"), ("audit", "0003_guards")]
    operations = [first_states("strategy", "Objective")]
