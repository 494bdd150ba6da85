"""Work that can be killed: the database is the queue, Celery only the doorbell."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models.people import User
from annotator.models.projects import Project


class JobState(models.TextChoices):
    DUE = "due", _("Waiting")
    LEASED = "leased", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """One piece of background work. Written in the transaction of what asks for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=60)  # a name in jobs.registry
    celery_queue = models.CharField(max_length=20, default="default")
    arguments = models.JSONField(default=dict)  # ids and small numbers only
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DUE)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # counted at the claim; also the fence
    max_attempts = models.PositiveSmallIntegerField(default=5)
    idempotency_key = models.CharField(max_length=200)
    done = models.PositiveBigIntegerField(default=0)  # progress, in the kind's own unit
    total = models.PositiveBigIntegerField(null=True)
    cursor = models.JSONField(null=True)  # where the next attempt goes on
    result = models.JSONField(null=True)  # small: counts, ids of what was made
    error = models.CharField(max_length=500, blank=True)  # class and a short text, never payload
    cancel_asked = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["celery_queue", "due_at"],
                condition=Q(state__in=["due", "leased"]),
                name="jobs_to_do",
            ),
            models.Index(fields=["project", "-created_at"], name="jobs_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "idempotency_key"], name="job_asked_once"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="known_job_state"),
        ]


class ScheduledRun(models.Model):
    """One slot of a schedule: two beats insert it once."""

    schedule = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="slot_runs_once")]


class Heartbeat(models.Model):
    """When a process last finished a canary: `beat`, `worker:default`, `worker:ml`."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
