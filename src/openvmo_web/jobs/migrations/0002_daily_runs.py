"""Which daily tasks were begun for which day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64, verbose_name="task")),
                ("day", models.DateField(verbose_name="day")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job", verbose_name="job"
                    ),
                ),
            ],
            options={
                "verbose_name": "daily run",
                "verbose_name_plural": "daily runs",
                "ordering": ["-day", "name"],
                "constraints": [models.UniqueConstraint(fields=("name", "day"), name="jobs_dailyrun_once_a_day")],
            },
        ),
    ]
