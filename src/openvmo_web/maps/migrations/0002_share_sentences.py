"""The sentences that refuse a share are shown with their per cent signs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0005_first_states"),
        ("maps", "0001_initial"),
        ("portfolio", "0004_portfolio_closed_until"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="claim",
            name="claim_is_share",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gt", 0), ("share__lte", 1)),
                name="claim_is_share",
                violation_error_message="A share lies above 0%% and up to 100%%.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="link",
            name="link_strength_is_share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("strength__isnull", True), models.Q(("strength__gt", 0), ("strength__lte", 1)), _connector="OR"
                ),
                name="link_strength_is_share",
                violation_error_message="A share lies above 0%% and up to 100%%.",
            ),
        ),
    ]
