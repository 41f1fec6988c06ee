import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0017_gold_of_a_list"), ("registry", "0001_first")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="fused_with",
            field=models.ForeignKey(
                editable=False,
                help_text="whose scores are in the p_fused of what is open",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="registry.ensemble",
            ),
        ),
    ]
