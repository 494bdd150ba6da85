"""The job row's changes of hands, each one statement.

A worker owns the row it claimed while `state` is leased and `attempts` is the number it got at
the claim: that pair is the fence, and a statement that finds no such row means the lease is lost.
Time is the database's. `clock_timestamp()`, unlike `now()`, moves on inside a transaction.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, F, Func

from annotator.models import Job, JobState

ERROR_LENGTH = 500

CLAIM = """
UPDATE annotator_job
   SET state = 'leased', attempts = attempts + 1,
       lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = (SELECT id FROM annotator_job
              WHERE {which} AND attempts < max_attempts
                AND (state = 'due' AND due_at <= statement_timestamp()
                     OR state = 'leased' AND lease_until < statement_timestamp())
              ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""

SAVE = """
UPDATE annotator_job
   SET done = %(done)s, total = %(total)s, cursor = %(cursor)s::jsonb, result = %(result)s::jsonb,
       lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
       max_attempts = CASE WHEN %(spare)s::int IS NULL THEN max_attempts ELSE attempts + %(spare)s END
 WHERE id = %(id)s AND attempts = %(attempts)s AND state = 'leased'
RETURNING cancel_asked
"""

RENEW = """
UPDATE annotator_job SET lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND attempts = %s AND state = 'leased'
RETURNING cancel_asked
"""


class DatabaseNow(Func):
    """The database's clock, which also moves inside a transaction."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


def claim(job_id: UUID) -> Job | None:
    """This job, if it is due or its lease has lapsed; None when somebody else has it."""
    return _claim("id = %s", job_id)


def claim_next(queue: str) -> Job | None:
    """The job of this Celery queue that has waited longest."""
    return _claim("celery_queue = %s AND state IN ('due', 'leased')", queue)


def _claim(which: str, value: UUID | str) -> Job | None:
    sql = CLAIM.format(which=which)
    rows: Sequence[Job] = list(Job.objects.raw(sql, [settings.JOB_LEASE_SECONDS, value]))
    return rows[0] if rows else None


def save(job: Job, *, result: dict[str, Any], spare: int | None) -> bool | None:
    """Write progress and renew. True: cancel is asked; None: the lease is lost.

    `spare`: how many more attempts it may have from here; None leaves their number.
    """
    values = {
        "id": job.pk,
        "attempts": job.attempts,
        "done": job.done,
        "total": job.total,
        "cursor": None if job.cursor is None else json.dumps(job.cursor),
        "result": json.dumps(result) if result else None,
        "lease": settings.JOB_LEASE_SECONDS,
        "spare": spare,
    }
    return _one(SAVE, values)


def renew(job: Job) -> bool | None:
    """Hold the lease longer. True: cancel is asked; None: the lease is lost."""
    return _one(RENEW, [settings.JOB_LEASE_SECONDS, job.pk, job.attempts])


def _one(sql: str, values: Any) -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def end(job: Job, state: JobState, *, error: str = "") -> bool:
    """Done, failed or cancelled for good; False when the lease was lost."""
    return _change(job, state=state, error=error[:ERROR_LENGTH], lease_until=None, finished_at=DatabaseNow())


def try_later(job: Job, *, wait: timedelta, error: str) -> bool:
    due_at = DatabaseNow() + wait
    return _change(job, state=JobState.DUE, due_at=due_at, lease_until=None, error=error[:ERROR_LENGTH])


def give_back(job: Job) -> bool:
    """Somebody else may go on at once; an attempt that was not at fault is not counted.

    Not by taking one off `attempts`, which as the fence only ever grows.
    """
    spare = F("max_attempts") + 1
    return _change(job, state=JobState.DUE, due_at=DatabaseNow(), lease_until=None, max_attempts=spare)


def _change(job: Job, **values: Any) -> bool:
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.LEASED)
    return mine.update(**values) == 1
