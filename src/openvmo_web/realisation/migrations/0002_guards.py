"""What was answered, held or sent stays as it was."""

from django.db import migrations

from openvmo_web.common.database import append_only, frozen_when


class Migration(migrations.Migration):
    dependencies = [("realisation", "0001_initial")]
    operations = [
        append_only("realisation_digest"),
        append_only("realisation_periodclosing"),
        frozen_when("realisation_handover", "OLD.state <> 'proposed'"),
        frozen_when("realisation_review", "OLD.held_on IS NOT NULL"),
    ]
