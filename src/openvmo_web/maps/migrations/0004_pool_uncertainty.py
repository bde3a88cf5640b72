"""The gain that benefits share is uncertain, and may have a value for each of its units."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def amount(name: str) -> models.DecimalField[Any, Any]:
    """Return the column as it is made here."""
    return models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("maps", "0003_claim_sentence")]
    operations = [
        migrations.AddField("node", "pool_low", amount("gain a year, low")),
        migrations.AddField("node", "pool_high", amount("gain a year, high")),
        migrations.AddField(
            "node",
            "pool_shape",
            models.JSONField(blank=True, default=dict, verbose_name="shape of the uncertainty"),
        ),
        migrations.AddField("node", "pool_value", amount("value of one unit of the gain")),
    ]
