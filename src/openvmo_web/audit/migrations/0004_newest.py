"""The newest entry of a portfolio is found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_guards")]
    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["portfolio_id", "-id"], name="audit_entry_newest"),
        ),
    ]
