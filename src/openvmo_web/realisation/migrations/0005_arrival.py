"""What each month was to bring and brought is kept for each benefit."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0006_by_name"),
        ("portfolio", "0004_portfolio_closed_until"),
        ("realisation", "0004_unverified"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_in_money", models.BooleanField(verbose_name="has a value in money")),
                ("first", models.DateField(verbose_name="first month")),
                ("amounts", models.BinaryField(verbose_name="amounts")),
                (
                    "benefit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="arrival", to="benefits.benefit"
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.portfolio"
                    ),
                ),
            ],
            options={"ordering": ("benefit",)},
        ),
    ]
