"""The nightly campaign lends candidates, so that two who scan a night side by side get different ones."""

from django.db import migrations, models


def lend(apps, schema_editor):
    default = apps.get_model("campaigns", "Campaign").objects.filter(is_default=True)
    default.update(assigns=True)
    default.filter(lease_minutes=30).update(lease_minutes=10)  # as its template has it; a choice of one's own stays


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_indexes_of_leasing")]
    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="queue_reason",
            field=models.CharField(
                choices=[
                    ("priority", "moved to the front"),
                    ("urgency", "most urgent"),
                    ("margin", "the networks are least sure of it"),
                    ("top", "most probable asteroid"),
                    ("random", "drawn at random"),
                    ("gold", "its answer is known"),
                    ("recheck", "decided by others, asked again"),
                    ("chosen", "the vetter's own choice"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunPython(lend, migrations.RunPython.noop),
    ]
