"""Redis for what may be lost: counters, and questions whose answers nobody waits for long.

Celery has its own connections. Whoever calls here says what happens when Redis is away.
"""

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

ERRORS = (redis.RedisError, OSError)


PATIENCE = 0.5  # seconds: what a Redis that hangs costs


@lru_cache(maxsize=32)
def client(patience: float = PATIENCE) -> "redis.Redis[bytes]":
    """One pool per process and patience. Whoever waits for a list says for how many seconds at most."""
    url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=PATIENCE,
        socket_timeout=patience,
        # Again where the line was closed meanwhile; never where time is up: that would take twice as long.
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        health_check_interval=25,
    )
