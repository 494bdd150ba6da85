"""Counting a day by the topics of a map, and bringing a map in force. The ml worker's alone."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from drift import vectors
from drift.models import EmbeddedDay, MapDot, MappedDay, Topic, TopicDay, TopicMap, TopicShape
from drift.topics import flat
from drift.topics.nearest import UNSORTED, Counted, counted
from drift.topics.neighbours import unit

BATCH = 2_000
KEPT = timedelta(days=84)  # dots of days before are dropped, their counts stay


@transaction.atomic
def count_day(of: TopicMap, day: EmbeddedDay) -> MappedDay:
    """The day's inputs by topic, with a place for each. Counted again it is counted anew."""
    MappedDay.objects.filter(map=of, day=day.day).delete()
    made = MappedDay.objects.create(map=of, day=day.day)
    seen = vectors.of_embedded(day, all_of_them=True)
    if not len(seen):
        return made
    shapes = list(TopicShape.objects.filter(map=of))
    centroids = unit(np.array([shape.centroid for shape in shapes], np.float32))
    found = counted(seen.vectors, centroids, of.floor)
    laid = flat.Laid(
        np.array([(shape.x, shape.y) for shape in shapes]), np.array([shape.radius for shape in shapes])
    )
    axes = np.array([of.across, of.up], np.float32)
    places = flat.put(seen.vectors, found, centroids, of.floor, laid, axes)
    loose = (found.topic != UNSORTED) & (found.cosine < of.edge)
    counts = seen.weights > 0
    made.rows = int(counts.sum())
    made.unsorted = int((counts & (found.topic == UNSORTED)).sum())
    made.loose = int((counts & loose).sum())
    made.save()
    topics = [shape.topic_id for shape in shapes]
    TopicDay.objects.bulk_create(_counts(made, topics, found.topic[counts & (found.topic != UNSORTED)]))
    MapDot.objects.bulk_create(_dots(made, seen, topics, found, places, loose), batch_size=BATCH)
    return made


def _counts(day: MappedDay, topics: list[int], found: "np.typing.NDArray[np.int64]") -> list[TopicDay]:
    sizes = np.bincount(found, minlength=len(topics))
    return [TopicDay(day=day, topic_id=topics[j], rows=int(n)) for j, n in enumerate(sizes) if n]


def _dots(
    day: MappedDay,
    seen: vectors.Day,
    topics: list[int],
    found: Counted,
    places: flat.Places,
    loose: "np.typing.NDArray[np.bool_]",
) -> Iterator[MapDot]:
    for at, interaction in enumerate(seen.interactions):
        topic = int(found.topic[at])
        yield MapDot(
            day=day,
            interaction=interaction,
            topic_id=None if topic == UNSORTED else topics[topic],
            x=round(float(places[at, 0]), 5),
            y=round(float(places[at, 1]), 5),
            cosine=float(found.cosine[at]),
            loose=bool(loose[at]),
            weight=int(seen.weights[at]),
        )


@transaction.atomic
def bring_in_force(of: TopicMap) -> None:
    """Pages show it from now on; what earlier maps counted of its days goes, dots of long ago go, and
    topics end or are back."""
    TopicMap.objects.filter(pk=of.pk).update(in_force_at=Now())
    mine = MappedDay.objects.filter(map=of).values("day")
    MappedDay.objects.filter(map__project=of.project_id, day__in=mine).exclude(map=of).delete()
    old = MappedDay.objects.filter(map__project=of.project_id, day__lt=of.last_day - KEPT)
    MapDot.objects.filter(day__in=old).delete()
    there = Exists(TopicShape.objects.filter(map=of, topic=OuterRef("pk")))
    topics = Topic.objects.filter(project=of.project_id)
    topics.filter(there).update(ended_at=None)
    topics.filter(~there, ended_at=None).update(ended_at=Now())
