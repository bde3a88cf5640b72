"""A second claim on an outcome is refused in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("maps", "0002_share_sentences")]

    operations = [
        migrations.AlterConstraint(
            model_name="claim",
            name="claim_once_an_outcome",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("outcome", "benefit"),
                name="claim_once_an_outcome",
                violation_error_message="The benefit claims a share of this outcome already.",
            ),
        ),
    ]
