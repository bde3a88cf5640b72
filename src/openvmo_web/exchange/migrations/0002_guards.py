"""What became of a file stays on record."""

from django.db import migrations

from openvmo_web.common.database import frozen_when


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        frozen_when("exchange_import", "OLD.state IN ('applied', 'discarded', 'refused')"),
    ]
