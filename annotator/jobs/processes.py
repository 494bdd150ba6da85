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

_busy = False


def connect() -> None:
    worker_shutting_down.connect(stop_after_this_chunk)
    worker_process_init.connect(prepare_child)
    beat_init.connect(watch_beat)


def stop_after_this_chunk(**_: Any) -> None:
    stop.ask()


def prepare_child(**_: Any) -> None:
    """A pool's child ends gently too when it is told itself, and never outlives its parent."""
    signal.signal(signal.SIGTERM, _child_told_to_end)
    if ask_the_kernel := die_with_parent(signal.SIGTERM):
        ask_the_kernel()
    task_prerun.connect(_now_busy, weak=False)
    task_postrun.connect(_now_idle, weak=False)


def _child_told_to_end(*_: Any) -> None:
    if _busy:
        stop.ask_me()
    else:
        _end()


def _now_busy(**_: Any) -> None:
    global _busy
    _busy = True


def _now_idle(**_: Any) -> None:
    global _busy
    _busy = False
    if stop.asked_me():
        _end()


def _end() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
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
