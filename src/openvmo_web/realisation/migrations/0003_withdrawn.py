"""A hand-over that nobody has answered can be withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realisation", "0002_guards")]

    operations = [
        migrations.AlterField(
            model_name="handover",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="proposed",
                max_length=24,
                verbose_name="state",
            ),
        )
    ]
