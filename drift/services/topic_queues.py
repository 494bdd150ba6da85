"""A sample of a topic's inputs in a queue, each with the chance that it had to come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from annotator.models import Job, Queue, User
from annotator.services import jobs
from annotator.services.queues import NewItem
from drift.models import EmbeddedDay, MapDot, Topic
from feedback.sampling import Urn
from feedback.services import from_log

FILL = "drift.fill_from_topic"
MOST = 1_000  # items at a time
LONGEST_NAME = 80  # characters of a topic's name in a reason


def start(topic: Topic, queue: Queue, n: int, *, token: UUID, by: User) -> Job:
    """The job. `token` is of the page that was sent: sent twice, it is one job."""
    return jobs.ask(
        kind=FILL,
        key=f"{queue.pk} {topic.pk} {token}",
        project=topic.project,
        arguments={"topic": topic.pk, "queue": str(queue.pk), "n": n, "seed": str(token)},
        by=by,
    )


def choose(topic: Topic, n: int, seed: str) -> tuple[int, list[UUID]]:
    """How many of its inputs are on the map, repeats once, and `n` of them, each as likely."""
    rows = MapDot.objects.filter(topic=topic, weight__gt=0).exclude(day__map__in_force_at=None)
    urn = Urn(seed, n)
    urn.add(("", key.bytes) for key in rows.values_list("interaction", flat=True).order_by("interaction"))
    drawn = [UUID(bytes=key) for _stratum, keys in urn.draw() for key in keys]
    return sum(urn.counts.values()), drawn


def items(topic: Topic, queue: Queue, keys: Sequence[UUID], population: int, drawn: int) -> list[NewItem]:
    """Copies of those that the log still has."""
    chances = _chances(topic, keys)
    copies = from_log.items(queue, [key.bytes for key in keys], from_log.Why(population, drawn))
    return [_of_topic(one, topic, chances, population, drawn) for one in copies]


def _of_topic(
    one: NewItem, topic: Topic, chances: dict[str, float | None], population: int, drawn: int
) -> NewItem:
    """Its chance: that its day's sample had it, times that this draw had it."""
    metadata = one.metadata if isinstance(one.metadata, dict) else {}
    sampled = chances.get(metadata.get("interaction", ""))
    return replace(
        one,
        reason=_("%(drawn)s of %(population)s sampled inputs of the topic “%(name)s”")
        % {"drawn": drawn, "population": population, "name": topic.shown_name[:LONGEST_NAME]},
        inclusion_probability=None if sampled is None else sampled * drawn / population,
    )


def _chances(topic: Topic, keys: Sequence[UUID]) -> dict[str, float | None]:
    """By id: the share of its day that was embedded; None where that day is no longer known."""
    dots = MapDot.objects.filter(topic=topic, interaction__in=keys)
    days: dict[str, tuple[int, date]] = {
        str(key): (space, day)
        for key, space, day in dots.values_list("interaction", "day__map__space", "day__day")
    }
    embedded = EmbeddedDay.objects.filter(
        space__in={space for space, _day in days.values()}, day__in={day for _space, day in days.values()}
    )
    shares = {
        (one.space_id, one.day): min(one.sampled / one.population, 1.0) if one.population else None
        for one in embedded
    }
    return {key: shares.get(day) for key, day in days.items()}
