"""Assertions as their pages show them. Each page costs a constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Sum
from django.utils import timezone

from annotator.models import Item, Membership, Project
from annotator.queries.labels import start_of
from annotator.stats.intervals import Estimate, wilson
from annotator.web.payload.beginning import words
from feedback import days
from feedback.assertions.alignment import Tally
from feedback.models import (
    Assertion,
    AssertionDay,
    AssertionReport,
    AssertionResult,
    AssertionVersion,
    CheckOutcome,
    Interaction,
)
from feedback.queries import labelled
from feedback.services import assertions

LATELY = 7  # days
ENOUGH = 3  # criteria that a feature should have at least
FAILED_SHOWN = 20
DAYS = 31  # more of them are shown by week
MOST_DAYS = 2 * 366
COUNTED = ("passed", "failed", "uncertain", "none")


@dataclass(frozen=True)
class Counted:
    """Results. `failing`: of those that it could tell."""

    counts: Counter[str]

    @property
    def n(self) -> int:
        return self.counts["passed"] + self.counts["failed"]

    @property
    def failing(self) -> Estimate:
        return wilson(self.counts["failed"], self.n)


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    version: AssertionVersion
    lately: Counted
    tally: Tally | None

    @property
    def assertion(self) -> Assertion:
        return self.version.assertion


@dataclass(frozen=True)
class Nudge:
    """A feature with too few criteria."""

    feature: str
    has: int


def listed(project: Project) -> list[Listed]:
    """All that are not retired, by name. Three queries."""
    versions = list(assertions.in_force(project))
    reports = AssertionReport.objects.in_bulk([one.pk for one in versions])
    lately = _lately(project, versions)
    return [
        Listed(one, lately.get(one.pk, Counted(Counter())), tally_of(reports.get(one.pk))) for one in versions
    ]


def _lately(project: Project, versions: Iterable[AssertionVersion]) -> dict[int, Counted]:
    since = today_in(project) - days.DAY * (LATELY - 1)
    rows = AssertionDay.objects.filter(version__in=versions, day__gte=since)
    summed = rows.values_list("version").annotate(*(Sum(name) for name in COUNTED))
    return {version: Counted(Counter(dict(zip(COUNTED, sums, strict=True)))) for version, *sums in summed}


def today_in(project: Project) -> date:
    return days.day_of(timezone.now(), ZoneInfo(project.time_zone))


def tally_of(report: AssertionReport | None) -> Tally | None:
    return Tally.of_counts(report.counts) if report else None


def nudges(rows: Sequence[Listed], features: Iterable[str]) -> list[Nudge]:
    """Those of these features that have fewer than three criteria that run."""
    running = [one.version for one in rows if one.assertion.enabled]
    counted = [Nudge(one, len(assertions.of_feature(running, one))) for one in features]
    return [one for one in counted if one.has < ENOUGH]


@dataclass(frozen=True)
class Period:
    """A day or a week of one version, from `day` on."""

    day: date
    version: int
    counted: Counted


def over_time(assertion: Assertion) -> list[Period]:
    """By version and day, the oldest first; by week when there are many days. One query."""
    since = today_in(assertion.project) - timedelta(days=MOST_DAYS)
    rows = AssertionDay.objects.filter(version__assertion=assertion, day__gte=since)
    found = list(rows.annotate(number=F("version__number")).order_by("day", "number"))
    weekly = len({row.day for row in found}) > DAYS
    summed: dict[tuple[date, int], Counter[str]] = {}
    for row in found:
        day = days.monday_of(row.day) if weekly else row.day
        counts = summed.setdefault((day, row.number), Counter())
        counts.update({name: getattr(row, name) for name in COUNTED})
    return [Period(day, number, Counted(counts)) for (day, number), counts in sorted(summed.items())]


@dataclass(frozen=True)
class Failed:
    """An interaction that it failed, or was uncertain of. Texts are empty when the log has lost it."""

    interaction: UUID
    outcome: str
    reason: Any
    input: str
    output: str
    there: bool


def newest_failed(version: AssertionVersion) -> list[Failed]:
    """Two queries."""
    rows = list(
        AssertionResult.objects.filter(
            version=version, outcome__in=(CheckOutcome.FAILED, CheckOutcome.UNCERTAIN)
        ).order_by("-interaction")[:FAILED_SHOWN]
    )
    logged = Interaction.objects.filter(project=version.assertion.project_id)
    texts = logged.only("input_preview", "output_preview").in_bulk([row.interaction for row in rows])
    return [
        Failed(
            row.interaction,
            row.outcome,
            row.reason,
            texts[row.interaction].input_preview if row.interaction in texts else "",
            texts[row.interaction].output_preview if row.interaction in texts else "",
            row.interaction in texts,
        )
        for row in rows
    ]


def against(project: Project, interaction: UUID) -> list[AssertionResult]:
    """What failed or was uncertain of one interaction, the newest version of each first. Two queries, for
    each outcome has an index of its own."""
    rows = AssertionResult.objects.filter(project=project, interaction=interaction)
    rows = rows.select_related("version__assertion").order_by("version__assertion__name", "-version__number")
    return [*rows.filter(outcome=CheckOutcome.FAILED), *rows.filter(outcome=CheckOutcome.UNCERTAIN)]


@dataclass(frozen=True)
class Shown:
    """A labelled item in a few words."""

    id: int
    queue: UUID
    input: str
    output: str


def shown(me: Membership, items: Sequence[int]) -> dict[int, Shown]:
    """Those of them that this person may know the answers of; by id. Two queries."""
    known = labelled.visible(me, items)
    rows = Item.objects.filter(pk__in=known, queue__project=me.project).annotate(
        input_start=start_of("input"), output_start=start_of("output")
    )
    return {
        pk: Shown(pk, queue, words(given, 120), words(said, 160))
        for pk, queue, given, said in rows.values_list("pk", "queue_id", "input_start", "output_start")
    }


def retired(project: Project) -> list[Assertion]:
    """The newest first."""
    return list(project.assertions.exclude(retired_at=None).order_by("-retired_at")[:100])


def features_of(item: Item) -> list[str]:
    """The feature that an item's copy tells, as a list."""
    feature = (item.metadata or {}).get("feature") if isinstance(item.metadata, dict) else None
    return [feature] if isinstance(feature, str) and feature else []
