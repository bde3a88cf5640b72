"""What verifiers have to do is found at once."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 2_000


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """List the measurements in force that nobody has verified."""
    measurements = apps.get_model("benefits", "Measurement").objects.filter(superseded_by=None, is_verified=False)
    unverified = apps.get_model("realisation", "Unverified")
    rows = measurements.values_list("pk", "benefit", "benefit__initiative__portfolio", "month").order_by("pk")
    batch = []
    for pk, benefit, portfolio, month in rows.iterator(chunk_size=BATCH):
        batch.append(unverified(measurement_id=pk, benefit_id=benefit, portfolio_id=portfolio, month=month))
        if len(batch) == BATCH:
            unverified.objects.bulk_create(batch)
            batch = []
    unverified.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0004_guards"),
        ("portfolio", "0004_portfolio_closed_until"),
        ("realisation", "0003_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unverified",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.DateField(verbose_name="month")),
                (
                    "benefit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="benefits.benefit"
                    ),
                ),
                (
                    "measurement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unverified",
                        to="benefits.measurement",
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.portfolio"
                    ),
                ),
            ],
            options={
                "ordering": ("month", "pk"),
                "indexes": [models.Index(fields=["portfolio", "month"], name="unverified_by_month")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
