"""The consensus of gold is what its votes make of it; what was written before anyone voted goes."""

from django.db import migrations, models


def forget(apps, schema_editor):
    items = apps.get_model("campaigns", "PoolItem").objects.exclude(gold_class="")
    consensus = apps.get_model("campaigns", "Consensus").objects
    for campaign in items.values_list("campaign", flat=True).distinct():
        gold = items.filter(campaign=campaign).values("candidate")
        rows = consensus.filter(campaign=campaign, candidate__in=gold)
        rows.filter(votes=0, adjudicated_class="").delete()
        rows.update(p_human=None, p_fused=None)
    # All is weighed anew at the next sweep, and what gold amounts to with it.
    apps.get_model("campaigns", "Campaign").objects.update(skill_fitted_at=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_the_nightly_campaign_lends")]
    operations = [
        migrations.AlterField(
            model_name="consensus",
            name="p_human",
            field=models.FloatField(help_text="probability of an asteroid by the votes alone", null=True),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
