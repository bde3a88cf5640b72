"""Every review has its portfolio; a list of them is found in its order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("realisation", "0006_review_portfolio")]

    operations = [
        migrations.AlterField(
            model_name="review",
            name="portfolio",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.portfolio"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["portfolio", "-held_on", "due_on", "id"], name="review_open_first"),
        ),
    ]
