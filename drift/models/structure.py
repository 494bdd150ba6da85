"""What a day's inputs and outputs are like: read once, compared often."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotator.models import Project


class StructuralDay(models.Model):
    """One day of a project's production interactions, feature by feature (`drift.structure`).

    `edition`: of the features; a day that was read under another one is read anew. `population`: the day's
    interactions, of which `drawn` were drawn at random; `repeats` and `flood` of those were left out
    (`structure.sample`). `to_read`: ids that are still to be read, in order of time; none when
    `finished_at` is set. `tally`: what was read (`structure.tally`). `judged`: what the day came to beside
    the days before, None before it was judged; its changes are StructuralChange rows.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="structural_days")
    day = models.DateField()  # in the project's time zone
    edition = models.PositiveSmallIntegerField()
    population = models.PositiveBigIntegerField(default=0)
    drawn = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    flood = models.PositiveIntegerField(default=0)
    to_read = ArrayField(models.UUIDField(), default=list)
    tally = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)
    judged = models.JSONField(null=True)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="structure_read_once_a_day")]
