"""A day's judgement: is it unlike the days before, and where?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgvector.django import HalfVectorField

from annotator.models import Project, User
from drift.models.spaces import Space


class BaselineKind(models.TextChoices):
    ROLLING = "rolling", _("The days before")
    PINNED = "pinned", _("Days of your choice")
    REFERENCE = "reference", _("A reference, such as your eval set")


class DriftPlan(models.Model):
    """What of a project is judged, when, and against what.

    `rule`, `encoder`: as in Space; an empty encoder is the one that comes with Genba. `space`: the one that is
    in use, None before the first day. Rolling: the `baseline_days` before, but those under alarm. Pinned:
    from `pinned_first` to `pinned_last`. `reference`: its inputs; None of that kind: it was deleted, and the days
    before stand in for it.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="drift_plan")
    enabled = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(default=5)  # 0-23, in the project's time zone
    sample_size = models.PositiveIntegerField(default=5000)
    rule = models.JSONField(default=dict)
    encoder = models.CharField(max_length=200, blank=True)
    space = models.ForeignKey(Space, on_delete=models.SET_NULL, null=True, related_name="+")
    baseline_kind = models.CharField(max_length=9, choices=BaselineKind.choices, default=BaselineKind.ROLLING)
    baseline_days = models.PositiveSmallIntegerField(default=14)
    pinned_first = models.DateField(null=True)
    pinned_last = models.DateField(null=True)
    reference = models.ForeignKey("drift.Reference", on_delete=models.SET_NULL, null=True, related_name="+")
    starts_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="drift_hour_of_a_day"),
            models.CheckConstraint(
                condition=~Q(baseline_kind="pinned")
                | Q(pinned_first__isnull=False, pinned_last__gte=models.F("pinned_first")),
                name="pinned_from_a_day_to_a_day",
            ),
            models.CheckConstraint(
                condition=Q(reference=None) | Q(baseline_kind="reference"), name="reference_as_the_baseline"
            ),
        ]

    @property
    def kind_in_force(self) -> str:
        """Where the reference was deleted, the days before."""
        gone = self.baseline_kind == BaselineKind.REFERENCE and self.reference_id is None
        return BaselineKind.ROLLING if gone else self.baseline_kind


class Verdict(models.TextChoices):
    JUDGED = "judged", _("Judged")
    REFUSED = "refused", _("Not judged")


ARRAYS = ("day_vectors", "baseline_vectors", "reference_vectors")  # of a check, thousands of ids


class DriftCheck(models.Model):
    """One day of a project, judged once. What is here is enough to repeat it.

    `reason`, `facts`: of a refused day, a code and its numbers. `p`: the day's one p-value, of `topics_p` and
    `structure_p`; `level`: what it had to be at most for an alarm. `rho`: how much shares vary from day to
    day. `day_vectors`, `baseline_vectors`: ids of InputVector. `baseline`: which days, and how they were
    chosen. `reference_vectors`: ids of ReferenceVector where a reference was the baseline; the days in `baseline`
    are then those that `rho` was told from. `timings`: CPU seconds by stage.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drift_checks")
    day = models.DateField()
    space = models.ForeignKey(Space, on_delete=models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    p = models.FloatField(null=True)
    topics_p = models.FloatField(null=True)
    structure_p = models.FloatField(null=True)
    level = models.FloatField(null=True)
    alarm = models.BooleanField(default=False)
    stat = models.FloatField(null=True)
    rho = models.FloatField(null=True)
    seed = models.BigIntegerField(null=True)
    permutations = models.PositiveIntegerField(default=0)
    baseline = models.JSONField(default=dict)
    day_vectors = ArrayField(models.BigIntegerField(), default=list)
    baseline_vectors = ArrayField(models.BigIntegerField(), default=list)
    reference_vectors = ArrayField(models.BigIntegerField(), null=True)
    timings = models.JSONField(default=dict)
    judged_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="judged_once_a_day"),
            models.CheckConstraint(
                condition=Q(verdict="judged") | ~Q(reason=""), name="refused_with_a_reason"
            ),
        ]

    @property
    def then_compared(self) -> int:
        """How many rows the day's were compared with."""
        return len(self.baseline_vectors if self.reference_vectors is None else self.reference_vectors)


class GroupKind(models.TextChoices):
    NEW = "new", pgettext_lazy("a group of inputs", "New")
    GROWN = "grown", _("Grown")
    SHRUNK = "shrunk", _("Shrunk")
    SCATTERED = "scattered", _("Unlike anything in the baseline")


class DriftGroup(models.Model):
    """Inputs behind an alarm. `rank` 1 is the surest.

    `day_rows`, `baseline_rows`: ids of interactions; `nearest`: the one that is nearest to the centroid.
    `title` is its beginning, `keywords` three words or terms: all that is kept of texts. `reference_rows`: positions
    in the reference, in the place of `baseline_rows`, where that was the baseline; then a shrunk group has no `nearest`.
    """

    check_of_day = models.ForeignKey(DriftCheck, on_delete=models.CASCADE, related_name="groups")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=GroupKind.choices)
    p = models.FloatField()
    value = models.FloatField()
    day_rows = ArrayField(models.UUIDField(), default=list)
    baseline_rows = ArrayField(models.UUIDField(), default=list)
    reference_rows = ArrayField(models.PositiveIntegerField(), null=True)
    nearest = models.UUIDField(null=True)
    title = models.CharField(max_length=240, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list)
    centroid = HalfVectorField(null=True)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["check_of_day", "rank"], name="one_group_a_rank")]

    @property
    def then_count(self) -> int:
        """Rows of the baseline."""
        return len(self.baseline_rows if self.reference_rows is None else self.reference_rows)


class StructuralChange(models.Model):
    """What one structural feature did on a day, beside the days before. Of each feature that was tested.

    `side`: input or output, or the call itself (what it took and cost). `adjusted_p`: corrected for the number
    of features. `facts`: intervals, what a chart needs, since when and with what. `then_rows`, `now_rows`: three interactions of each side.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="structural_changes")
    day = models.DateField()
    side = models.CharField(
        max_length=6, choices=[("input", _("Input")), ("output", _("Output")), ("call", _("Call"))]
    )
    feature = models.CharField(max_length=40)  # a key of `drift.structure`
    p = models.FloatField()
    adjusted_p = models.FloatField()
    alarm = models.BooleanField(default=False)
    then = models.FloatField(null=True)
    now = models.FloatField(null=True)
    facts = models.JSONField(default=dict)
    then_rows = ArrayField(models.UUIDField(), default=list)
    now_rows = ArrayField(models.UUIDField(), default=list)

    class Meta:
        ordering = ["adjusted_p", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "side", "feature"], name="tested_once_a_day")
        ]
