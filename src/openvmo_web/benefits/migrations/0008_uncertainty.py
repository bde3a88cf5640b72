"""The yearly value of a profile has a shape, and its ramp may be a given curve."""

from django.db import migrations, models

from openvmo.engine.model.kinds import RampShape
from openvmo_web.benefits.words import RAMP_SHAPES


class Migration(migrations.Migration):
    dependencies = [("benefits", "0007_contested")]
    operations = [
        migrations.AddField(
            "profile",
            "annual_shape",
            models.JSONField(blank=True, default=dict, verbose_name="shape of the uncertainty"),
        ),
        migrations.AddField("profile", "curve", models.JSONField(blank=True, default=list, verbose_name="given curve")),
        migrations.AlterField(
            "profile",
            "ramp_shape",
            models.CharField(
                choices=[(str(word), label) for word, label in RAMP_SHAPES.items()],
                default=RampShape.LINEAR,
                max_length=24,
                verbose_name="ramp",
            ),
        ),
    ]
