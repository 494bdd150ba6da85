"""One day of one project, judged. Its embedding asks for it, or a person."""

from datetime import UTC, date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind, days_of
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, User
from annotator.services import jobs
from drift.models import DriftCheck
from drift.services import judge

NAME = "drift.judge"


def ask_again(check: DriftCheck, by: User | None = None) -> Job:
    """To have a judgement replaced by one with what is set and known now. Asked twice it is one job."""
    again = judge.again_of(check)
    return jobs.ask(
        kind=NAME,
        key=f"{check.project_id}:{check.day.isoformat()}:{again}",
        project=check.project_id,
        arguments={"day": check.day.isoformat(), "again": again},
        by=by,
    )


def run(work: Work) -> None:
    """Arguments: {"day": "2026-11-23"}, and {"again": when the one to be replaced was made}."""
    project = work.job.project
    if project is None:
        raise PermanentError("The project of this day is gone.")
    try:
        with work.keep_alive():  # seconds; judged twice is judged once
            check = judge.judge(
                project=project,
                day=date.fromisoformat(work.arguments["day"]),
                now=datetime.now(UTC),
                by=work.job.asked_by,
                again=work.arguments.get("again", ""),
            )
    except judge.TooEarly as error:
        raise PermanentError(str(error)) from error
    with work.chunk() as chunk:
        work.result = {"day": work.arguments["day"], "alarm": check.alarm, "timings": check.timings}
        chunk.done = chunk.total = len(check.day_vectors)
        chunk.last = True


def result_url(job: Job) -> str:
    """The day's page."""
    if job.project is None or not job.result:
        return ""
    return reverse("drift-day", args=[job.project.slug, job.result["day"]])


KIND = Kind(
    NAME,
    run,
    queue="ml",
    title=_("Compare a day with the days before"),
    result_url=result_url,
    details=days_of,
)
