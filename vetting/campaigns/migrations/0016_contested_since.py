"""The inbox goes by when a candidate became contested; of those that wait, the last change is all that is known."""

from django.db import migrations, models
from django.db.models import F


def carry_over(apps, schema_editor):
    contested = apps.get_model("campaigns", "Consensus").objects.exclude(conflict="")
    contested.update(contested_at=F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0015_gold_looks_like_any_other")]
    operations = [
        migrations.AddField(
            model_name="consensus",
            name="contested_at",
            field=models.DateTimeField(help_text="since when an adjudicator is asked", null=True),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
