"""A week's judgement: are its topics as large as in the weeks before?"""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotator.models import Project
from drift.models.checks import GroupKind, Verdict
from drift.models.topics import Topic, TopicMap


class WeekCheck(models.Model):
    """Seven days of a project, the last of them `day`, judged once by the topics of a fit to them and the days before
    (`drift.topics.weeks`).

    `reason`: of a refused week, a code. `p`: one for all topics; `level`: what it had to be at most for an alarm.
    `now`, `before`: the days that were compared. `left_out`: days before that were under alarm.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="week_checks", db_index=False)
    day = models.DateField()
    map = models.ForeignKey(TopicMap, on_delete=models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=40, blank=True)
    p = models.FloatField(null=True)
    level = models.FloatField()
    alarm = models.BooleanField(default=False)
    seed = models.BigIntegerField()
    now = ArrayField(models.DateField(), default=list)
    before = ArrayField(models.DateField(), default=list)
    left_out = ArrayField(models.DateField(), default=list)
    judged_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="one_week_a_day"),
            models.CheckConstraint(
                condition=Q(verdict="judged", reason="", p__isnull=False)
                | (Q(verdict="refused", p=None) & ~Q(reason="")),
                name="week_judged_or_refused",
            ),
        ]

    @property
    def first(self) -> date:
        return self.day - timedelta(days=6)


class WeekGroup(models.Model):
    """A topic whose share changed, or some that are neighbours: `topics` are all of them, `topic` the one that moved most;
    `rank` 1 is the surest. `rows` of the week's `n` different inputs that are in a
    topic, `then_rows` of `then_n` before. `p`: adjusted for all topics."""

    check_of_week = models.ForeignKey(
        WeekCheck, on_delete=models.CASCADE, related_name="groups", db_index=False
    )
    rank = models.PositiveSmallIntegerField()
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    topics = ArrayField(models.BigIntegerField())
    kind = models.CharField(max_length=9, choices=GroupKind.choices)
    p = models.FloatField()
    rows = models.PositiveIntegerField()
    n = models.PositiveIntegerField()
    then_rows = models.PositiveIntegerField()
    then_n = models.PositiveIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["check_of_week", "rank"], name="one_week_group_a_rank")
        ]

    @property
    def others(self) -> int:
        """Topics beside the one that moved most."""
        return len(self.topics) - 1
