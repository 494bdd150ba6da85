"""What production says: the log, and the daily look at it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Job, Project, Question, Queue, User
from annotator.models.fields import PayloadField


class Environment(models.TextChoices):
    PRODUCTION = "production", _("Production")
    SHADOW = "shadow", _("Shadow")
    DEVELOPMENT = "development", _("Development")


class Interaction(models.Model):
    """One logged call of the product.

    `id` is made from the sender's time and (project, external id): see `ingest.ids`.
    Its order is the order in time, so lists and samples walk the index on (project, id).
    Written by COPY: `services.interactions` lists the columns.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="interactions", db_index=False
    )
    external_id = models.CharField(max_length=256)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    environment = models.CharField(max_length=12, choices=Environment.choices, default=Environment.PRODUCTION)
    feature = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=200, blank=True)
    prompt_version = models.CharField(max_length=200, blank=True)
    variant = models.CharField(max_length=200, blank=True)
    end_user = models.CharField(max_length=256, blank=True)  # `user` on the wire
    session = models.CharField(max_length=256, blank=True)
    latency_ms = models.FloatField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    cost_usd = models.FloatField(null=True)
    error = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=200, blank=True)
    input_preview = models.CharField(max_length=240, blank=True)  # what lists show, so that they
    output_preview = models.CharField(max_length=240, blank=True)  # never read a payload
    input = PayloadField()
    output = PayloadField(null=True)
    context = PayloadField(null=True)
    metadata = PayloadField(null=True)
    content_hash = models.UUIDField()  # of everything sent: a repeat or another record
    repaired = models.PositiveIntegerField(default=0)  # characters replaced by U+FFFD
    # Of a record dated ahead of its receipt: the id that the sent time would have made, so that a
    # repeat is known, also when that time has come.
    sent_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "id"], name="log_in_order"),
            models.Index(fields=["project", "external_id"], name="log_by_external_id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sent_id"], name="ahead_once", condition=~Q(sent_id=None)),
        ]


class LogImport(models.Model):
    """One uploaded file of interactions. The file lies under its id until the job has read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="log_imports")
    name = models.CharField(max_length=255)  # as the person's machine calls it; shown, never a path
    size = models.PositiveBigIntegerField()  # bytes
    shape = models.JSONField()  # reading.files.Shape
    mapping = models.JSONField(default=dict)  # field: column
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="log_import")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at"]


class Turn(models.TextChoices):
    DAY = "day", _("a day each")
    WEEK = "week", _("a week each")


class VibePlan(models.Model):
    """How a project's daily check is drawn and who does it."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="vibe_plan")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    enabled = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(default=8)  # 0-23, in the project's time zone
    sample_size = models.PositiveSmallIntegerField(default=20)
    turn = models.CharField(max_length=5, choices=Turn.choices, default=Turn.DAY)
    starts_on = models.DateField()  # the first person's first day: turns are counted from it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="hour_of_a_day"),
            models.CheckConstraint(
                condition=Q(sample_size__gte=1) & Q(sample_size__lte=500), name="sample_1_to_500"
            ),
        ]


class RotationMember(models.Model):
    """One person's place in the round robin."""

    plan = models.ForeignKey(VibePlan, on_delete=models.CASCADE, related_name="rotation")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "user"], name="once_in_the_rotation")]


class VibeCheck(models.Model):
    """One day's sample, looked at by the person on shift. Drawn once per project and day."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="vibe_checks")
    day = models.DateField()  # the day that was logged, in the project's time zone
    queue = models.OneToOneField(Queue, on_delete=models.SET_NULL, null=True, related_name="vibe_check")
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="vibe_checks")
    population = models.PositiveIntegerField()  # production interactions of the day
    strata = models.JSONField(default=list)  # [{"name", "population", "drawn"}]
    drawn_at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)  # the hand-over
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="one_check_a_day")]
