"""Embedding days in tests: a small real model, and workers that do all that is asked."""

from datetime import date

from annotator.jobs import leases, registry, runner
from annotator.jobs.registry import Kind
from annotator.models import Job, JobState
from annotator.services import jobs
from drift.models import DriftPlan, EmbeddedDay
from drift.services.embedding import EMBED, JUDGE


def judging(monkeypatch) -> list[str]:
    """The days that are judged, in order, by a judge that does nothing else."""
    judged: list[str] = []
    kind = Kind(JUDGE, lambda work: judged.append(work.arguments["day"]), queue="ml")
    monkeypatch.setitem(registry._kinds, JUDGE, kind)
    return judged


def ask(project, day: date, *, key: str = "", others: bool = False) -> Job:
    arguments = {"day": day.isoformat(), **({"others": True} if others else {})}
    return jobs.ask(kind=EMBED, key=f"{project.pk}:{day}:{key}", project=project, arguments=arguments)


def work(*kinds: str) -> list[Job]:
    """Do what is due on the ml queue, the first asked first, until nothing is left; what was done."""
    done: list[Job] = []
    while waiting := next(iter(due(*kinds)), None):
        job = leases.claim(waiting.pk)
        if job is None:
            break
        runner.run_claimed(job)
        job.refresh_from_db()
        done.append(job)
    return done


def due(*kinds: str):
    rows = Job.objects.filter(state=JobState.DUE, celery_queue="ml").order_by("due_at", "created_at")
    return rows.filter(kind__in=kinds) if kinds else rows


def embedded(project, day: date, *, key: str = "", others: bool = False) -> EmbeddedDay:
    """The day, from the draw to the judge."""
    ask(project, day, key=key, others=others)
    ended = work()
    assert {job.state for job in ended} == {JobState.DONE}, [job.error for job in ended]
    return EmbeddedDay.objects.get(
        space__in=DriftPlan.objects.filter(project=project).values("space"), day=day
    )
