"""Background work that waits, and signs of life of who does it."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from annotator.jobs import heart
from annotator.metrics.exposition import Family, Kind, Sample

WAITING = """
SELECT celery_queue, count(*), extract(epoch FROM clock_timestamp() - min(due_at))::float8 FROM annotator_job
 WHERE state = 'due' AND due_at <= statement_timestamp() GROUP BY celery_queue ORDER BY celery_queue
"""
FAILED = (
    "SELECT celery_queue, count(*) FROM annotator_job WHERE state = 'failed' GROUP BY celery_queue ORDER BY 1"
)
QUEUES = ("default", "ml")


def work() -> Iterator[Family]:
    """Three questions."""
    yield Family(
        "genba_info", Kind.GAUGE, "The version that runs.", [Sample(1, {"version": settings.VERSION})]
    )
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting = {queue: (count, age) for queue, count, age in cursor.fetchall()}
        cursor.execute(FAILED)
        failed = cursor.fetchall()
    queues = sorted({*QUEUES, *waiting})
    yield Family(
        "genba_jobs_waiting",
        Kind.GAUGE,
        "Jobs that are due and that no worker has taken.",
        [Sample(waiting.get(queue, (0, 0))[0], {"queue": queue}) for queue in queues],
    )
    yield Family(
        "genba_jobs_oldest_waiting_seconds",
        Kind.GAUGE,
        "How long the oldest of them has waited; 0 when none does.",
        [Sample(waiting.get(queue, (0, 0))[1], {"queue": queue}) for queue in queues],
    )
    yield Family(
        "genba_jobs_failed",
        Kind.GAUGE,
        "Jobs that were given up and that nobody has tried again.",
        [Sample(count, {"queue": queue}) for queue, count in failed],
    )
    yield Family(
        "genba_process_silent_seconds",
        Kind.GAUGE,
        "Since the last sign of life of a process.",
        [Sample(age.total_seconds(), {"process": name}) for name, age in sorted(heart.ages().items())],
    )
