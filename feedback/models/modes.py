"""Named ways to fail, where they were seen, and what the output should have been."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Item, Project, Queue, Rater, User
from annotator.models.fields import PayloadField

NAME = 80  # characters


class Severity(models.TextChoices):
    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class FailureMode(models.Model):
    """A named way to fail. `name` is that of its newest version, kept here to be found by.

    One that was merged stays, with what was seen of it, and counts as the one that it is
    `merged_into`; a retired one is no longer offered. One that was named beside an answer is
    `unconfirmed` until somebody else says it or works on it: out of sight while no sighting of it stands.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="failure_modes")
    name = models.CharField(max_length=NAME)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.MAJOR)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged")
    split_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="split")
    retired_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)  # null: open
    fixed_in = models.CharField(max_length=200, blank=True)  # the prompt or model version that mends it
    unconfirmed = models.BooleanField(default=False, db_default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project",
                Lower("name"),
                condition=Q(merged_into=None, retired_at=None),
                name="one_mode_per_name",
            ),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="known_severity"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")), name="not_merged_into_itself"
            ),
        ]

    @property
    def offered(self) -> bool:
        """Whether it can be named while looking."""
        return self.merged_into_id is None and self.retired_at is None


class FailureModeVersion(models.Model):
    """One wording: what counts as this way to fail, with examples of what does and what does not."""

    mode = models.ForeignKey(FailureMode, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME)
    description = models.TextField(blank=True)
    examples_bad = models.TextField(blank=True)  # what fails so, in free text
    examples_good = models.TextField(blank=True)  # what looks like it and does not
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["mode", "number"], name="one_mode_version")]


class Sighting(models.Model):
    """Somebody said of an item that it fails in this way, or that it does not. Append-only.

    The `current` row of an item, mode and rater counts; earlier ones are its history.
    """

    mode = models.ForeignKey(FailureMode, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    version = models.ForeignKey(FailureModeVersion, on_delete=models.CASCADE, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, db_index=False)
    present = models.BooleanField()
    current = models.BooleanField(default=True)
    # The newer look by somebody else, under a newer wording, that took its place.
    ended_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    occurred_at = models.DateTimeField()  # when the product answered so, as far as that is known
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["mode", "-occurred_at"], condition=Q(current=True), name="sightings_newest"),
            models.Index(fields=["item"], condition=Q(current=True), name="sightings_by_item"),
            models.Index(fields=["version"], condition=Q(current=True), name="sightings_by_version"),
            models.Index(fields=["item"], condition=Q(ended_by__isnull=False), name="sightings_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "mode", "rater"], condition=Q(current=True), name="one_current_sighting"
            ),
        ]


class Expectation(models.Model):
    """What an item's output should have been, in somebody's words. The `current` row counts."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="expectations", db_index=False)
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, db_index=False)
    text = PayloadField()
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rater"], condition=Q(current=True), name="one_current_expectation"
            ),
        ]


class Intern(models.TextChoices):
    """Could a good graduate have done this, from exactly this input?"""

    YES = "yes", _("Yes")
    KNOWLEDGE = "knowledge", _("Not without knowledge that is not in the input")
    HARD = "hard", _("No, it is too hard")
    LONG = "long", _("Yes, but it would take long")


class InternAnswer(models.Model):
    """An answer to the intern test on an item. The `current` row counts."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="intern_answers", db_index=False)
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, db_index=False)
    answer = models.CharField(max_length=10, choices=Intern.choices)
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rater"], condition=Q(current=True), name="one_current_intern_answer"
            ),
            models.CheckConstraint(condition=Q(answer__in=Intern.values), name="known_intern_answer"),
        ]


class Alike(models.Model):
    """An earlier item of the project's checks whose texts mean much the same: see jobs.alike."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="alike", db_index=False)
    other = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    likeness = models.FloatField()  # mean cosine of inputs and outputs, -1 to 1

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "other"], name="alike_once")]


class LookAgain(models.Model):
    """A queue in which what was seen under an older wording of a mode is looked at again."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="look_again")
    mode = models.ForeignKey(FailureMode, on_delete=models.CASCADE, related_name="look_again")
    version = models.ForeignKey(FailureModeVersion, on_delete=models.CASCADE, db_index=False)
    created_at = models.DateTimeField(db_default=Now())
