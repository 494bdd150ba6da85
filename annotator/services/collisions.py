"""Transactions that met another one, or a migration: PostgreSQL undid them, and they can begin anew."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, NotSupportedError, OperationalError
from psycopg.errors import DeadlockDetected, FeatureNotSupported

TRIES = 3

P = ParamSpec("P")
R = TypeVar("R")


def is_collision(error: Exception) -> bool:
    """A row that is unique was written elsewhere in this moment, or each waited for the other; or a plan
    that was kept does not fit any more (see queries.prepared)."""
    gone = (DeadlockDetected, FeatureNotSupported)
    return isinstance(error, IntegrityError) or isinstance(error.__cause__, gone)


def begins_anew(work: Callable[P, R]) -> Callable[P, R]:
    """Run a transaction again when it collided; the last time its error is the caller's."""

    @wraps(work)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return work(*args, **kwargs)
            except (IntegrityError, NotSupportedError, OperationalError) as error:
                if not is_collision(error):
                    raise
        return work(*args, **kwargs)

    return again
