"""When vetters are told of their votes on gold is a policy; so far they were once the campaign was closed."""

import django.core.validators
from django.db import migrations, models

CHOICES = [
    ("never", "never"),
    ("closed", "once the campaign is closed"),
    ("days", "some days after the vote"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0020_agreement_has_its_own_number")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="feedback",
            field=models.CharField(
                choices=CHOICES,
                default="closed",
                help_text="when vetters are told of their votes on candidates whose answer is known",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="feedback_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                help_text="days after the vote, where feedback comes so",
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
    ]
