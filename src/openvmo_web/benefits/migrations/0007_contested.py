"""What is contested is found at once among all measurements."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("benefits", "0006_by_name")]
    operations = [
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(
                condition=Q(is_contested=True), fields=["benefit", "month"], name="measurement_contested"
            ),
        ),
    ]
