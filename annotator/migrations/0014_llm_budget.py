import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotator", "0013_end_users"),
    ]

    operations = [
        migrations.CreateModel(
            name="LlmBudget",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="llm_budget",
                        serialize=False,
                        to="annotator.project",
                    ),
                ),
                ("nanodollars", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("nanodollars__gte", 0)), name="llm_budget_is_no_debt"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LlmDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("held", models.BigIntegerField(default=0)),
                ("spent", models.BigIntegerField(default=0)),
                ("input_tokens", models.BigIntegerField(default=0)),
                ("output_tokens", models.BigIntegerField(default=0)),
                ("cache_read_tokens", models.BigIntegerField(default=0)),
                ("cache_write_tokens", models.BigIntegerField(default=0)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="llm_days",
                        to="annotator.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LlmOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outcome", models.CharField(max_length=30)),
                ("calls", models.PositiveBigIntegerField(default=0)),
                (
                    "day",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="annotator.llmday",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="llmday",
            constraint=models.UniqueConstraint(fields=("project", "day"), name="one_llm_day_per_project"),
        ),
        migrations.AddConstraint(
            model_name="llmday",
            constraint=models.CheckConstraint(
                condition=models.Q(("held__gte", 0), ("spent__gte", 0)), name="llm_spending_adds_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="llmoutcome",
            constraint=models.UniqueConstraint(fields=("day", "outcome"), name="llm_outcome_counted_once"),
        ),
    ]
