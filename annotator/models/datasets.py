"""Frozen selections of labelled data: a dataset, its versions, their rows, and files made of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from annotator.models.jobs import Job
from annotator.models.people import User
from annotator.models.projects import Project

SPLITS = ("train", "dev", "test")


class Dataset(models.Model):
    """A selection under a name. `filters`: what the next version takes, see `annotator.datasets.filters`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=120)
    filters = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="datasets_newest_first")]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_dataset_per_name")]


class DatasetVersion(models.Model):
    """What the filters gave at one time. Once `made_at` is set, nothing of it changes any more.

    `counts`: what it holds and what was left out, see `annotator.datasets.told`. `queues`: ids of those
    that its rows are from. `sha256`: over its rows, in order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    filters = models.JSONField(default=dict)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    rows = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(null=True)
    queues = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="one_dataset_version_per_number"),
        ]


class DatasetRow(models.Model):
    """One row, as text of its own: labels and items may change or go, it stays.

    `content` is a `datasets.content.Row` as JSON, without its split and group, which stand beside it.
    """

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, db_index=False, related_name="+")
    position = models.PositiveIntegerField()  # from 1
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    split = models.CharField(max_length=5)
    group = models.UUIDField()
    label = models.CharField(max_length=200)  # what a person would call its class
    digest = models.UUIDField()  # of its texts
    content = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["version", "split", "position"], name="dataset_rows_by_split")]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="dataset_rows_in_order"),
            models.UniqueConstraint(fields=["version", "key"], name="dataset_row_once"),
            models.CheckConstraint(condition=Q(split__in=SPLITS), name="known_dataset_split"),
        ]


class PlacedInput(models.Model):
    """In which split an input of a project is, in every version of every dataset.

    `bands` and `sketch` tell what is nearly the same, see `annotator.datasets.similar`: 16 and up to 128
    numbers of 32 bits, little-endian. Both are null, and `text_hash` is `words.hash_before`, until an input
    that was placed before there were any is in a version again.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False, related_name="+")
    text_hash = models.UUIDField()
    split = models.CharField(max_length=5)
    bands = models.BinaryField(null=True)
    sketch = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "text_hash"], name="input_placed_once"),
            models.CheckConstraint(condition=Q(split__in=SPLITS), name="known_placed_split"),
        ]


class DatasetExport(models.Model):
    """One file made of a version in one format, by a job. Stored under its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    format = models.CharField(max_length=40)  # a key in annotator.ways_out.registry
    options = models.JSONField(default=dict)
    splits = models.JSONField(default=list)
    manifest = models.JSONField(null=True)
    bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file, set when it is whole
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
