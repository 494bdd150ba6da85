"""Work asked by the clock. A slot is a row, unique by (schedule, due time): two beats ask once.

A schedule's `slots` function is called at every sweep with the time in UTC and names the slots
that should have run by then. What a missed slot means is its own affair: it names all of them,
or the newest only. Slots named before are nothing new.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from annotator.jobs import heart
from annotator.models import Heartbeat, Job, ScheduledRun
from annotator.services import jobs

log = logging.getLogger(__name__)

FAILED = "schedule:"  # + name: the sign that a schedule raised at the last sweep


@dataclass(frozen=True)
class Slot:
    """One run that is wanted. `schedule` may be finer than the schedule's name: one per project."""

    schedule: str
    due_at: datetime
    kind: str
    key: str
    project_id: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Schedule:
    name: str
    slots: Callable[[datetime], Iterable[Slot]]


_schedules: dict[str, Schedule] = {}


def register_schedule(schedule: Schedule) -> None:
    """Add a schedule, from an `AppConfig.ready()`."""
    if _schedules.get(schedule.name, schedule) != schedule:
        raise ValueError(f"two schedules are called {schedule.name}")
    _schedules[schedule.name] = schedule


def ask_due(now: datetime) -> list[Job]:
    """Ask the job of every new slot. A schedule or a slot that raises harms no other."""
    asked: list[Job] = []
    failing: set[str] = set()
    for schedule in list(_schedules.values()):
        slots: list[Slot] = []
        with _caught(schedule, failing):
            slots = _new(list(schedule.slots(now)))
        for slot in slots:
            with _caught(schedule, failing):
                asked.extend(_ask_once(slot))
    Heartbeat.objects.filter(name__startswith=FAILED).exclude(name__in=failing).delete()
    return asked


@contextmanager
def _caught(schedule: Schedule, failing: set[str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a bad schedule (31 February) must not stop the good ones
        log.error("schedule %s fails: %s", schedule.name, type(error).__name__, exc_info=error)
        failing.add(FAILED + schedule.name)
        heart.note(FAILED + schedule.name)


def _new(slots: list[Slot]) -> list[Slot]:
    if not slots:
        return []
    rows = ScheduledRun.objects.filter(
        schedule__in={slot.schedule for slot in slots}, due_at__in={slot.due_at for slot in slots}
    )
    known = set(rows.values_list("schedule", "due_at"))
    return [slot for slot in slots if (slot.schedule, slot.due_at) not in known]


@transaction.atomic
def _ask_once(slot: Slot) -> list[Job]:
    """The row and the job in one transaction; nothing when another sweep was first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotator_scheduledrun (schedule, due_at) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [slot.schedule, slot.due_at],
        )
        if cursor.fetchone() is None:
            return []
    return [jobs.ask(kind=slot.kind, key=slot.key, project=slot.project_id, arguments=slot.arguments)]
