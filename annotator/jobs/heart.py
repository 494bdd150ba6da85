"""Signs of life, and fair turns.

`Heartbeat` rows say when a worker last did something, when beat last sent the sweep and when
the sweep last ran. A worker that is up but takes nothing leaves no sign.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from annotator.models import Heartbeat, Job, JobState

BEAT = "beat"
SWEEP = "sweep"
TURN_SECONDS = 60
NOTE_SECONDS = 10

_noted: dict[str, float] = {}


def worker(queue: str) -> str:
    """The name of the sign that workers of this Celery queue leave."""
    return f"worker:{queue}"


def note(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotator_heartbeat (name, at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )


def note_now_and_then(queue: str) -> None:
    """A worker busy with a long job is alive too; at most one write in ten seconds."""
    now = time.monotonic()
    if now - _noted.get(queue, -NOTE_SECONDS) >= NOTE_SECONDS:
        _noted[queue] = now
        note(worker(queue))


def ages() -> dict[str, timedelta]:
    """How long ago each sign was left, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, clock_timestamp() - at FROM annotator_heartbeat")
        return dict(cursor.fetchall())


class Turn:
    """A long job lets others pass after a minute, if anybody waits: jobs, or the sweep itself."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.since = time.monotonic()

    def is_over(self) -> bool:
        note_now_and_then(self.queue)
        if time.monotonic() - self.since < TURN_SECONDS:
            return False
        self.since = time.monotonic()
        return self._somebody_waits()

    def _somebody_waits(self) -> bool:
        now = _database_now()
        if Job.objects.filter(celery_queue=self.queue, state=JobState.DUE, due_at__lte=now).exists():
            return True
        overdue = now - timedelta(seconds=3 * settings.SWEEP_SECONDS)
        return self.queue == "default" and Heartbeat.objects.filter(name=SWEEP, at__lt=overdue).exists()


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now
