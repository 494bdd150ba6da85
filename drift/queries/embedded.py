"""What was embedded of each day, for pages: a few queries however many days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from annotator.models import Job, JobState, Project
from drift.models import EmbeddedDay, Space
from drift.services import inputs
from drift.services.embedding import EMBED, REPEATS, VECTORS
from drift.texts import Rule
from feedback.models import Environment, Interaction

KINDS = (EMBED, VECTORS, REPEATS)
SHOWN = 30  # days
PREVIEWED = 5  # inputs
LOOKED_THROUGH = 200  # of the newest, for production's


@dataclass(frozen=True)
class DayRow:
    """`repeated`: inputs that another row stands for."""

    embedded: EmbeddedDay
    peak_mb: int

    @property
    def repeated(self) -> int:
        told = self.embedded.repeats
        return int(sum(told.get("inputs", {}).values()) - sum(told.get("groups", {}).values()))

    @property
    def rows(self) -> int:
        return int(self.embedded.repeats.get("rows", 0))


@dataclass(frozen=True)
class RepeatRow:
    """`preview` is None when the log has lost it."""

    what: str
    inputs: int
    users: int
    interaction: UUID
    preview: str | None


@dataclass(frozen=True)
class Shown:
    """The text of an input by a rule. `fell_back`: the rule found nothing, so that all texts stand in."""

    interaction: UUID
    text: str
    fell_back: bool


@dataclass(frozen=True)
class State:
    """What hinders: the newest job that failed and was followed by none that did not. `working`: how many go on."""

    failed: Job | None = None
    working: Sequence[Job] = field(default_factory=list)


def rows(project: Project, space: Space | None) -> list[DayRow]:
    if space is None:
        return []
    found = list(EmbeddedDay.objects.filter(space=space).order_by("-day")[:SHOWN])
    names = [one.day.isoformat() for one in found]
    jobs = Job.objects.filter(project=project, kind__in=KINDS, arguments__day__in=names)
    peaks: dict[str, int] = {}
    for day, result in jobs.values_list("arguments__day", "result"):
        peaks[day] = max(peaks.get(day, 0), (result or {}).get("peak_mb", 0))
    return [DayRow(one, peaks.get(one.day.isoformat(), 0)) for one in found]


def largest_repeats(project: Project, day: EmbeddedDay) -> list[RepeatRow]:
    told: list[dict[str, Any]] = day.repeats.get("largest", [])
    ids = [UUID(one["interaction"]) for one in told]
    previews = dict(
        Interaction.objects.filter(project=project, pk__in=ids).values_list("pk", "input_preview")
    )
    return [
        RepeatRow(one["what"], one["inputs"], one["users"], key, previews.get(key))
        for one, key in zip(told, ids, strict=True)
    ]


def state(project: Project) -> State:
    newest = Job.objects.filter(project=project, kind__in=KINDS).order_by("-created_at")
    working = list(newest.filter(state__in=(JobState.DUE, JobState.LEASED))[:100])
    ended = newest.filter(Q(state=JobState.FAILED) | Q(state=JobState.DONE)).order_by("-finished_at").first()
    return State(ended if ended and ended.state == JobState.FAILED else None, working)


def preview(project: Project, rule: Rule) -> list[Shown]:
    """The newest production inputs by this rule. Their payloads are read one by one: each may have a megabyte."""
    newest = Interaction.objects.filter(project=project).order_by("-id")
    looked_at = newest.values_list("id", "environment")[:LOOKED_THROUGH]
    ids = [key for key, kind in looked_at if kind == Environment.PRODUCTION][:PREVIEWED]
    said = inputs.said(ids, rule)
    return [Shown(key, said[key].made.text, said[key].made.fell_back) for key in ids if key in said]
