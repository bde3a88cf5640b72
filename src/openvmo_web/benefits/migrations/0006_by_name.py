"""The register stands in the order of the names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("benefits", "0005_first_states")]
    operations = [
        migrations.AddIndex(
            model_name="benefit",
            index=models.Index(fields=["name", "id"], name="benefit_by_name"),
        ),
    ]
