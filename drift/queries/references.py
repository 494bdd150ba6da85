"""References with how much of the traffic they cover, as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from annotator.models import Item, Project, QueueKind
from annotator.stats.intervals import Estimate
from drift.models import Coverage, CoverageGroup, DriftPlan, EmbeddedReference, Reference, Verdict
from drift.services.uncovered import ORIGIN
from feedback.models import Interaction
from feedback.trend import Trend, trend

SHOWN_DAYS = 60
EXAMPLES, WITH_EXAMPLES = 3, 12
AMONG = 12  # rows of a group in which its examples are looked for


def references_of(project: Project) -> QuerySet[Reference]:
    """Each with its newest measured day (`day`, `share`, `low`, `high`) and whether it is `embedded`."""
    newest = Coverage.objects.filter(reference=OuterRef("pk"), verdict=Verdict.JUDGED).order_by("-day")
    embedded = EmbeddedReference.objects.filter(
        reference=OuterRef("pk"), space=OuterRef("project__drift_plan__space"), finished_at__isnull=False
    )
    found: QuerySet[Reference] = (
        Reference.objects.filter(project=project)
        .select_related("version__dataset", "file")
        .annotate(
            day=Subquery(newest.values("day")[:1]),
            share=Subquery(newest.values("share")[:1]),
            low=Subquery(newest.values("low")[:1]),
            high=Subquery(newest.values("high")[:1]),
            embedded=Subquery(embedded.values("finished_at")[:1]),
        )
    )
    return found


def estimate_of(one: Coverage | Reference) -> Estimate:
    """Of a measured day, or of a reference from `references_of`."""
    known: dict[str, float | None] = {name: getattr(one, name) for name in ("share", "low", "high")}
    return Estimate(known["share"], known["low"], known["high"])


def embedded_in_use(reference: Reference) -> EmbeddedReference | None:
    """In the space that is in use, finished or not; with its job."""
    plan = DriftPlan.objects.filter(project=reference.project_id).values("space")
    return (
        EmbeddedReference.objects.filter(reference=reference, space__in=plan)
        .select_related("job", "space")
        .first()
    )


def different_inputs(reference: Reference) -> int | None:
    """How many it has in the space that is in use; None until they are embedded."""
    embedded = embedded_in_use(reference)
    return embedded.vectors.count() if embedded and embedded.finished_at else None


def is_baseline(reference: Reference) -> bool:
    """Whether days are compared with it."""
    return DriftPlan.objects.filter(reference=reference).exists()


def has_space(project: Project) -> bool:
    return DriftPlan.objects.filter(project=project, space__isnull=False).exists()


@dataclass(frozen=True)
class Example:
    """`text` is None where the log no longer has it."""

    id: UUID
    text: str | None


@dataclass(frozen=True)
class Group:
    row: CoverageGroup
    of_day: int  # inputs of the day
    examples: list[Example] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The topic's name as it is now, else the beginning of the input in its middle."""
        return self.row.topic.shown_name if self.row.topic else self.row.title

    @property
    def uncovered(self) -> int:
        return self.row.inputs - self.row.covered

    @property
    def is_covered(self) -> bool:
        return self.row.covered * 2 >= self.row.inputs

    @property
    def share(self) -> float:
        """Of the day's inputs."""
        return self.row.inputs / self.of_day if self.of_day else 0.0

    @property
    def covered_share(self) -> float:
        return self.row.covered / self.row.inputs if self.row.inputs else 0.0


@dataclass(frozen=True)
class Day:
    coverage: Coverage
    estimate: Estimate
    groups: list[Group]

    @property
    def uncovered_groups(self) -> list[Group]:
        """With a name and mostly uncovered."""
        return [one for one in self.groups if one.row.title and not one.is_covered]

    @property
    def uncovered(self) -> int:
        return self.coverage.inputs - self.coverage.covered


def days_of(reference: Reference) -> list[Coverage]:
    """The newest first."""
    rows = Coverage.objects.filter(reference=reference).select_related("space")
    return list(rows.order_by("-day")[:SHOWN_DAYS])


def other_space(days: Sequence[Coverage]) -> Coverage | None:
    """The newest day that was measured in another space than the newest of all, so that the two do not compare."""
    return next((one for one in days if one.space_id != days[0].space_id), None)


def freshness(days: Sequence[Coverage]) -> Trend | None:
    return trend([(one.day, estimate_of(one)) for one in days if one.share is not None])


def day_of(days: Sequence[Coverage], wanted: date | None) -> Coverage | None:
    """That of this day, else the newest that was measured, else the newest."""
    if wanted is not None:
        return next((one for one in days if one.day == wanted), None)
    measured = (one for one in days if one.verdict == Verdict.JUDGED)
    return next(measured, next(iter(days), None))


def told(project: Project, coverage: Coverage) -> Day:
    """With examples of the groups that are least covered. Two queries."""
    rows = list(coverage.groups.select_related("queue", "topic"))
    shown = {row.pk: row.rows[:AMONG] for row in rows[:WITH_EXAMPLES]}
    if rows and not rows[-1].title:
        shown[rows[-1].pk] = rows[-1].rows[:AMONG]
    ids = [key for keys in shown.values() for key in keys]
    texts = dict(Interaction.objects.filter(project=project, pk__in=ids).values_list("pk", "input_preview"))
    groups = [Group(row, coverage.inputs, _examples(shown.get(row.pk, []), texts)) for row in rows]
    return Day(coverage, estimate_of(coverage), groups)


def _examples(keys: Sequence[UUID], texts: Mapping[UUID, str]) -> list[Example]:
    """The first that say something else than those before, then the others."""
    different = {texts.get(key): key for key in reversed(keys)}
    first = [key for key in keys if different[texts.get(key)] == key]
    ordered = [*first, *(key for key in keys if key not in first)]
    return [Example(key, texts.get(key)) for key in ordered[:EXAMPLES]]


def labelled(project: Project) -> tuple[int, int]:
    """Items of queues of uncovered inputs: how many there are, and how many of them somebody has answered."""
    found = Item.objects.filter(
        queue__project=project, queue__origin=ORIGIN, queue__kind=QueueKind.BINARY
    ).aggregate(
        n=Count("pk", distinct=True),
        done=Count("pk", distinct=True, filter=Q(labels__answer__in=("yes", "no"))),
    )
    return found["n"], found["done"]
