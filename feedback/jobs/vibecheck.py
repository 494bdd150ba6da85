"""The daily draw: a slot per project and day, and the job that a slot asks for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind, days_of
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from feedback import days
from feedback.models import VibeCheck, VibePlan
from feedback.queries import late
from feedback.queries.shifts import zone_of
from feedback.services import first_log, rounds, vibecheck
from feedback.services.plans import MOST_MISSED, ensure_plan, schedule_of, slot_of

NAME = "vibecheck"


def run(work: Work) -> None:
    """Draw one day of one project. Arguments: {"day": "2026-11-23"}."""
    project = work.job.project
    if project is None:
        raise PermanentError("The project of this check is gone.")
    day = date.fromisoformat(work.arguments["day"])
    try:
        with work.keep_alive():  # a day may hold tens of millions; drawn twice is drawn once
            check = vibecheck.draw(project=project, day=day, now=datetime.now(UTC))
    except vibecheck.TooEarly as error:
        raise PermanentError(str(error)) from error
    rounds.go_round(ensure_plan(project, now=datetime.now(UTC)), now=datetime.now(UTC))
    with work.chunk() as chunk:
        drawn = sum(stratum["drawn"] for stratum in check.strata)
        work.result = {"day": work.arguments["day"], "drawn": drawn, "population": check.population}
        chunk.done = chunk.total = drawn
        chunk.last = True


def slots(now: datetime) -> Iterator[Slot]:
    """Each day's slot when its hour has struck, and those of the last two weeks that were missed."""
    for project in first_log.without("vibe_plan"):
        ensure_plan(project, now=now)
    for check in late.came_after(now):
        yield late_slot(check, now)
    for plan in VibePlan.objects.filter(enabled=True).select_related("project"):
        struck = days.last_slots(
            hour=plan.hour,
            zone=zone_of(plan.project),
            now=now,
            since=plan.starts_on,
            most=MOST_MISSED,
        )
        for shift in struck:
            yield slot(plan.project_id, shift)


def slot(project_id: int, shift: date) -> Slot:
    """The slot of the day on which somebody looks; what was logged the day before is drawn."""
    day = shift - days.DAY
    return Slot(
        schedule=schedule_of(project_id),
        due_at=slot_of(shift),
        kind=NAME,
        key=key_of(project_id, day),
        project_id=project_id,
        arguments={"day": day.isoformat()},
    )


def late_slot(check: VibeCheck, now: datetime) -> Slot:
    """A day whose log came after its draw had found nothing; at most one an hour."""
    return Slot(
        schedule=f"{schedule_of(check.project_id)}:late",
        due_at=now.replace(minute=0, second=0, microsecond=0),
        kind=NAME,
        key=key_again(check),
        project_id=check.project_id,
        arguments={"day": check.day.isoformat()},
    )


def key_of(project_id: int, day: date) -> str:
    return f"{project_id}:{day.isoformat()}"


def key_again(check: VibeCheck) -> str:
    """Of a draw after one that found nothing: asked twice it is one, and not that one."""
    return f"{key_of(check.project_id, check.day)}:{check.drawn_at:%Y-%m-%dT%H:%M:%S.%f}"


def result_url(job: Job) -> str:
    """The check's page."""
    if job.project is None or not job.result:
        return ""
    return reverse("check", args=[job.project.slug, job.result["day"]])


KIND = Kind(NAME, run, title=_("Draw the vibe check"), result_url=result_url, details=days_of)
SCHEDULE = Schedule(NAME, slots)
