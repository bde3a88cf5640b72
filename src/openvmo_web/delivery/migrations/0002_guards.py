"""Status reports and actual costs are added, never changed."""

from django.db import migrations

from openvmo_web.common.database import append_only


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]
    operations = [
        append_only("delivery_statusreport"),
        append_only("delivery_actualcost"),
    ]
