"""What the parts of a plan draw from a day. One pass over the day's keys for all parts that draw from
everything, one query by a cursor for each other part: memory is what is drawn, however large the day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from annotator.models import Project
from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import Environment, Interaction, VibePlan
from feedback.queries.shifts import zone_of
from feedback.sampling import Stratum, Urn, allocate
from feedback.sources import registry
from feedback.sources.registry import Source
from feedback.union import Chance, Part, union

ROWS = 20_000  # keys a round trip; payloads are read of the drawn ones only
Key = tuple[str, bytes]  # feature, id


@dataclass(frozen=True)
class Asked:
    """A part of the plan: a source that is known here, and how many."""

    source: Source
    size: int


@dataclass(frozen=True)
class Draw:
    """`groups`: the day's features, the smallest together, of which rates are told."""

    asked: tuple[Asked, ...]
    parts: tuple[Part, ...]
    groups: tuple[Stratum, ...]
    population: int

    @property
    def keys(self) -> set[UUID]:
        return {UUID(bytes=key) for part in self.parts for key in part.keys}

    def chances(self, features: Mapping[UUID, str]) -> dict[UUID, Chance]:
        found = union(self.parts, {key.bytes: feature for key, feature in features.items()})
        return {UUID(bytes=key): chance for key, chance in found.items()}

    def parts_json(self) -> list[dict[str, object]]:
        """What the check keeps of each part: its population is of those that belong to it."""
        return [
            {
                "source": one.source.key,
                "size": one.size,
                "population": sum(stratum.population for stratum, _keys in part.drawn),
                "drawn": len(part.keys),
            }
            for one, part in zip(self.asked, self.parts, strict=True)
        ]


def seed_of(project: Project, day: date) -> str:
    return f"{project.pk}:{day.isoformat()}"


def production_of(project: Project, day: date) -> QuerySet[Interaction]:
    """The day's production interactions. The id holds the time, so the day is a range of the index."""
    low, high = ids_between(*days.bounds(day, zone_of(project)))
    return Interaction.objects.filter(
        project=project, id__gte=low, id__lt=high, environment=Environment.PRODUCTION
    )


def asked_by(plan: VibePlan) -> list[Asked]:
    """The base and what comes beside it, in order. Parts of sources that are not known draw nothing."""
    base = registry.find(plan.base) or registry.bases()[0]
    more = [Asked(source, size) for key, size in plan.parts if size and (source := registry.find(key))]
    return [Asked(base, plan.sample_size), *more]


def draw_of(plan: VibePlan, day: date) -> Draw:
    asked, rows = asked_by(plan), production_of(plan.project, day)
    seed = seed_of(plan.project, day)
    urns = [
        Urn(seed if one.source.base else f"{seed}:{one.source.key}", one.size, one.source.divide)
        for one in asked
    ]
    belong = [one.source.members(rows) if one.source.members else None for one in asked]
    of_all = [urn for urn, narrowed in zip(urns, belong, strict=True) if narrowed is None]
    for chunk in _chunks(_keys(rows)):
        for urn in of_all:
            urn.add(chunk)
    for urn, narrowed in zip(urns, belong, strict=True):
        if narrowed is not None:
            urn.add(_keys(narrowed))
    drawn = [urn.draw() for urn in urns]
    any_drew = {UUID(bytes=key) for part in drawn for _stratum, keys in part for key in keys}
    parts = tuple(
        Part(one.source.key, part, None if narrowed is None else _belonging(narrowed, any_drew))
        for one, part, narrowed in zip(asked, drawn, belong, strict=True)
    )
    counts = urns[0].counts  # the base draws from everything
    groups = allocate(counts, plan.sample_size)
    return Draw(tuple(asked), parts, tuple(groups), sum(counts.values()))


def _keys(rows: QuerySet[Interaction]) -> Iterator[Key]:
    """By a cursor on the server."""
    found = rows.order_by().values_list("feature", "id").iterator(chunk_size=ROWS)
    return ((feature, key.bytes) for feature, key in found)


def _chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    source = iter(keys)
    while chunk := list(islice(source, ROWS)):
        yield chunk


def _belonging(narrowed: QuerySet[Interaction], drawn: set[UUID]) -> frozenset[bytes]:
    """Which of the drawn ones this part could have drawn."""
    return frozenset(key.bytes for key in narrowed.filter(pk__in=drawn).values_list("id", flat=True))
