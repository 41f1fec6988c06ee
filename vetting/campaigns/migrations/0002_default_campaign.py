"""The one campaign that every site starts with: the nightly vetting, whose consensus moves candidates."""

from django.db import migrations


def make_default(apps, schema_editor):
    apps.get_model("campaigns", "Campaign").objects.get_or_create(
        name="Nightly vetting",
        defaults={
            "description": "Every plausible candidate of the night, best first; one vote decides.",
            "is_default": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_first")]
    operations = [migrations.RunPython(make_default, migrations.RunPython.noop)]
