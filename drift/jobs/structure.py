"""What a day's inputs and outputs are like beside the days before: read and judged in steps."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind, days_of
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from annotator.services import jobs
from drift.services import structure

NAME = "drift.structure"


def ask(project_id: int, day: date) -> Job:
    """Asked twice it is one job."""
    return jobs.ask(
        kind=NAME,
        key=f"{project_id}:{day.isoformat()}",
        project=project_id,
        arguments={"day": day.isoformat()},
    )


def run(work: Work) -> None:
    """One day of one project. Arguments: {"day": "2026-11-23"}. Where it goes on is in the days' own rows."""
    project = work.job.project
    if project is None:
        raise PermanentError("The project of this day is gone.")
    day = date.fromisoformat(work.arguments["day"])
    last = False
    while not last:
        with work.chunk() as chunk:
            try:
                done, total, place, last = structure.step(project, day)
            except structure.NotOver as error:
                raise PermanentError("The day is not over yet.") from error
            chunk.done, chunk.total, chunk.cursor, chunk.last = done, total, place, last
            if last:
                found = structure.structure_of(project, day)
                work.result = {"day": day.isoformat(), "p": found.p, "changed": list(found.changed)}


KIND = Kind(NAME, run, title=_("What inputs and outputs are like"), details=days_of)
