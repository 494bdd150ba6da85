from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big table is read."""

    atomic = False
    dependencies = [("annotator", "0010_as_it_was_shown")]

    operations = [
        AddIndexConcurrently(
            model_name="place",
            index=models.Index(
                fields=["queue", "owner"], condition=models.Q(extra=True), name="places_extra"
            ),
        ),
    ]
