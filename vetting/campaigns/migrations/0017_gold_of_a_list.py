"""Gold may come from a list of the manager's."""

from django.db import migrations, models

SOURCES = [
    ("known", "a known asteroid"),
    ("injected", "an injected streak"),
    ("adjudicated", "adjudicated"),
    ("listed", "a manager's list"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0016_contested_since")]
    operations = [
        migrations.AlterField(
            model_name="poolitem",
            name="gold_source",
            field=models.CharField(blank=True, choices=SOURCES, max_length=11),
        ),
    ]
