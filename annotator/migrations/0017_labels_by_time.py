import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big table is read."""

    atomic = False
    dependencies = [("annotator", "0016_datasets")]

    operations = [
        AddIndexConcurrently(
            model_name="label",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["created_at"], name="labels_by_time", pages_per_range=32
            ),
        ),
    ]
