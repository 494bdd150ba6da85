"""Checking what arrives: a slot a minute for each project with something new.

The mark says how far a project's log is checked. It moves in the transaction that stores the results, so
that a run that is killed goes on where it was, and nothing is stored or counted twice. Kinds that wait
for a language model or for code to run have a mark of their own, and hold up no other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.chance import share
from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, JobState, Project
from feedback import days
from feedback.assertions.failed import EXAMPLES, Failures, on_failed
from feedback.assertions.outcome import Tools
from feedback.models import AssertionMark, AssertionVersion, Interaction
from feedback.queries import arrivals
from feedback.queries.arrivals import Place
from feedback.services import assertions, checking
from feedback.services.assertion_results import Said, store

NAME, SLOW = "assertions", "assertions.slow"
CHUNK, SLOW_CHUNK = 500, 10
LAG = timedelta(seconds=60)  # rows become visible when their transaction ends, a little after their time


def run(work: Work) -> None:
    _run(work, slow=False)


def run_slow(work: Work) -> None:
    _run(work, slow=True)


def _run(work: Work, *, slow: bool) -> None:
    project = work.job.project
    if project is None:
        raise PermanentError("The project of these assertions is gone.")
    versions = _running(project, slow=slow)
    until = timezone.now() - LAG
    tools = checking.worker_tools(project.pk) if slow else Tools()
    more = True
    while more:
        mark = AssertionMark.objects.get(project=project, slow=slow)
        place = arrivals.place_of(mark)
        rows, behind = arrivals.after(project.pk, place, until, SLOW_CHUNK if slow else CHUNK)
        more = behind.received_at < until
        with work.keep_alive():
            said = _said(project, versions, rows, tools)
        with work.chunk() as chunk:
            if _moved(mark, place, behind):
                _count(work, store(project.pk, said))
                chunk.done += len(rows)
            if not more:
                _tell(work, project, versions)
                chunk.last = True


def _running(project: Project, *, slow: bool) -> list[AssertionVersion]:
    return [one for one in assertions.enabled(project) if checking.is_slow(one) == slow]


def _said(
    project: Project, versions: Sequence[AssertionVersion], rows: Sequence[Interaction], tools: Tools
) -> list[Said]:
    zone = ZoneInfo(project.time_zone)
    found = []
    for row in rows:
        chosen = [one for one in assertions.of_feature(versions, row.feature) if is_chosen(one, row.pk)]
        if not chosen:
            continue
        output = checking.output_of(
            row.output, input=row.input, context=row.context, metadata=row.metadata, tools=tools
        )
        day = days.day_of(row.occurred_at, zone)
        found += [Said(one, row.pk, day, checking.run(one, output)) for one in chosen]
    return found


def is_chosen(version: AssertionVersion, interaction: UUID) -> bool:
    """By chance, the same for each version of an assertion."""
    of = version.assertion
    return of.share >= 1 or share(of.pk, "assertion", interaction) < of.share


def _moved(mark: AssertionMark, place: Place, behind: Place) -> bool:
    """Whether the mark stood where the reading began; another run may have been quicker."""
    values = {"received_at": behind.received_at, "interaction": behind.id}
    rows = AssertionMark.objects.filter(pk=mark.pk, received_at=place.received_at, interaction=place.id)
    return rows.update(**values) == 1


def _count(work: Work, failed: Sequence[tuple[int, UUID]]) -> None:
    """In the job's result, which is saved with the chunk: told at the end, also by the next attempt."""
    counts: dict[str, Any] = work.result.setdefault("failed", {})
    for version, interaction in failed:
        one = counts.setdefault(str(version), {"count": 0, "examples": []})
        one["count"] += 1
        if len(one["examples"]) < EXAMPLES:
            one["examples"].append(str(interaction))


def _tell(work: Work, project: Project, versions: Sequence[AssertionVersion]) -> None:
    counts = work.result.get("failed", {})
    for one in versions:
        if told := counts.get(str(one.pk)):
            of = one.assertion
            examples = tuple(map(UUID, told["examples"]))
            on_failed(Failures(project.pk, of.pk, of.key, of.name, one.number, told["count"], examples))


def slots(now: datetime) -> Iterator[Slot]:
    """One a minute where something arrived."""
    due = now.replace(second=0, microsecond=0)
    wanted = _wanted()
    if not wanted:
        return
    wanted -= _under_way()
    projects = {project for project, _slow in wanted}
    newest = arrivals.newest(projects, now - LAG)
    for mark in AssertionMark.objects.filter(project__in=projects).order_by("pk"):
        if (mark.project_id, mark.slow) in wanted and arrivals.lies_behind(mark, newest.get(mark.project_id)):
            name = SLOW if mark.slow else NAME
            key = f"{mark.project_id}:{due:%Y-%m-%dT%H:%M}"
            yield Slot(f"{name}:{mark.project_id}", due, name, key, mark.project_id)


def _wanted() -> set[tuple[int, bool]]:
    """(project, slow) of all that runs."""
    rows = assertions.running().values_list("project_id", "kind").distinct()
    return {(project, checking.is_slow_kind(kind)) for project, kind in rows}


def _under_way() -> set[tuple[int, bool]]:
    """A second run beside the first would only do the same work again."""
    rows = Job.objects.filter(kind__in=(NAME, SLOW), state__in=(JobState.DUE, JobState.LEASED))
    return {(project, kind == SLOW) for project, kind in rows.values_list("project_id", "kind") if project}


KIND = Kind(NAME, run, title=_("Check what arrived"))
SLOW_KIND = Kind(SLOW, run_slow, title=_("Check what arrived, by a judge or by running it"))
SCHEDULE = Schedule(NAME, slots)
