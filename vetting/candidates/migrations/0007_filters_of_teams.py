import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('candidates', '0006_known_objects'),
    ]

    operations = [
        migrations.AddField(
            model_name='savedfilter',
            name='team',
            field=models.ForeignKey(blank=True, help_text='a group of logins that sees and uses it', null=True, on_delete=django.db.models.deletion.SET_NULL, to='auth.group'),
        ),
    ]
