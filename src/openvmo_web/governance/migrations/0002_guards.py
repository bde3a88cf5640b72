"""A decision that was taken stays as it was taken."""

from django.db import migrations

from openvmo_web.common.database import append_only, frozen_when


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [
        append_only("governance_decisionitem"),
        frozen_when("governance_decision", "OLD.state <> 'proposed'"),
    ]
