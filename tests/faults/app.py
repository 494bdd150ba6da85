"""The Celery application as it is, with kinds of job that a test can count and break.

Started by `celery -A tests.faults.app worker` on the engines of the stage.
"""

import os
import signal
import time
from datetime import datetime, timedelta

import django

from annotator.config.celery import app

django.setup()

from django.db import connection  # noqa: E402

from annotator.jobs import registry, schedules  # noqa: E402
from annotator.jobs.registry import Kind  # noqa: E402
from annotator.jobs.schedules import Schedule, Slot  # noqa: E402
from annotator.jobs.work import Work  # noqa: E402
from tests.faults.stage import EVERY_SECONDS  # noqa: E402

__all__ = ["app"]


def effect(work: Work, number: int) -> None:
    """A row that nothing keeps from being written twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fault_effects (job, number, attempt) VALUES (%s, %s, %s)",
            [work.job.pk, number, work.job.attempts],
        )


def count(work: Work) -> None:
    """`total` effects, one a chunk, `pace` milliseconds between them."""
    total = work.arguments["total"]
    for number in range(work.cursor or 0, total):
        with work.chunk() as chunk:
            effect(work, number)
            chunk.done, chunk.total, chunk.cursor = number + 1, total, number + 1
        time.sleep(work.arguments.get("pace", 0) / 1000)


def crash(work: Work) -> None:
    """As a library that segfaults."""
    with work.chunk():
        effect(work, 0)
        os.kill(os.getpid(), signal.SIGKILL)


def slots(now: datetime):
    """One a second, and each that was missed in the last twenty."""
    newest = now.replace(microsecond=0) - timedelta(seconds=now.second % EVERY_SECONDS)
    for back in range(20):
        due = newest - timedelta(seconds=EVERY_SECONDS * back)
        yield Slot("fault", due, "test.count", key=f"slot {due:%H:%M:%S}", arguments={"total": 1})


schedules._schedules.clear()  # only what the test asks for
registry.register(Kind("test.count", count))
registry.register(Kind("test.count-ml", count, queue="ml"))
registry.register(Kind("test.crash", crash))
if os.environ.get("FAULT_SCHEDULE"):
    schedules.register_schedule(Schedule("fault", slots))
