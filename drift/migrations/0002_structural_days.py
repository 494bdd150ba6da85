import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotator", "0018_placed_sketches"),
        ("drift", "0001_drift"),
    ]

    operations = [
        migrations.AlterField(
            model_name="structuralchange",
            name="side",
            field=models.CharField(
                choices=[("input", "Input"), ("output", "Output"), ("call", "Call")], max_length=6
            ),
        ),
        migrations.CreateModel(
            name="StructuralDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("edition", models.PositiveSmallIntegerField()),
                ("population", models.PositiveBigIntegerField(default=0)),
                ("drawn", models.PositiveIntegerField(default=0)),
                ("repeats", models.PositiveIntegerField(default=0)),
                ("flood", models.PositiveIntegerField(default=0)),
                (
                    "to_read",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("tally", models.JSONField(default=dict)),
                ("finished_at", models.DateTimeField(null=True)),
                ("judged", models.JSONField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="structural_days",
                        to="annotator.project",
                    ),
                ),
            ],
            options={
                "ordering": ["-day"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "day"), name="structure_read_once_a_day")
                ],
            },
        ),
    ]
