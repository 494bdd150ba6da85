"""Every few seconds: ask for what the clock says, end what cannot end itself, find whom to ring.

Run by two beats at once, or by none for an hour, it does no harm.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from annotator.jobs import heart, schedules

AT_MOST = 500  # rings a turn: Redis holds every message in memory

EXHAUSTED = """
UPDATE annotator_job
   SET state = CASE WHEN cancel_asked THEN 'cancelled' ELSE 'failed' END,
       error = CASE WHEN cancel_asked THEN ''
               ELSE 'The worker died ' || attempts || ' times while working on this. ' || error END,
       lease_until = NULL, finished_at = clock_timestamp()
 WHERE id IN (SELECT id FROM annotator_job
               WHERE state = 'leased' AND lease_until < statement_timestamp()
                 AND (attempts >= max_attempts OR cancel_asked)
               LIMIT 500 FOR UPDATE SKIP LOCKED)
"""

WAITING = """
SELECT id, celery_queue FROM annotator_job
 WHERE (state = 'due' AND due_at <= statement_timestamp()
        OR state = 'leased' AND lease_until < statement_timestamp())
   AND attempts < max_attempts
 ORDER BY due_at LIMIT %s
"""


def sweep() -> Sequence[tuple[UUID, str]]:
    """The (job, Celery queue) pairs to ring for: due or with a lapsed lease, oldest first."""
    schedules.ask_due(datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute(EXHAUSTED)
        cursor.execute(WAITING, [AT_MOST])
        waiting: list[tuple[UUID, str]] = cursor.fetchall()
    heart.note(heart.SWEEP)
    heart.note(heart.worker("default"))
    return waiting
