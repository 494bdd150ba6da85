"""How long to wait for an answer, and before asking again. Pure."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from annotator.llm.failures import Failure

FIRST, FACTOR, LONGEST = 0.25, 2.0, 8.0  # seconds, and by how much each wait is longer


@dataclass(frozen=True)
class Deadline:
    """A moment by `clock`, in seconds, past which an answer is of no use."""

    at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Seconds; below 0 when it has passed."""
        return self.at - self.clock()

    @property
    def passed(self) -> bool:
        return self.left <= 0


def wait(failure: Failure, tries: int, chance: Callable[[], float] = random.random) -> float | None:
    """Seconds until the question is worth asking again after so many tries; None: never.

    Doubled each time, and between half of that and all of it by chance, so that many who failed
    together do not come back together. What the provider asks for is kept to.
    """
    if not failure.may_pass:
        return None
    if failure.wait is not None:
        return failure.wait
    return min(FIRST * FACTOR ** (tries - 1), LONGEST) * (0.5 + chance() / 2)
