"""An index of the log by arrival. Alone, because it is made beside the writing, outside of a transaction."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("feedback", "0007_sample"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["received_at"], name="log_by_arrival", pages_per_range=32
            ),
        ),
    ]
