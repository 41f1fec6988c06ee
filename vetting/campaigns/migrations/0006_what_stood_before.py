"""Campaigns of before stay open to every login; their description is their first guideline; what was decided is retired."""

from django.db import migrations


def carry_over(apps, schema_editor):
    campaigns = apps.get_model("campaigns", "Campaign")
    campaigns.objects.update(is_public=True)
    for campaign in campaigns.objects.all():
        guideline = apps.get_model("campaigns", "GuidelineVersion").objects.create(
            campaign=campaign, number=1, text=campaign.description
        )
        labels = apps.get_model("campaigns", "Label").objects.filter(campaign=campaign)
        labels.filter(action="label").update(guideline=guideline)
        decided = apps.get_model("campaigns", "Consensus").objects.filter(campaign=campaign).exclude(fine_class="")
        for row in decided.iterator():
            rows = labels.filter(candidate=row.candidate_id).order_by("pk").values_list("pk", "vetter", "undoes")
            undone = {undoes for _, _, undoes in rows if undoes}
            row.counted = sorted({vetter: pk for pk, vetter, undoes in rows if not undoes and pk not in undone}.values())
            row.voted_class, row.retirement, row.retired_at = row.fine_class, "decided", row.updated_at
            row.save(update_fields=["counted", "voted_class", "retirement", "retired_at"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_policies_people_pools")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
