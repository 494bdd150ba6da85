"""Whose beginning a title is: when that input leaves the log, the title goes. Both tables are small."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drift", "0006_weeks")]

    operations = [
        migrations.AddField("alertgroup", "nearest", models.UUIDField(null=True)),
        migrations.AddField("topic", "nearest", models.UUIDField(null=True)),
    ]
