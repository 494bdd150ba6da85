"""Renewing a lease from a side thread, over a database connection of its own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from annotator.jobs import heart, leases
from annotator.models import Job

log = logging.getLogger(__name__)


@contextmanager
def renewing(job: Job, *, lost: threading.Event, cancel: threading.Event) -> Iterator[None]:
    """Renew three times a lease until the block ends; `lost` or `cancel` is set when it is so."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(settings.JOB_LEASE_SECONDS / 3):
                _renew_once(job, lost, cancel)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"renew-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew_once(job: Job, lost: threading.Event, cancel: threading.Event) -> None:
    try:
        asked = leases.renew(job)
        heart.note_now_and_then(job.celery_queue)
    except (OperationalError, InterfaceError):
        log.warning("job %s: the database is away, the lease was not renewed", job.pk)
        connection.close()
        return
    if asked is None:
        lost.set()
    elif asked:
        cancel.set()
