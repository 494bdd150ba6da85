from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Records dated ahead of their receipt are known by the id of the time that they were sent with."""

    atomic = False  # the index of a long log is built beside its use

    dependencies = [("feedback", "0002_log_import")]

    operations = [
        migrations.AddField("interaction", "sent_id", models.UUIDField(null=True)),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ahead_once"
                    " ON feedback_interaction (sent_id) WHERE sent_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS ahead_once",
                )
            ],
            [
                migrations.AddConstraint(
                    "interaction",
                    models.UniqueConstraint(
                        fields=["sent_id"], name="ahead_once", condition=~Q(sent_id=None)
                    ),
                )
            ],
        ),
    ]
