"""How slow the machine is just now, so that a bound on time means the same work everywhere.

A bound is stated for a usual machine with nothing beside it. On a slower one, or on one that is
busy, it grows by as much as a fixed piece of work takes longer there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

USUAL = 0.025  # seconds that the fixed piece of work takes on a usual machine
Seconds = Callable[[], float]


def slowness(clock: Seconds = time.perf_counter) -> float:
    """How many times as long as usual the fixed piece of work takes, 1 at least.

    `clock`: `time.process_time` leaves out what the machine does for others meanwhile.
    """
    began = clock()
    for _ in range(4):
        sum(n * n for n in range(400_000))
    return max(1.0, (clock() - began) / 4 / USUAL)


def allowed(seconds: float, clock: Seconds = time.perf_counter) -> float:
    """What `seconds` on a usual machine are on this one, now."""
    return seconds * slowness(clock)


@contextmanager
def at_most(seconds: float, clock: Seconds = time.process_time, what: object = "") -> Iterator[None]:
    """Fails when the body takes longer than that; CPU of this process unless told otherwise."""
    began = clock()
    yield
    took = clock() - began
    if took >= seconds:  # only then is it worth asking how slow this machine is
        bound = allowed(seconds, clock)
        assert took < bound, f"{took:.2f} s where {bound:.2f} s are allowed {what}"
