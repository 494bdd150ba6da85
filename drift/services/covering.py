"""Holding a day's inputs against a reference, and writing down what it covers. Only the ml worker imports this."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models.functions import Now

from drift import coverage, keywords, texts, vectors
from drift.coverage import NO_GROUP, Covered, TooFew
from drift.models import (
    Coverage,
    CoverageGroup,
    EmbeddedDay,
    EmbeddedReference,
    ReferenceVector,
    Topic,
    Verdict,
)
from drift.queries import topic_maps
from drift.services import inputs, reference_inputs, reference_skew
from drift.services.naming import KEYWORD, TITLE
from drift.services.references import MOST_ROWS
from drift.topics import nearest

DAYS_BEFORE = 14
MOST_GROUPS = 60
TOLD_BY = 200  # texts of a group, for its keywords


@dataclass(frozen=True)
class Found:
    """`day`: the rows that were held against the reference, texts of those that the log still has by id."""

    day: vectors.Day
    covered: Covered
    groups: coverage.Numbers
    topics: dict[int, Topic]  # by number of a group
    texts: dict[UUID, str]


def measure(embedded: EmbeddedReference, day: date) -> Coverage:
    """The day's coverage, written once: again for another space only. The day must be embedded."""
    rows = _some(vectors.of_day(embedded.space, day))
    reference = _reference(embedded)
    try:
        if not len(rows):
            raise TooFew("no_inputs", 0, 1)
        covered = coverage.measured(rows.vectors, _before(embedded, day, len(rows)), reference)
    except TooFew as few:
        return _written(
            embedded, day, verdict=Verdict.REFUSED, reason=few.code, facts={"n": few.n, "least": few.least}
        )
    groups, topics = _kinds(embedded, rows, covered.cut)
    space = embedded.space
    said = inputs.texts_of(space.project_id, rows.interactions, texts.rule_of(space.rule))
    found = Found(rows, covered, groups, topics, said)
    return _covered(embedded, day, found)


def _kinds(
    embedded: EmbeddedReference, rows: vectors.Day, cut: float
) -> tuple[coverage.Numbers, dict[int, Topic]]:
    """(n,) the number of each row's group: the topics of the standing map, then groups of what is near none."""
    standing = topic_maps.in_force(embedded.reference.project)
    if standing is None or standing.space_id != embedded.space_id:
        return coverage.grouped(rows.vectors, cut), {}
    shapes = list(standing.shapes.select_related("topic").order_by("pk"))
    centroids = _units([shape.centroid for shape in shapes])
    found = nearest.counted(rows.vectors, centroids, standing.floor).topic
    left = np.flatnonzero(found == nearest.UNSORTED)
    grouped = coverage.grouped(rows.vectors[left], cut)
    found[left] = np.where(grouped == NO_GROUP, NO_GROUP, grouped + len(shapes))
    return found, {number: shape.topic for number, shape in enumerate(shapes)}


def _units(kept: Iterable[Sequence[float]]) -> coverage.Floats:
    """(n, d), of length 1."""
    rows = np.array([*kept], dtype=np.float32)
    found: coverage.Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return found


def _some(day: vectors.Day) -> vectors.Day:
    """Of a very large sample a part, each as likely."""
    if len(day) <= MOST_ROWS:
        return day
    chosen = np.sort(np.random.default_rng(int(day.ids[0])).permutation(len(day))[:MOST_ROWS])
    return vectors.Day(
        day.ids[chosen],
        [day.interactions[at] for at in chosen],
        day.weights[chosen],
        day.sampled[chosen],
        day.vectors[chosen],
    )


def _reference(embedded: EmbeddedReference) -> coverage.Floats:
    """(R, d), of length 1."""
    kept = ReferenceVector.objects.filter(embedded=embedded).order_by("position")
    return _units(kept.values_list("vector", flat=True))


def _before(embedded: EmbeddedReference, day: date, n: int) -> coverage.Floats:
    """Inputs of the days before, the newest days first, as many as there is room for."""
    room = coverage.MOST_PRODUCTION - n
    earlier = EmbeddedDay.objects.filter(space=embedded.space, day__lt=day, finished_at__isnull=False)
    found: list[coverage.Floats] = []
    for one in earlier.order_by("-day")[:DAYS_BEFORE]:
        if room <= 0:
            break
        rows = vectors.of_embedded(one).vectors[:room]
        if len(rows):
            found.append(rows)
            room -= len(rows)
    return np.concatenate(found) if found else np.zeros((0, embedded.space.dimensions), dtype=np.float32)


def _covered(embedded: EmbeddedReference, day: date, found: Found) -> Coverage:
    weights = found.day.weights
    share = coverage.share(found.covered.covered, weights)
    return _written(
        embedded,
        day,
        groups=_groups(found),
        verdict=Verdict.JUDGED,
        structure=_structure(embedded, day),
        inputs=int(weights.sum()),
        covered=int(weights[found.covered.covered].sum()),
        share=share.value,
        low=share.low,
        high=share.high,
        floor=found.covered.floor,
        reference_inputs=len(found.covered.asked),
        asked=int(found.covered.asked.sum()),
    )


def _structure(embedded: EmbeddedReference, day: date) -> list[dict[str, Any]]:
    """Nothing where what the reference was made of is gone: its vectors tell what it covers all the same."""
    try:
        return reference_skew.skew(embedded, day)
    except reference_inputs.Gone:
        return []


def _written(
    embedded: EmbeddedReference, day: date, *, groups: Sequence[CoverageGroup] = (), **values: Any
) -> Coverage:
    blank: dict[str, Any] = {"reason": "", "facts": {}, "inputs": 0, "covered": 0, "structure": []}
    blank |= dict.fromkeys(("share", "low", "high", "floor"))
    with transaction.atomic():
        kept, _new = Coverage.objects.update_or_create(
            reference=embedded.reference,
            day=day,
            defaults={**blank, "space": embedded.space, "measured_at": Now(), **values},
        )
        _keep_queues(list(kept.groups.exclude(queue=None)), groups)
        kept.groups.all().delete()
        for group in groups:
            group.coverage = kept
        CoverageGroup.objects.bulk_create(groups)
    return kept


def _keep_queues(before: Sequence[CoverageGroup], now: Sequence[CoverageGroup]) -> None:
    """A day that is measured again has the queues that were made of its groups: each goes to the group of the same
    topic, or the one with most of its rows, half of them at least."""
    for old in before:
        rows = set(old.rows)
        free = [one for one in now if one.queue_id is None]
        same = next((one for one in free if old.topic_id and one.topic_id == old.topic_id), None)
        best = same or max(free, key=lambda one: len(rows & set(one.rows)), default=None)
        if best is not None and (same or 2 * len(rows & set(best.rows)) >= len(rows) > 0):
            best.queue_id = old.queue_id


def _groups(found: Found) -> list[CoverageGroup]:
    """Those with most uncovered inputs first; what forms no group is the last."""
    everything = keywords.terms_of(found.texts.values())
    numbers = range(int(found.groups.max(initial=NO_GROUP)) + 1)
    made = [
        _group(found, number, which, everything)
        for number in numbers
        if len(which := np.flatnonzero(found.groups == number))
    ]
    made.sort(key=lambda one: (one.covered - one.inputs, -one.inputs))
    rest = np.flatnonzero(found.groups == NO_GROUP)
    made = [*made[:MOST_GROUPS], *([_ungrouped(found, rest)] if len(rest) else [])]
    for rank, one in enumerate(made, 1):
        one.rank = rank
    return made


def _group(found: Found, number: int, which: coverage.Numbers, everything: keywords.Terms) -> CoverageGroup:
    ordered = coverage.nearest_to_centre(found.day.vectors, which.tolist())
    uncovered = [at for at in ordered if not found.covered.covered[at]]
    said = [found.texts.get(found.day.interactions[at], "") for at in ordered[:TOLD_BY]]
    middle = found.day.interactions[(uncovered or ordered)[0]]
    topic = found.topics.get(number)
    words = topic.keywords if topic else keywords.keywords(keywords.terms_of(said), everything)
    return CoverageGroup(
        topic=topic,
        title=topic.shown_name[:TITLE] if topic else found.texts.get(middle, "")[:TITLE],
        keywords=[one[:KEYWORD] for one in words],
        nearest=middle,
        rows=[found.day.interactions[at] for at in uncovered],
        **_counted(found, which),
    )


def _ungrouped(found: Found, which: coverage.Numbers) -> CoverageGroup:
    uncovered = which[~found.covered.covered[which]]
    uncovered = uncovered[np.argsort(-found.covered.remoteness[uncovered], kind="stable")]
    return CoverageGroup(rows=[found.day.interactions[at] for at in uncovered], **_counted(found, which))


def _counted(found: Found, which: coverage.Numbers) -> dict[str, int]:
    weights = found.day.weights[which]
    return {"inputs": int(weights.sum()), "covered": int(weights[found.covered.covered[which]].sum())}
