"""Inputs as vectors: which may be compared, and what of each day was embedded."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from pgvector.django import HalfVectorField

from annotator.models import Project


class Space(models.Model):
    """Vectors of one space may be compared, and no others: one encoder, one rule for its text.

    `encoder` is what people call it, `fingerprint` the SHA-256 of its weights, in hexadecimal. `rule`: which
    text of an input is embedded (`drift.texts`). `made_at`: when it was begun, or begun anew: a week after the plan
    went to another one its vectors go, and the space stays for what was measured in it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="spaces")
    encoder = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    rule = models.JSONField()
    dimensions = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "fingerprint", "rule"], name="one_space_of_a_kind")
        ]


class EmbeddedDay(models.Model):
    """One day of a project's production inputs in a space: how many there were, and what was embedded.

    `population`: production interactions of the day. `sampled` of them were drawn at random, each as
    likely, until so many different ones had come (`drift.draw`); `empty` of those had no text. `repeats`: what
    was squeezed to one row before any test (`drift.repeats`), and what was left out because one end user sent so
    much; until the day is finished, what each row stands for. `finished_at`: all rows have their vectors.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()  # in the project's time zone
    population = models.PositiveBigIntegerField(default=0)
    sampled = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0)
    repeats = models.JSONField(default=dict)
    drawn_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["space", "day"], name="embedded_once_a_day")]


class InputVector(models.Model):
    """One input in a space, of length 1, in half precision. Written in bulk.

    `interaction` is its id in the log, which may lose it while this stays for a night. `sampled`: drawn at
    random; else it is here because a vibe check or a failing assertion touched it, and no test counts it.
    `weight`: how many sampled inputs it stands for, the same ones, or others of an end user who sent too
    many; 0 for one that another stands for.
    """

    day = models.ForeignKey(EmbeddedDay, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    interaction = models.UUIDField()
    vector = HalfVectorField()
    sampled = models.BooleanField(default=True)
    weight = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["interaction"], name="vectors_of_an_input")]
        constraints = [
            models.UniqueConstraint(fields=["day", "interaction"], name="embedded_once"),
            models.CheckConstraint(condition=Q(sampled=True) | Q(weight=0), name="only_the_sampled_count"),
        ]
