"""A review names its portfolio, as the benefit's initiative does."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery

from openvmo_web.common.database import frozen_when

GUARD = frozen_when("realisation_review", "OLD.held_on IS NOT NULL")


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the portfolio into every review; the guard of those that were held is lifted meanwhile."""
    for statement in GUARD.drop_statements(editor.connection.vendor):
        editor.execute(statement, params=None)
    benefits = apps.get_model("benefits", "Benefit").objects.filter(pk=OuterRef("benefit"))
    portfolio = Subquery(benefits.values("initiative__portfolio")[:1])
    apps.get_model("realisation", "Review").objects.update(portfolio=portfolio)


class Migration(migrations.Migration):
    dependencies = [("realisation", "0005_arrival"), ("benefits", "0001_initial"), ("portfolio", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="portfolio",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.portfolio"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        GUARD,
    ]
