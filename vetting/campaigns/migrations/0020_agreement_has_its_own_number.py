"""Agreement never asked “until the answer is sure”: what said so is written down as it was counted."""

from django.db import migrations


def as_counted(apps, schema_editor):
    said = apps.get_model("campaigns", "Campaign").objects.filter(rule="n_agreeing", redundancy="adaptive")
    said.update(redundancy="fixed")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0019_invitations_followed")]
    operations = [migrations.RunPython(as_counted, migrations.RunPython.noop)]
