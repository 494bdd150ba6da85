"""Assertions: what is checked on outputs by itself, and what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Item, Project, User
from feedback.models.modes import FailureMode


class Assertion(models.Model):
    """One check of a project. What it does rests on its versions; its kind never changes.

    `features` empty: it runs on all of them. `share` of 1: of new interactions, by a hash of their id.
    It is never deleted: a retired one runs nowhere, and its results stay.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assertions")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    features = ArrayField(models.CharField(max_length=200), default=list)
    kind = models.CharField(max_length=20)  # a name in feedback.assertions.registry
    enabled = models.BooleanField(default=True)
    share = models.FloatField(default=1.0)
    mode = models.ForeignKey(
        FailureMode, on_delete=models.SET_NULL, null=True, related_name="assertions"
    )  # the failure that it watches for
    # What it was made from, if it was made from an item.
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="one_assertion_per_key"),
            models.CheckConstraint(condition=Q(share__gt=0) & Q(share__lte=1), name="assertion_share_of_1"),
        ]


class AssertionVersion(models.Model):
    """The settings of an assertion at one time; never changed. The highest number is in force."""

    assertion = models.ForeignKey(Assertion, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    settings = models.JSONField(default=dict)  # as the kind's fields read them
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["assertion", "number"], name="one_assertion_version_per_number")
        ]


class CheckOutcome(models.TextChoices):
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    NOT_APPLICABLE = "none", _("Does not apply")


class AssertionResult(models.Model):
    """What a version said of one interaction of the log, once. Written in bulk, never changed.

    `interaction` is its id, whose order is that of time; the log may lose it while this stays.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(
        AssertionVersion, on_delete=models.CASCADE, related_name="results", db_index=False
    )
    interaction = models.UUIDField()
    outcome = models.CharField(max_length=10, choices=CheckOutcome.choices)
    reason = models.JSONField(null=True)  # [message id, its values], unless it passed
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["version", "-interaction"],
                condition=Q(outcome__in=["failed", "uncertain"]),
                name="results_to_look_at",
            ),
            models.Index(
                fields=["project", "interaction"], condition=Q(outcome="failed"), name="results_failed"
            ),
            models.Index(
                fields=["project", "interaction"], condition=Q(outcome="uncertain"), name="results_uncertain"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["version", "interaction"], name="checked_once"),
            models.CheckConstraint(condition=Q(outcome__in=CheckOutcome.values), name="known_outcome"),
        ]


class AssertionDay(models.Model):
    """How many results of each outcome a version has of the interactions of one day, in the project's
    time zone: counted as they are written, so that a page reads no results."""

    version = models.ForeignKey(AssertionVersion, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    passed = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    uncertain = models.PositiveBigIntegerField(default=0)
    none = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "day"], name="one_tally_a_day")]


class AssertionMark(models.Model):
    """How far the log of a project is checked, in the order in which it arrived. Slow kinds, which wait
    for a language model or for code to run, come along behind by themselves."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assertion_marks")
    slow = models.BooleanField()
    received_at = models.DateTimeField()
    interaction = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slow"], name="one_mark_for_each_pace")]


class AssertionReport(models.Model):
    """What a version says of labelled items, beside what people said, as it was measured last.

    `counts`: {"bad": {outcome: n}, "good": {outcome: n}}. The newest items of each kind: `caught` are
    bad and failed, `wrong` are good and failed, `missed` are bad and passed.
    """

    version = models.OneToOneField(
        AssertionVersion, on_delete=models.CASCADE, primary_key=True, related_name="report"
    )
    counts = models.JSONField()
    kappa = models.JSONField(null=True)  # {"value", "low", "high", "reason"}
    caught = ArrayField(models.BigIntegerField(), default=list)
    wrong = ArrayField(models.BigIntegerField(), default=list)
    missed = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField(db_default=Now())
