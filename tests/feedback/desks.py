"""The suggest worker, as threads of the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery.contrib.testing.worker import start_worker
from celery.signals import setup_logging

from annotator.config.celery import app
from feedback.suggesting import desk


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """A worker of its own sets the level of all logs, which later tests look at."""


@contextmanager
def open_desk() -> Iterator[None]:
    """Questions are answered meanwhile. The database must be that of other threads, too."""
    desk.forget()
    with start_worker(
        app, pool="threads", concurrency=2, queues=["suggest"], perform_ping_check=False, shutdown_timeout=30
    ):
        yield
