from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big table is read."""

    atomic = False
    dependencies = [("annotator", "0007_indexes_of_many_kinds")]

    operations = [
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(fields=["queue", "position", "id"], name="items_in_order"),
        ),
    ]
