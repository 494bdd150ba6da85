"""The vibe check: its plan, its rotation, its days."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Project, Question, Queue, User


class Turn(models.TextChoices):
    DAY = "day", _("a day each")
    WEEK = "week", _("a week each")


class VibePlan(models.Model):
    """How a project's daily check is drawn and who does it.

    The base, `sample_size` of the whole day, gives every interaction a chance. `parts` come beside it,
    in order: [[source, size], ...], keys of `feedback.sources.registry`.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="vibe_plan")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    enabled = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(default=8)  # 0-23, in the project's time zone
    sample_size = models.PositiveSmallIntegerField(default=20)
    base = models.CharField(max_length=30, default="spread", db_default="spread")
    parts = models.JSONField(default=list, db_default=[])
    shadow_pairs = models.PositiveSmallIntegerField(default=0, db_default=0)  # at most so many a day; 0: none
    turn = models.CharField(max_length=5, choices=Turn.choices, default=Turn.DAY)
    intern_test = models.BooleanField(default=False, db_default=False)  # whether the check asks it
    starts_on = models.DateField()  # the first person's first day: turns are counted from it
    weekdays = models.PositiveSmallIntegerField(default=127, db_default=127)  # looked at: bits, 1 is Monday
    week_start = models.PositiveSmallIntegerField(default=0, db_default=0)  # 0 is Monday
    reminder_hours = models.PositiveSmallIntegerField(default=8, db_default=8)  # before the day ends; 0: none

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="hour_of_a_day"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1) & Q(weekdays__lte=127), name="some_weekday_is_looked_at"
            ),
            models.CheckConstraint(condition=Q(week_start__lte=6), name="week_starts_on_a_weekday"),
            models.CheckConstraint(condition=Q(reminder_hours__lte=23), name="reminder_on_its_day"),
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
    # Groups of features, of which rates are told: [{"name", "population", "drawn"}].
    strata = models.JSONField(default=list)
    # Which parts drew: [{"source", "size", "population", "drawn"}]. Empty: by strata alone, before there
    # were parts.
    parts = models.JSONField(default=list, db_default=[])
    pairs = models.OneToOneField(Queue, on_delete=models.SET_NULL, null=True, related_name="check_of_pairs")
    drawn_at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)  # the hand-over
    alike_at = models.DateTimeField(null=True)  # when earlier items like its own were looked for
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="one_check_a_day")]
