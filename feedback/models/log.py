"""The log: what the product was asked and what it answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Job, Project, User
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
    # Who asked the same, and who answered the same but for case and space: `ingest.same`. None for rows
    # from before; `output_hash` also where there is no output.
    input_hash = models.BigIntegerField(null=True)
    output_hash = models.BigIntegerField(null=True)
    repaired = models.PositiveIntegerField(default=0)  # characters replaced by U+FFFD
    # Of a record dated ahead of its receipt: the id that the sent time would have made, so that a
    # repeat is known, also when that time has come.
    sent_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "id"], name="log_in_order"),
            models.Index(fields=["project", "external_id"], name="log_by_external_id"),
            # All of a batch share their time, so an entry serves many rows.
            models.Index(fields=["project", "received_at"], name="log_by_arrival"),
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
