"""Redis for what may be lost: counters, and questions whose answers nobody waits for long.

Celery has its own connections. Whoever calls here says what happens when Redis is away.
"""

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

ERRORS = (redis.RedisError, OSError)


@lru_cache(maxsize=1)
def client() -> "redis.Redis[bytes]":
    """One pool per process; a Redis that hangs costs half a second, not each request's patience."""
    url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=0.5,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=25,
    )
