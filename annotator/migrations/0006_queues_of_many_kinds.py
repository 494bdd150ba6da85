import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import annotator.models.fields
import annotator.models.queues


class Migration(migrations.Migration):
    dependencies = [
        ("annotator", "0005_invitation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consensus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("left", "Left"),
                            ("right", "Right"),
                            ("tie", "Tie"),
                            ("both_bad", "Both bad"),
                            ("skip", "Skipped"),
                            ("undo", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("adjudicated", "Adjudicated"),
                            ("agreed", "Agreed"),
                            ("majority", "Majority"),
                            ("none", "None"),
                        ],
                        max_length=12,
                    ),
                ),
                ("n", models.PositiveSmallIntegerField()),
                ("share", models.FloatField()),
                (
                    "second_opinion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("left", "Left"),
                            ("right", "Right"),
                            ("tie", "Tie"),
                            ("both_bad", "Both bad"),
                            ("skip", "Skipped"),
                            ("undo", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("confidence", models.FloatField(null=True)),
                ("computed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="DefectKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ItemImport",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("shape", models.JSONField()),
                ("mapping", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ItemVector",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="vector",
                        serialize=False,
                        to="annotator.item",
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                ("vector", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Prelabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("left", "Left"),
                            ("right", "Right"),
                            ("tie", "Tie"),
                            ("both_bad", "Both bad"),
                            ("skip", "Skipped"),
                            ("undo", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("confidence", models.FloatField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="QueuePerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("result", models.JSONField()),
                ("last_label", models.BigIntegerField(default=0)),
                ("computed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="label",
            name="known_answer",
        ),
        AddConstraintNotValid(
            model_name="label",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer__in", ["yes", "no", "left", "right", "tie", "both_bad", "skip", "undo"])
                ),
                name="known_answer",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="copy_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="copies",
                to="annotator.item",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="findings",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="item",
            name="gold",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="item",
            name="held",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="item",
            name="left",
            field=annotator.models.fields.PayloadField(null=True),
        ),
        migrations.AddField(
            model_name="item",
            name="left_variant",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="item",
            name="right",
            field=annotator.models.fields.PayloadField(null=True),
        ),
        migrations.AddField(
            model_name="item",
            name="right_variant",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="label",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="marks",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="label",
            name="prelabel_shown",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="label",
            name="swapped",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="label",
            name="wait_ms",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="place",
            name="extra",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="place",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="question",
            name="kind",
            field=models.CharField(
                choices=[("binary", "Yes or no"), ("pairwise", "A or B")],
                db_default="binary",
                default="binary",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="adjudicates",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="adjudication",
                to="annotator.queue",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="by_pass",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="queue",
            name="gold_rate",
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="queue",
            name="hidden_share",
            field=models.FloatField(db_default=0.2, default=0.2),
        ),
        migrations.AddField(
            model_name="queue",
            name="marks",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="queue",
            name="mirror_share",
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="queue",
            name="order",
            field=models.CharField(
                choices=[
                    ("given", "As they came"),
                    ("random", "At random"),
                    ("uncertain", "Most uncertain first"),
                ],
                db_default="given",
                default="given",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="random_share",
            field=models.FloatField(db_default=0.2, default=0.2),
        ),
        migrations.AddField(
            model_name="queue",
            name="restricted",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="queue",
            name="seed",
            field=models.PositiveIntegerField(db_default=0, default=annotator.models.queues.new_seed),
        ),
        migrations.AddField(
            model_name="queuequestion",
            name="after",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotator.question",
            ),
        ),
        migrations.AddField(
            model_name="queuequestion",
            name="after_answer",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="queuequestion",
            name="stops_on",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("ingest", "Ingest"),
                        ("label", "Label"),
                        ("export", "Export"),
                        ("queues", "Make and fill queues"),
                    ],
                    max_length=10,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="label",
            name="answer",
            field=models.CharField(
                choices=[
                    ("yes", "Yes"),
                    ("no", "No"),
                    ("left", "Left"),
                    ("right", "Right"),
                    ("tie", "Tie"),
                    ("both_bad", "Both bad"),
                    ("skip", "Skipped"),
                    ("undo", "Taken back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="queue",
            name="kind",
            field=models.CharField(
                choices=[("binary", "Yes or no"), ("pairwise", "A or B")], default="binary", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="queue",
            name="questions",
            field=models.ManyToManyField(
                related_name="queues",
                through="annotator.QueueQuestion",
                through_fields=("queue", "question"),
                to="annotator.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="queuequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("after", None), ("after_answer", "")),
                    models.Q(
                        models.Q(("after", None), _negated=True),
                        models.Q(("after_answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="after_has_an_answer",
            ),
        ),
        migrations.AddField(
            model_name="consensus",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="consensus",
                to="annotator.item",
            ),
        ),
        migrations.AddField(
            model_name="consensus",
            name="question",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="annotator.question"
            ),
        ),
        migrations.AddField(
            model_name="consensus",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="consensus", to="annotator.queue"
            ),
        ),
        migrations.AddField(
            model_name="defectkind",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="defect_kinds",
                to="annotator.project",
            ),
        ),
        migrations.AddField(
            model_name="itemimport",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="itemimport",
            name="job",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="item_import",
                to="annotator.job",
            ),
        ),
        migrations.AddField(
            model_name="itemimport",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="annotator.queue"
            ),
        ),
        migrations.AddField(
            model_name="prelabel",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="prelabels",
                to="annotator.item",
            ),
        ),
        migrations.AddField(
            model_name="prelabel",
            name="question",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="annotator.question"
            ),
        ),
        migrations.AddField(
            model_name="prelabel",
            name="rater",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="annotator.rater"
            ),
        ),
        migrations.AddField(
            model_name="queueperson",
            name="queue",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="annotator.queue"),
        ),
        migrations.AddField(
            model_name="queueperson",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="queue",
            name="people",
            field=models.ManyToManyField(
                related_name="+", through="annotator.QueuePerson", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["binary", "pairwise"])), name="known_queue_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("order__in", ["given", "random", "uncertain"])), name="known_item_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("random_share__gte", 0), ("random_share__lte", 1)),
                name="random_share_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("gold_rate__gte", 0), ("gold_rate__lte", 1)), name="gold_rate_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("mirror_share__gte", 0), ("mirror_share__lte", 1)),
                name="mirror_share_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("hidden_share__gte", 0), ("hidden_share__lte", 1)),
                name="hidden_share_is_one",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="job",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="annotator.job"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="annotator.queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="consensus",
            constraint=models.UniqueConstraint(
                fields=("item", "question"), name="one_consensus_per_question"
            ),
        ),
        migrations.AddConstraint(
            model_name="defectkind",
            constraint=models.UniqueConstraint(fields=("project", "key"), name="one_defect_kind_per_key"),
        ),
        migrations.AddConstraint(
            model_name="prelabel",
            constraint=models.UniqueConstraint(fields=("item", "question"), name="one_prelabel_per_question"),
        ),
        migrations.AddConstraint(
            model_name="queueperson",
            constraint=models.UniqueConstraint(fields=("queue", "user"), name="person_once_per_queue"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("queue", "kind"), name="one_report_per_kind"),
        ),
    ]
