from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big table is read."""

    atomic = False
    dependencies = [("feedback", "0007_sample")]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(fields=["project", "received_at"], name="log_by_arrival"),
        ),
    ]
