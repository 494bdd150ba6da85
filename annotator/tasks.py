"""The doors for Celery, and the doorbell. Nothing else puts a message on a queue.

A message carries a job's id. One that is lost costs a sweep; one that comes twice finds the job
taken. Each task has a name of its own and a queue.
"""

import logging
import time
from functools import partial
from typing import Any
from uuid import UUID

from celery.signals import worker_ready
from django.db import transaction

from annotator.config.celery import app
from annotator.jobs import broker, heart, processes, runner
from annotator.jobs import sweep as sweeping
from annotator.models import Job, JobState

log = logging.getLogger(__name__)
processes.connect()

QUIET_SECONDS = 5.0  # after a ring that failed: a hung broker costs one request, not each

_quiet_until = 0.0


@app.task(name="annotator.tasks.work", queue="default")
def work(job_id: str) -> None:
    _work(job_id, "default")


@app.task(name="annotator.tasks.work_ml", queue="ml")
def work_ml(job_id: str) -> None:
    _work(job_id, "ml")


@app.task(name="annotator.tasks.sweep", queue="default")
def sweep() -> None:
    """Sent by beat."""
    waiting = sweeping.sweep()
    try:
        room = {queue: sweeping.AT_MOST - broker.messages(queue) for queue in DOORS}
        for bird in (canary, canary_suggest):
            bird.apply_async(expires=60)
    except broker.ERRORS as error:
        log.warning("the sweep rang for nobody: %s", type(error).__name__)
        return
    for job_id, queue in waiting:
        room[queue] -= 1
        if room[queue] >= 0 and not _publish(job_id, queue):
            return


@worker_ready.connect
def catch_up(**_: Any) -> None:
    """A worker that starts sweeps at once: what waited for it need not wait for beat."""
    try:
        sweep.apply_async(expires=60)
    except broker.ERRORS as error:
        log.warning("the first sweep was not sent: %s", type(error).__name__)


@app.task(name="annotator.tasks.canary", queue="ml")
def canary() -> None:
    """The sign of life of the ml worker; the default worker's is the sweep."""
    heart.note(heart.worker("ml"))


@app.task(name="annotator.tasks.canary_suggest", queue="suggest")
def canary_suggest() -> None:
    """Likewise of the worker that makes suggestions."""
    heart.note(heart.worker("suggest"))


DOORS = {"default": work, "ml": work_ml}


def ring(job: Job) -> None:
    """Tell a worker after the commit. A broker that is away is logged, never the caller's trouble."""
    if job.state == JobState.DUE:
        transaction.on_commit(partial(_publish, job.pk, job.celery_queue), robust=True)


def _work(job_id: str, queue: str) -> None:
    for job in runner.run(UUID(job_id), queue=queue):
        _publish(job.pk, queue)


def _publish(job_id: UUID, queue: str) -> bool:
    """Put one message on the queue; False when the broker did not take it: the sweep will ring."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        DOORS[queue].apply_async((str(job_id),))
    except broker.ERRORS as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("nobody was rung for job %s: %s", job_id, type(error).__name__)
        return False
    return True
