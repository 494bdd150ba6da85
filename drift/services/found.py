"""What a judgement found, as groups of an alert that is not written yet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import QuerySet
from pgvector.django import CosineDistance

from drift import budget
from drift.alert_rules import Thing
from drift.baseline import WEEK
from drift.models import (
    AlertGroup,
    DriftCheck,
    DriftGroup,
    EmbeddedDay,
    InputVector,
    MapDot,
    ReferenceVector,
    StructuralChange,
    Topic,
    TopicShape,
    WeekCheck,
    WeekGroup,
)
from drift.queries.weeks import topics_of
from drift.structure.telling import each_once

BULKY = ("chart",)  # of a change's facts: for its own page alone
MOST_ROWS = 1_000  # of a group of topics
NAMED = 3  # topics of a group
WITHOUT = 0.1  # of a group's rows: the share that its reach leaves out


@dataclass(frozen=True)
class Found:
    """`group` is not saved and belongs to no alert yet."""

    thing: Thing
    group: AlertGroup


def found(check: DriftCheck) -> Iterator[Found]:
    """The surest first: groups of inputs, then structural features."""
    day = EmbeddedDay.objects.filter(space=check.space_id, day=check.day).first()
    chance = _chance(check, day)
    for one in check.groups.order_by("rank"):
        group = of_inputs(check, one)
        group.centroid = one.centroid
        group.chance = None if one.kind == "shrunk" else chance
        group.reach = _reach(_vectors(check, one), one.centroid)
        yield Found(thing_of(group), group)
    for change in _changes(check):
        group = of_feature(change)
        yield Found(thing_of(group), group)


def found_in_week(check: WeekCheck) -> Iterator[Found]:
    """Topics that are larger or smaller than in the weeks before, the surest first."""
    topics = {one.pk: one for one in topics_of([check])}
    shapes = {one.topic_id: one for one in TopicShape.objects.filter(map=check.map_id)}
    for one in check.groups.all():
        group = of_topics(check, one, [topics[key] for key in one.topics if key in topics])
        if check.map and (mine := [shapes[key] for key in one.topics if key in shapes]):
            group.space_id, group.centroid = check.map.space_id, _middle(mine)
        vectors = InputVector.objects.filter(interaction__in=group.rows, day__space=group.space_id)
        group.reach = _reach(vectors, group.centroid)
        yield Found(thing_of(group), group)


def _middle(shapes: Sequence[TopicShape]) -> list[float]:
    """Of unit vectors, each as often as it has rows; of length 1."""
    columns = zip(*(([shape.rows * value for value in shape.centroid]) for shape in shapes), strict=True)
    sums = [sum(column) for column in columns]
    length = sqrt(sum(value * value for value in sums)) or 1.0
    return [value / length for value in sums]


def of_topics(check: WeekCheck, one: WeekGroup, topics: Sequence[Topic]) -> AlertGroup:
    """The topics as an alert would tell them, not saved. Its rows are those nearest their middles, of the days that have
    more of them; their chance is not told, since each day has its own."""
    days = check.before if one.kind == "shrunk" else check.now
    dots = MapDot.objects.filter(topic__in=one.topics, day__map=check.map_id, day__day__in=days, weight__gt=0)
    first = topics[0]
    single = len(topics) == 1 and not first.name
    return AlertGroup(
        kind=one.kind,
        days=WEEK,
        facts={"topics": one.topics},
        p=one.p,
        rows=list(dots.order_by("-cosine").values_list("interaction", flat=True)[:MOST_ROWS]),
        n=one.n,
        share=one.rows / one.n if one.n else None,
        then_rows=one.then_rows,
        then_n=one.then_n,
        then_share=one.then_rows / one.then_n if one.then_n else None,
        title=first.title,
        nearest=first.nearest,
        keywords=first.keywords if single else [topic.shown_name[:100] for topic in topics[:NAMED]],
    )


def _changes(check: DriftCheck) -> list[StructuralChange]:
    return sure(check, StructuralChange.objects.filter(project=check.project_id, day=check.day, alarm=True))


def sure(check: DriftCheck, changes: Iterable[StructuralChange]) -> list[StructuralChange]:
    """Of its day's changes those that alone would have raised the alarm: a page shows more, but an alert holds what is sure."""
    parts = sum(p is not None for p in (check.topics_p, check.structure_p))
    level = budget.part_level(parts, check.level or budget.LEVEL) if parts else 0.0
    return each_once(one for one in changes if one.alarm and one.adjusted_p <= level)


def thing_of(group: AlertGroup) -> Thing:
    """For telling it from others."""
    feature = f"{group.side} {group.feature} {group.view}" if group.feature else ""
    return Thing(group.kind, group.share, feature, group.then, group.now)


def of_inputs(check: DriftCheck, one: DriftGroup, compared: tuple[int, int] | None = None) -> AlertGroup:
    """The group as an alert would tell it, not saved, without its place. `compared`: how many inputs of the day and of the baseline, where
    the check comes without their ids."""
    n, then_n = compared or (len(check.day_vectors), check.then_compared)
    reference = check.baseline.get("reference")
    return AlertGroup(
        kind=one.kind,
        p=one.p,
        rows=one.baseline_rows if one.kind == "shrunk" else one.day_rows,
        n=n,
        share=len(one.day_rows) / n if n else None,
        then_rows=one.then_count,
        then_n=then_n,
        then_share=one.then_count / then_n if then_n else None,
        facts={"reference": reference["name"]} if reference else {},
        title=one.title,
        nearest=one.nearest,
        keywords=one.keywords,
        space_id=check.space_id,
    )


def of_feature(change: StructuralChange) -> AlertGroup:
    return AlertGroup(
        kind="structure",
        p=change.adjusted_p,
        rows=change.now_rows,
        side=change.side,
        feature=change.feature,
        view=str(change.facts.get("view", ""))[:100],
        facts={key: value for key, value in change.facts.items() if key not in BULKY},
        then=change.then,
        now=change.now,
    )


def _chance(check: DriftCheck, day: EmbeddedDay | None) -> float | None:
    """With which an input of the day was compared: drawn to be embedded, then drawn for the judgement."""
    if day is None or not day.population:
        return None
    rows = day.vectors.filter(sampled=True, weight__gt=0).count()
    if not rows:
        return None
    found = min(1.0, day.sampled / day.population) * min(1.0, len(check.day_vectors) / rows)
    return found or None


def _vectors(check: DriftCheck, one: DriftGroup) -> "QuerySet[Any]":
    """Of the rows that the group is made of: the day's, the baseline's where it has shrunk, or the reference's."""
    if one.kind == "shrunk" and one.reference_rows is not None:
        return ReferenceVector.objects.filter(
            embedded__reference=check.baseline["reference"]["id"],
            embedded__space=check.space_id,
            position__in=one.reference_rows,
        )
    own = one.baseline_rows if one.kind == "shrunk" else one.day_rows
    return InputVector.objects.filter(interaction__in=own, day__space=check.space_id)


def _reach(vectors: "QuerySet[Any]", centroid: list[float] | None) -> float | None:
    """The cosine to the centroid that nine of ten have; None for fewer than two vectors."""
    if centroid is None:
        return None
    distances = vectors.annotate(far=CosineDistance("vector", centroid)).values_list("far", flat=True)
    return reach([1 - far for far in distances])


def reach(cosines: Sequence[float]) -> float | None:
    """Of unit vectors' cosines to their centroid: the one that nine of ten have, each held against the centroid
    of the others, since a row is like a mean that it is part of.

    With T the sum of the cosines, which is the length of the vectors' sum, a row of cosine c has to the
    others' centroid (c T - 1) / sqrt(T² - 2 c T + 1).
    """
    if len(cosines) < 2:
        return None
    total = sum(cosines)
    apart = sorted(_apart(one, total) for one in cosines)
    return apart[int(WITHOUT * len(apart))]


def _apart(cosine: float, total: float) -> float:
    squared = total * total - 2 * cosine * total + 1
    return (cosine * total - 1) / sqrt(squared) if squared > 1e-9 else 1.0
