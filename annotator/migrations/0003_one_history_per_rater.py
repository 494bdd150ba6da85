from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotator", "0002_signin_tries")]

    operations = [
        migrations.AddConstraint(
            model_name="label",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes", None)),
                fields=("item", "question", "rater"),
                name="one_history_per_rater",
            ),
        ),
    ]
