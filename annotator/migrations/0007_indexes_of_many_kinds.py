from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Outside of a transaction: nobody waits while the big tables are read."""

    atomic = False
    dependencies = [("annotator", "0006_queues_of_many_kinds")]

    operations = [
        ValidateConstraint("label", "known_answer"),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("copy_of", None), _negated=True),
                fields=["copy_of"],
                name="items_by_original",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("gold__isnull", False)), fields=["queue"], name="items_with_gold"
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(condition=models.Q(("held", True)), fields=["queue"], name="items_held"),
        ),
        AddIndexConcurrently(
            model_name="place",
            index=models.Index(
                condition=models.Q(("done_at", None), models.Q(("owner", None), _negated=True)),
                fields=["queue", "owner", "position"],
                name="places_in_hand",
            ),
        ),
        AddIndexConcurrently(
            model_name="place",
            index=models.Index(
                condition=models.Q(("done_at", None), _negated=True) & models.Q(extra=False),
                fields=["queue", "owner", "position"],
                name="places_done",
            ),
        ),
    ]
