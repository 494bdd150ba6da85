"""Running claimed jobs: one from the message, then those that wait, then back to Celery."""

import logging
import random
import time
import traceback
from datetime import timedelta
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connection

from annotator.jobs import heart, leases, registry, stop
from annotator.jobs.retry import wait_before
from annotator.jobs.work import Cancelled, GivenBack, LeaseLost, PermanentError, TransientError, Work
from annotator.models import Job, JobState

log = logging.getLogger(__name__)

JOBS_A_MESSAGE = 50
SECONDS_A_MESSAGE = 30


def run(job_id: UUID, *, queue: str) -> list[Job]:
    """Run this job and the next due ones of its queue; answers those to ring for again.

    Bounded, so that the worker returns to Celery and hears the sweep and the word to stop.
    """
    heart.note_now_and_then(queue)
    again: list[Job] = []
    since = time.monotonic()
    job = leases.claim(job_id)
    for _ in range(JOBS_A_MESSAGE):
        if job is None:
            break
        if run_claimed(job):
            again.append(job)
        if stop.asked() or time.monotonic() - since > SECONDS_A_MESSAGE:
            break
        job = leases.claim_next(queue)
    return again


def run_claimed(job: Job) -> bool:
    """One attempt. True when it was given back and wants a ring."""
    started = time.monotonic()
    try:
        kind = registry.get(job.kind)
        work = Work(job, patience=kind.patience)
        if job.cancel_asked:
            raise Cancelled
        kind.run(work)
        work.finish()
    except LeaseLost:
        log.warning("job %s (%s): the lease was lost, stopped", job.pk, job.kind)
    except GivenBack:
        log.info("job %s (%s): given back at %s", job.pk, job.kind, job.done)
        return True
    except Cancelled:
        leases.end(job, JobState.CANCELLED)
        log.info("job %s (%s): cancelled", job.pk, job.kind)
    except PermanentError as error:
        leases.end(job, JobState.FAILED, error=str(error))
        log.warning("job %s (%s): failed for good", job.pk, job.kind)
    except (OperationalError, InterfaceError) as error:
        _database_failed(job, error)
    except Exception as error:  # whatever a kind raises must end in the row, not in the worker
        _attempt_failed(job, error)
    else:
        log.info("job %s (%s): done in %.1f s", job.pk, job.kind, time.monotonic() - started)
    return False


def _attempt_failed(job: Job, error: Exception) -> None:
    """Due again after a wait, or failed when its attempts are used up."""
    text = describe(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s (%s): attempt %s ended: %s\n%s", job.pk, job.kind, job.attempts, text, frames)
    job.max_attempts = Job.objects.values_list("max_attempts", flat=True).filter(pk=job.pk).first() or 0
    if job.attempts >= job.max_attempts:
        leases.end(job, JobState.FAILED, error=text)
        return
    asked = getattr(error, "retry_after", None) or 0.0
    seconds = wait_before(_tries(job) + 1, chance=random.random(), at_least=asked)
    leases.try_later(job, wait=timedelta(seconds=seconds), error=text)


def _tries(job: Job) -> int:
    """Attempts since the last progress, this one included: progress moves `max_attempts` on."""
    return max(1, registry.patience(job.kind) - (job.max_attempts - job.attempts))


def _database_failed(job: Job, error: Exception) -> None:
    """The connection died. If the database is back, wait and retry; else the lease lapses by itself."""
    log.warning("job %s (%s): the database went away: %s", job.pk, job.kind, type(error).__name__)
    connection.close()
    try:
        _attempt_failed(job, error)
    except (OperationalError, InterfaceError):
        connection.close()


def describe(error: Exception) -> str:
    """For the row: what and where. An error's own text may quote payload; ours may not."""
    if isinstance(error, TransientError):
        return str(error)
    if isinstance(error, registry.UnknownKind):
        return f"This worker knows no job of the kind “{error}”; is it of an older version?"
    name = type(error).__name__
    if isinstance(error, Error) and (state := getattr(error.__cause__, "sqlstate", None)):
        name = f"{name} (SQLSTATE {state})"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    if not ours:
        return name
    place = ours[-1]
    return f"{name} in {place.name}, {place.filename.rsplit('/', 1)[-1]} line {place.lineno}"
