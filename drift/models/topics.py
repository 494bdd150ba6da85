"""The standing map of what is asked: fits, topics that live on over them, and what was counted of each day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from annotator.models import Project, User
from drift.models.spaces import Space


class HowFitted(models.TextChoices):
    """As `drift.topics.fit.How`."""

    EOM = "eom", _("Usual")
    LEAF = "leaf", _("Finer")
    CELLS = "cells", _("By nearness alone")


class TopicMap(models.Model):
    """One fit of a project's topics, from `rows` inputs of `first_day` to `last_day`; never fitted again.

    `floor`: the least cosine to a topic of what counts for it; under `edge` it is loose: as many of the fit's rows
    lie below as the fit called noise, a share of `noise`. `across` and `up`: in which directions inputs lie around
    their topics. `in_force_at`: its days are counted and it is shown; the newest one is.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="topic_maps", db_index=False)
    number = models.PositiveIntegerField()
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="topic_maps")
    first_day = models.DateField()
    last_day = models.DateField()
    rows = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    how = models.CharField(max_length=5, choices=HowFitted.choices)
    smallest = models.PositiveIntegerField()
    floor = models.FloatField()
    edge = models.FloatField()
    noise = models.FloatField()
    across = HalfVectorField()
    up = HalfVectorField()
    seconds = models.FloatField(default=0)  # of CPU
    fitted_at = models.DateTimeField(db_default=Now())
    in_force_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_map_a_number")]


class Topic(models.Model):
    """A topic, over all fits. `name`: a person's or a language model's; without one its title is its name.

    `title`: the beginning of the input that is nearest to its middle, which is `nearest`. `parent`: of which one it was a part, `heir`:
    which one took it over; `ended_at`: the newest fit does not have it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="topics", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=240, blank=True)
    keywords = ArrayField(models.CharField(max_length=100), default=list)
    nearest = models.UUIDField(null=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="parts")
    heir = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="took_over")
    since = models.DateField()  # the first day of the first fit that has it
    ended_at = models.DateTimeField(null=True)
    named_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_topic_a_number")]

    @property
    def shown_name(self) -> str:
        return self.name or ", ".join(self.keywords) or self.title or str(self.number)


class TopicShape(models.Model):
    """A topic in one fit: its middle, in vectors and on the flat map, about 0 to 1 wide, and its rows there."""

    map = models.ForeignKey(TopicMap, on_delete=models.CASCADE, related_name="shapes", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="shapes")
    rows = models.PositiveIntegerField()
    centroid = HalfVectorField()
    x = models.FloatField()
    y = models.FloatField()
    radius = models.FloatField()

    class Meta:
        ordering = ["-rows", "pk"]
        constraints = [models.UniqueConstraint(fields=["map", "topic"], name="one_shape_a_fit")]


class MappedDay(models.Model):
    """A day counted by a map: of `rows` sampled inputs, repeats once, `unsorted` are near no topic, `loose` ones
    lie at the edge of theirs."""

    map = models.ForeignKey(TopicMap, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    unsorted = models.PositiveIntegerField(default=0)
    loose = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["map", "day"], name="counted_once_a_day")]


class TopicDay(models.Model):
    """How many of a day's sampled inputs count for a topic, repeats once. Without a row: none."""

    day = models.ForeignKey(MappedDay, on_delete=models.CASCADE, related_name="topics", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="days")
    rows = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "topic"], name="one_count_a_day")]


class MapDot(models.Model):
    """An embedded input on the map: also what no count takes (`weight` 0), for its topic is asked, too.

    `topic` None: near none. `loose`: at the edge of its topic. `weight`: as in InputVector.
    """

    day = models.ForeignKey(MappedDay, on_delete=models.CASCADE, related_name="dots", db_index=False)
    interaction = models.UUIDField()
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, related_name="dots", db_index=False)
    x = models.FloatField()
    y = models.FloatField()
    cosine = models.FloatField()
    loose = models.BooleanField(default=False)
    weight = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["interaction"], name="dots_of_an_input"),
            models.Index(fields=["topic", "-day"], name="dots_of_a_topic", condition=~Q(topic=None)),
        ]
        constraints = [models.UniqueConstraint(fields=["day", "interaction"], name="one_dot_a_day")]
