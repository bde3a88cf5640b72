"""Estimates have shapes, costs their payments, risks an uncertain slip; initiatives are correlated."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openvmo_web.common.database import append_only


def shape() -> models.JSONField[Any, Any]:
    """Return the column as it is made here."""
    return models.JSONField(blank=True, default=dict, verbose_name="shape of the uncertainty")


def slips_are_certain(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """State the months that a risk costs as certain, which they were; the rows of plans are guarded otherwise."""
    guard = append_only("portfolio_risk")
    vendor = schema_editor.connection.vendor
    for statement in guard.drop_statements(vendor):
        schema_editor.execute(statement, params=None)
    slip = models.F("slip_likely")
    apps.get_model("portfolio", "Risk").objects.using(schema_editor.connection.alias).update(
        slip_low=slip, slip_high=slip
    )
    for statement in guard.create_statements(vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0004_portfolio_closed_until")]
    operations = [
        migrations.AddField("option", "slip_shape", shape()),
        migrations.AddField("costline", "amount_shape", shape()),
        migrations.AddField(
            "costline",
            "every",
            models.PositiveSmallIntegerField(default=1, verbose_name="months between payments"),
        ),
        migrations.AddField("risk", "cost_shape", shape()),
        migrations.RenameField("risk", "slip", "slip_likely"),
        migrations.AlterField(
            "risk", "slip_likely", models.FloatField(default=0.0, verbose_name="slip in months, likely")
        ),
        migrations.AddField("risk", "slip_low", models.FloatField(null=True, verbose_name="slip in months, low")),
        migrations.AddField("risk", "slip_high", models.FloatField(null=True, verbose_name="slip in months, high")),
        migrations.AddField("risk", "slip_shape", shape()),
        migrations.RunPython(slips_are_certain, migrations.RunPython.noop),
        migrations.AddField(
            "dependency",
            "benefit_code",
            models.CharField(
                blank=True,
                default="",
                help_text="Empty means all of the target's.",
                max_length=200,
                verbose_name="benefit that it enables",
            ),
        ),
        migrations.RemoveConstraint("dependency", "dependency_unique"),
        migrations.AddConstraint(
            "dependency",
            models.UniqueConstraint(
                fields=("portfolio", "kind", "source", "target", "benefit_code"), name="dependency_unique"
            ),
        ),
        migrations.CreateModel(
            name="Correlation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("value", models.FloatField(verbose_name="correlation")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.initiative"
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correlations",
                        to="portfolio.portfolio",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.initiative"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("portfolio", "first", "second"), name="correlation_unique"),
                    models.CheckConstraint(
                        condition=models.Q(first=models.F("second"), _negated=True), name="correlation_with_another"
                    ),
                    models.CheckConstraint(condition=models.Q(value__range=(-1, 1)), name="correlation_in_range"),
                ],
            },
        ),
    ]
