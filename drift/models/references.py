"""Eval sets and the like that production is held against, and how much of each day they cover."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from pgvector.django import HalfVectorField

from annotator.models import DatasetVersion, Job, Project, Queue, User
from drift.models.checks import Verdict
from drift.models.spaces import Space
from drift.models.topics import Topic


class ReferenceFile(models.Model):
    """An uploaded file of inputs. It stays under its id as long as its reference: a new space needs its texts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reference_files")
    name = models.CharField(max_length=255)  # as the person's machine calls it; shown, never a path
    size = models.PositiveBigIntegerField()  # bytes
    shape = models.JSONField()  # reading.files.Shape
    mapping = models.JSONField(default=dict)  # field: column
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())


class Reference(models.Model):
    """A pinned set of inputs under a name: a version of a dataset, or one split of it, or an uploaded file.

    Where both are None, what it was made of was deleted: its vectors stay until the space changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="references")
    name = models.CharField(max_length=120)
    version = models.ForeignKey(DatasetVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    split = models.CharField(max_length=5, blank=True)  # empty: all of the version
    file = models.OneToOneField(ReferenceFile, on_delete=models.SET_NULL, null=True, related_name="reference")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_reference_per_name"),
            models.CheckConstraint(condition=Q(version=None) | Q(file=None), name="reference_of_one_thing"),
        ]


class EmbeddedReference(models.Model):
    """A reference in a space. `read` inputs, of which `empty` had no text and `repeated` the text of an earlier
    one; the others have a vector each, when `finished_at` is set."""

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="spaces")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="references")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    read = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "space"], name="reference_once_a_space")]


class ReferenceVector(models.Model):
    """One different text of a reference, of length 1, in half precision. `position`: of its row, or line."""

    embedded = models.ForeignKey(
        EmbeddedReference, on_delete=models.CASCADE, related_name="vectors", db_index=False
    )
    position = models.PositiveIntegerField()
    key = models.BigIntegerField()  # of its text, see `texts.key_of`
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["embedded", "key"], name="reference_text_once"),
            models.UniqueConstraint(fields=["embedded", "position"], name="reference_place_once"),
        ]


class Coverage(models.Model):
    """What of a day's inputs a reference covers; see `drift.coverage`.

    `inputs`: how many the day's rows stand for, `covered` of them. `share` with its interval: of the day's
    traffic, the freshness of that day. `reference_inputs`: different ones, `asked` of them by somebody.
    `structure`: how inputs differ otherwise, see `drift.structure`. `reason`, `facts`: of a day that cannot be
    measured, a code and its numbers. `queue`: of a sample of all that is uncovered.
    """

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="days")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    inputs = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)
    share = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    floor = models.FloatField(null=True)
    reference_inputs = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    structure = models.JSONField(default=list)
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    measured_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "day"], name="covered_once_a_day"),
            models.CheckConstraint(
                condition=Q(verdict="refused") | Q(share__isnull=False), name="measured_with_a_share"
            ),
        ]


class CoverageGroup(models.Model):
    """Inputs of a day that are about one thing, those with most uncovered inputs first.

    `topic`: of the standing map, None for inputs near none of its topics that are alike among themselves.
    `inputs`: of the day's, `covered` of them. `rows`: ids of the interactions that are not covered, those nearest
    to the middle first. `title` is the beginning of `nearest`, `keywords` three words or terms. The last may have no
    title: what forms no group.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.CASCADE, related_name="groups")
    rank = models.PositiveSmallIntegerField()
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=240, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list)
    nearest = models.UUIDField(null=True)
    inputs = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()
    rows = ArrayField(models.UUIDField(), default=list)
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["coverage", "rank"], name="one_coverage_group_a_rank")]
