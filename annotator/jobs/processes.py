"""What worker and beat processes do besides running tasks: stop gently, leave signs of life.

These are Celery's own signals, the only way it tells what happens to a process.
"""

import logging
import os
import signal
from typing import Any

from celery.signals import (
    beat_init,
    before_task_publish,
    task_postrun,
    task_prerun,
    worker_process_init,
    worker_shutting_down,
)
from django.db import InterfaceError, OperationalError, connection

from annotator.config.embedded.process import die_with_parent
from annotator.jobs import heart, stop

log = logging.getLogger(__name__)

_main = os.getpid()  # of the process that loads the tasks, before any fork


def connect() -> None:
    worker_shutting_down.connect(stop_after_this_chunk)
    worker_process_init.connect(prepare_child)
    beat_init.connect(watch_beat)


def stop_after_this_chunk(**_: Any) -> None:
    stop.ask()


def prepare_child(**_: Any) -> None:
    """A pool's child ends gently too when it is told itself, and never outlives its parent."""
    if os.getpid() == _main:
        return  # the solo pool has no children: Celery itself hears SIGTERM
    if ask_the_kernel := die_with_parent(signal.SIGTERM):
        ask_the_kernel()
    task_prerun.connect(_hear_gently, weak=False)
    task_postrun.connect(_end_if_told, weak=False)


def _hear_gently(**_: Any) -> None:
    """Set here and not when the child starts: the pool sets its own handler after that."""
    signal.signal(signal.SIGTERM, lambda *_: stop.ask_me())


def _end_if_told(**_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if stop.asked_me():
        os.kill(os.getpid(), signal.SIGTERM)


def watch_beat(**_: Any) -> None:
    before_task_publish.connect(_beat_is_alive, weak=False)


def _beat_is_alive(**_: Any) -> None:
    """By beat itself, each time it sends: also seen when every worker is busy or away."""
    try:
        heart.note(heart.BEAT)
    except (OperationalError, InterfaceError):
        log.warning("the database is away: beat leaves no sign of life")
    connection.close()
