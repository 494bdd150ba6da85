"""What is asked of the broker besides putting messages on it. It may be away at any time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from annotator.config.celery import app

ERRORS = (KombuError, RedisError, OSError)
REMEMBERED_SECONDS = 5.0

_last: tuple[float, bool] | None = None


def messages(queue: str) -> int:
    """How many wait there: rings for a long line of jobs must not pile up."""
    with _client() as client:
        return int(client.llen(queue))


def answers() -> bool:
    """Whether it answers in a moment. Asked at most every five seconds per process."""
    global _last
    now = time.monotonic()
    if _last is None or now - _last[0] > REMEMBERED_SECONDS:
        _last = (now, _ping())
    return _last[1]


def _ping() -> bool:
    try:
        with _client() as client:
            return bool(client.ping())
    except ERRORS:
        return False


@contextmanager
def _client() -> Iterator[Any]:
    """The Redis client below Celery's connection, without the patience that a worker has."""
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
        channel: Any = connection.channel()
        yield channel.client
