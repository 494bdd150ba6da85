"""Fitting a project's topics anew: the window's vectors, topics, their names, their places. The ml worker's alone.

What is fitted is written in one transaction and comes in force only when its days are counted
(`topic_counts`): until then pages show the map before.
"""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from annotator.models import Project, User
from drift import vectors
from drift.models import EmbeddedDay, MapDot, Space, Topic, TopicMap, TopicShape
from drift.queries.topic_maps import in_force
from drift.services.topic_names import Named, names_of
from drift.topics import flat
from drift.topics.fit import MOST_ROWS, Fit, fit
from drift.topics.matching import Matched, matched
from drift.topics.nearest import UNSORTED, Counted, counted
from drift.topics.neighbours import Floats, unit

WINDOW = timedelta(days=28)
SEED = 7


@dataclass(frozen=True)
class Window:
    """The inputs that topics are fitted to, in the order of their ids: (n, d), and where each comes from."""

    days: list[EmbeddedDay]
    interactions: list[UUID]
    vectors: Floats


def window(space: Space) -> Window:
    """The days up to the newest that has all its vectors. Of more than MOST_ROWS inputs those whose ids' random
    part is the lowest: the same ones from fit to fit, as long as they are in the window."""
    days = days_of(space)
    parts = [vectors.of_embedded(day) for day in days]
    keys = [key for part in parts for key in part.interactions]
    if not keys:
        return Window(days, [], np.zeros((0, 0), np.float32))
    lots = np.array([key.int & (2**62 - 1) for key in keys], np.uint64)
    chosen = np.sort(np.argsort(lots, kind="stable")[:MOST_ROWS])
    together = np.concatenate([part.vectors for part in parts if len(part)])
    order = sorted(chosen.tolist(), key=lambda at: keys[at])
    return Window(days, [keys[at] for at in order], together[order])


def days_of(space: Space) -> list[EmbeddedDay]:
    """The finished days of the window, the oldest first."""
    newest = EmbeddedDay.objects.filter(space=space).exclude(finished_at=None).order_by("-day").first()
    if newest is None:
        return []
    rows = EmbeddedDay.objects.filter(space=space, day__gt=newest.day - WINDOW).exclude(finished_at=None)
    return list(rows.order_by("day"))


@dataclass(frozen=True)
class Before:
    """The topics that there were, ended ones too: `counted`, of each of the window's rows an index of `topics`,
    and `places` (k, 2), NaN for those that the map in force does not have."""

    topics: list[Topic]
    counted: NDArray[np.int64]
    places: flat.Places
    axes: Floats | None


@dataclass(frozen=True)
class Ready:
    """All that is to be written of a fit. `now`: of each of the window's rows its topic."""

    project: Project
    space: Space
    seen: Window
    fit: Fit
    now: Counted
    lives: Matched[int]
    before: Before
    laid: flat.Laid
    axes: Floats
    names: list[Named]
    seconds: float


def made_ready(project: Project, space: Space) -> Ready:
    """Reads, and writes nothing. Raises `drift.topics.fit.TooFew`."""
    began = time.process_time()
    seen = window(space)
    found = fit(seen.vectors, seed=SEED)
    k = len(found.centroids)
    now = counted(seen.vectors, found.centroids, found.floor)
    before = _before(project, space, seen)
    lives = matched(range(len(before.topics)), before.counted, now.topic, k)
    laid = flat.lay(found.centroids, _sizes(now, k), _places(lives, before))
    axes = before.axes
    if axes is None:
        axes = flat.axes_of(seen.vectors, found.centroids, now.topic)
    names = names_of(space, seen.interactions, now, k)
    seconds = time.process_time() - began
    return Ready(project, space, seen, found, now, lives, before, laid, axes, names, seconds)


@transaction.atomic
def write(ready: Ready, *, by: User | None = None) -> TopicMap:
    """A map that is not in force yet."""
    Project.objects.select_for_update(no_key=True).get(pk=ready.project.pk)
    _drop_unfinished(ready.project)
    made = _map(ready)
    made.asked_by = by
    made.save()
    sizes = _sizes(ready.now, len(ready.names))
    TopicShape.objects.bulk_create(
        TopicShape(
            map=made,
            topic=topic,
            rows=int(sizes[j]),
            centroid=ready.fit.centroids[j].tolist(),
            x=float(ready.laid.places[j, 0]),
            y=float(ready.laid.places[j, 1]),
            radius=float(ready.laid.radii[j]),
        )
        for j, topic in enumerate(_topics(ready, made.first_day))
    )
    return made


def _sizes(now: Counted, k: int) -> NDArray[np.int64]:
    return np.bincount(now.topic[now.topic != UNSORTED], minlength=k)


def _drop_unfinished(project: Project) -> None:
    """What an attempt that was given up left, with topics that no other map has."""
    TopicMap.objects.filter(project=project, in_force_at=None).delete()
    Topic.objects.filter(project=project, shapes=None).delete()


def _map(ready: Ready) -> TopicMap:
    newest = TopicMap.objects.filter(project=ready.project).order_by("-number").first()
    found = ready.fit
    return TopicMap(
        project=ready.project,
        number=newest.number + 1 if newest else 1,
        space=ready.space,
        first_day=ready.seen.days[0].day,
        last_day=ready.seen.days[-1].day,
        rows=len(ready.seen.interactions),
        seed=SEED,
        how=found.how.value,
        smallest=found.smallest,
        floor=found.floor,
        edge=max(found.floor, float(np.quantile(ready.now.cosine, found.noise))),
        noise=found.noise,
        across=ready.axes[0].tolist(),
        up=ready.axes[1].tolist(),
        seconds=ready.seconds,
    )


def _before(project: Project, space: Space, seen: Window) -> Before:
    """By the topics' middles in the same space; in a new one by what was counted of the same inputs."""
    newest = in_force(project)
    topics = list(Topic.objects.filter(project=project).exclude(shapes=None).order_by("number"))
    of_topic = {topic.pk: place for place, topic in enumerate(topics)}
    places = np.full((len(topics), 2), np.nan)
    if newest is None or not topics:
        return Before([], np.full(len(seen.interactions), UNSORTED), places[:0], None)
    for shape in newest.shapes.defer("centroid"):
        places[of_topic[shape.topic_id]] = shape.x, shape.y
    if newest.space_id != space.pk:
        dots = MapDot.objects.filter(
            day__map__project=project, interaction__in=seen.interactions, topic__isnull=False
        )
        known = dict(dots.order_by("day__map__number").values_list("interaction", "topic"))
        labels = [of_topic.get(known.get(key, 0), UNSORTED) for key in seen.interactions]
        return Before(topics, np.array(labels, np.int64), places, None)
    shapes = TopicShape.objects.filter(topic__project=project, map__space=space)
    latest = list(shapes.order_by("topic_id", "-map__number").distinct("topic_id"))
    centroids = unit(np.array([shape.centroid for shape in latest], np.float32))
    index = np.array([of_topic[shape.topic_id] for shape in latest])
    found = counted(seen.vectors, centroids, newest.floor).topic
    axes = np.array([newest.across, newest.up], np.float32)
    return Before(topics, np.where(found == UNSORTED, UNSORTED, index[found]), places, axes)


def _places(lives: Matched[int], before: Before) -> flat.Places | None:
    """Where each new topic was."""
    if not before.topics:
        return None
    nowhere = np.full(2, np.nan)
    return np.array([nowhere if old is None else before.places[old] for old in lives.goes_on])


def _topics(ready: Ready, since: date) -> list[Topic]:
    """One for each new one: those that live on with their names, keywords and titles as they are now."""
    before, lives = ready.before.topics, ready.lives
    number = max((topic.number for topic in before), default=0)
    rows: list[Topic] = []
    for j, (old, named) in enumerate(zip(lives.goes_on, ready.names, strict=True)):
        if old is None:
            number += 1
            parent = before[lives.parent[j]] if j in lives.parent else None
            topic = Topic(project=ready.project, number=number, since=since, parent=parent)
        else:
            topic = before[old]
            topic.heir = None
        topic.keywords, topic.title, topic.nearest = named.keywords, named.title, named.nearest
        topic.save()
        rows.append(topic)
    for old, j in lives.heir.items():
        Topic.objects.filter(pk=before[old].pk).update(heir=rows[j])
    return rows
