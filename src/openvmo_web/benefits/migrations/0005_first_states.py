"""Benefits that were there before states were kept get a state to look back to."""

from django.db import migrations

from openvmo_web.audit.migrating import first_states


class Migration(migrations.Migration):
    dependencies = [("benefits", "0004_guards"), ("audit", "0003_guards"), ("portfolio", "0001_initial")]
    operations = [first_states("benefits", "Benefit", portfolio_path="initiative__portfolio_id")]
