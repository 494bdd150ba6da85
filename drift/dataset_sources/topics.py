"""Topics as what a dataset is narrowed to: rows whose input, as it was logged, counts for one of them now."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.datasets.narrowings import Narrowing
from annotator.datasets.registry import Reading
from annotator.models import Project
from drift.models import Topic
from drift.queries.topic_maps import in_force
from drift.queries.topic_rates import topics_of_items

NAME, NONE = "topics", "none"
LONGEST = 80  # characters of a name
DIGITS = 19  # of an id


def options(project: Project, chosen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Those of the map in force, the largest first, then chosen ones that are not asked any more."""
    found = in_force(project)
    if found is None:
        return []
    shapes = found.shapes.select_related("topic").order_by("-rows", "pk")
    named = {str(one.topic_id): _name(one.topic) for one in shapes}
    before = [int(one) for one in chosen if one not in named and one.isdecimal() and len(one) < DIGITS]
    ended = Topic.objects.filter(project=project, pk__in=before).order_by("pk") if before else []
    named |= {str(one.pk): _name(one) for one in ended}
    return [*named.items(), (NONE, _("In no topic"))]


def _name(topic: Topic) -> str:
    return topic.shown_name[:LONGEST]


def inside(reading: Reading, values: Sequence[str], items: Sequence[int]) -> Collection[int]:
    """Items of inputs that were never embedded are of no value, not even of none."""
    wanted: set[int | None] = {*_now(reading, [int(one) for one in values if one != NONE])}
    if NONE in values:
        wanted.add(None)
    found = topics_of_items(reading.project, items, using=reading.using)
    return {item for item, topic in found.items() if topic in wanted}


def _now(reading: Reading, chosen: Sequence[int]) -> set[int]:
    """A topic that was taken over is what took it over."""
    rows = Topic.objects.using(reading.using.alias).filter(project=reading.project)
    taken_over = rows.filter(heir__isnull=False, ended_at__isnull=False).values_list("pk", "heir")
    heirs = {topic: heir for topic, heir in taken_over if heir is not None}
    return {_heir(heirs, topic) for topic in chosen}


def _heir(heirs: dict[int, int], topic: int) -> int:
    seen: set[int] = set()
    while topic in heirs and topic not in seen:
        seen.add(topic)
        topic = heirs[topic]
    return topic


NARROWING = Narrowing(
    NAME,
    gettext_lazy("Only these topics"),
    gettext_lazy("By the inputs as they were logged and embedded. None chosen: whatever they are about."),
    options,
    inside,
)
