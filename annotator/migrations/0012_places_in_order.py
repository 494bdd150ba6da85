import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big table is read. The new index first."""

    atomic = False
    dependencies = [("annotator", "0011_extra_places")]

    operations = [
        AddIndexConcurrently(
            model_name="place",
            index=models.Index(fields=["queue", "position", "n"], name="places_in_order"),
        ),
        migrations.AlterField(
            model_name="place",
            name="queue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="places",
                to="annotator.queue",
            ),
        ),
    ]
