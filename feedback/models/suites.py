"""Suites: the assertions that a build runs over outputs, and the runs that were accepted."""

from django.db import models
from django.db.models.functions import Now

from annotator.models import ApiKey, Project, User
from feedback.models.assertions import Assertion


class Suite(models.Model):
    """A name for a set of assertions. A feature is one without a row: see `feedback.queries.suites`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="suites")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    assertions = models.ManyToManyField(Assertion, related_name="suites")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_suite_per_key")]


class AcceptedRun(models.Model):
    """A run that somebody took as good: new runs are held against the newest of their suite. Never
    changed. Its id is the sender's, so that the same one again is no other.

    `suite` is a key, of a suite or a feature. `counts`: [{assertion, version, passed, failed,
    uncertain}]. `failed`: [[assertion's key, output's id, hash of its input]], at most
    `feedback.services.suites.MOST_FAILED`; `complete` says whether those are all.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="accepted_runs", db_index=False
    )
    suite = models.CharField(max_length=200)
    git_ref = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=120, blank=True)  # who started it, as the build says
    key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    outputs = models.PositiveIntegerField()
    counts = models.JSONField()
    failed = models.JSONField()
    complete = models.BooleanField(default=True)
    digest = models.CharField(max_length=64)  # SHA-256 of all that a run says, in hexadecimal
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["project", "suite", "-created_at"], name="runs_newest_first")]
