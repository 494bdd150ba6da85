"""How long a failed attempt waits before the next. Pure."""

FIRST = 5.0  # seconds
GROWTH = 4.0
LONGEST = 600.0
JITTER = 0.25  # a share of the wait, up or down, so that a thousand jobs do not return at once


def wait_before(attempt: int, *, chance: float, at_least: float = 0.0) -> float:
    """Seconds before attempt number `attempt` (2, 3, ...) since the last progress.

    `chance` is uniform in [0, 1); `at_least` is what the other side asked for (Retry-After).
    """
    plain = min(LONGEST, FIRST * GROWTH ** max(0, attempt - 2))
    return max(at_least, plain * (1 - JITTER + 2 * JITTER * chance))
