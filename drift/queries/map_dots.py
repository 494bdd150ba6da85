"""The dots of the map, as few as a browser draws with ease, and what lies behind one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet
from django.db.models.functions import MD5, Cast

from annotator.models import Project
from drift.models import MapDot, MappedDay, Topic, TopicMap
from feedback.models import Interaction

MOST_NEW, MOST = 1_500, 5_000
LISTED = 25


def dots(of: TopicMap) -> dict[str, Any]:
    """{"day": newest, "topics": {...}, "dots": [[x, y, topic, state, id]]}, the newest day's last, on top of the others'.

    `state`: 1 loose, 2 of the newest day, 3 both. `topic` 0: none. Of more than there is room for, a sample by
    the hash of their ids: the same one each time.
    """
    newest = MappedDay.objects.filter(map=of, rows__gt=0).order_by("-day").first()
    if newest is None:
        return {"day": "", "topics": [], "dots": []}
    counted = MapDot.objects.filter(day__map=of, weight__gt=0)
    new = _some(counted.filter(day=newest), MOST_NEW)
    old = _some(counted.exclude(day=newest), MOST - len(new))
    shapes = of.shapes.select_related("topic").defer("centroid")
    return {
        "day": newest.day.isoformat(),
        "topics": [
            {
                "id": shape.topic_id,
                "number": shape.topic.number,
                "name": shape.topic.shown_name,
                "x": round(shape.x, 5),
                "y": round(shape.y, 5),
                "r": round(shape.radius, 5),
            }
            for shape in shapes
        ],
        "dots": [
            [x, y, topic or 0, state + loose, str(key)]
            for state, rows in ((0, old), (2, new))
            for key, x, y, topic, loose in rows
        ],
    }


def _some(rows: QuerySet[MapDot], most: int) -> list[tuple[UUID, float, float, int | None, bool]]:
    chance = MD5(Cast("interaction", CharField()))
    return list(rows.order_by(chance).values_list("interaction", "x", "y", "topic", "loose")[:most])


@dataclass(frozen=True)
class Shown:
    """A row of a topic. `interaction` None: gone from the log."""

    dot: MapDot
    day: date
    interaction: Interaction | None


def rows_of(topic: Topic, *, before: UUID | None = None) -> tuple[list[Shown], UUID | None]:
    """Its newest inputs that count, or those before one, and where the next page begins. Two queries."""
    rows = MapDot.objects.filter(topic=topic, weight__gt=0).exclude(day__map__in_force_at=None)
    if before is not None:
        rows = rows.filter(interaction__lt=before)
    found = list(rows.select_related("day").order_by("-interaction")[: LISTED + 1])
    there = _logged(topic.project_id, [dot.interaction for dot in found])
    shown = [Shown(dot, dot.day.day, there.get(dot.interaction)) for dot in found[:LISTED]]
    return shown, found[LISTED - 1].interaction if len(found) > LISTED else None


def nearest_of(topic: Topic, most: int = 3) -> list[Shown]:
    """Its most typical inputs."""
    rows = MapDot.objects.filter(topic=topic, weight__gt=0).exclude(day__map__in_force_at=None)
    found = list(rows.select_related("day").order_by("-cosine", "interaction")[:most])
    there = _logged(topic.project_id, [dot.interaction for dot in found])
    return [Shown(dot, dot.day.day, there.get(dot.interaction)) for dot in found]


def _logged(project: int, keys: Iterable[UUID]) -> dict[UUID, Interaction]:
    rows = Interaction.objects.filter(project=project).only(
        "input_preview", "output_preview", "occurred_at", "error", "feature"
    )
    return rows.in_bulk(list(keys))


def behind(project: Project, interaction: UUID) -> Interaction | None:
    """What a dot stands for; None where the log has it no more. Raises LookupError: no dot of this project's map."""
    if not MapDot.objects.filter(interaction=interaction, day__map__project=project).exists():
        raise LookupError(interaction)
    return _logged(project.pk, [interaction]).get(interaction)
