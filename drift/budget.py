"""How often a project without drift may be alarmed: at most once in thirty days. Pure. Decision 24 says why so.

A day has one p-value, a week has one, and an alarm is a p of at most LEVEL. A day's level hangs on no other day: judged twice it
spends once, and no alarm takes from the days after it.

`of_day` is Bonferroni's rule: with k tests of whatever dependence, k times the smallest p is a p-value (Bonferroni 1936).
"""

from collections.abc import Iterable
from math import comb

LEVEL = 0.005  # what reaches a person
MARK = 0.05  # what is marked on a chart and reaches nobody
MONTH = 30 + 5  # tests: of each day, and of a week's topics once in seven days


def of_day(parts: Iterable[float | None]) -> float | None:
    """The day's one p-value of those of its tests; None stands for a test that could not be made, which must not
    have been decided by what the others found. None if there is none."""
    found = [p for p in parts if p is not None]
    return min(1.0, len(found) * min(found)) if found else None


def alarms(p: float | None, level: float = LEVEL) -> bool:
    return p is not None and p <= level


def marked(p: float | None) -> bool:
    return alarms(p, MARK)


def part_level(parts: int, level: float = LEVEL) -> float:
    """What the p of one of the day's `parts` tests must be at most to raise the alarm."""
    return level / parts


def chance_of_more(alarms_allowed: int = 1, *, level: float = LEVEL, tests: int = MONTH) -> float:
    """How likely a project without drift sees more false alarms in so many independent tests."""
    return 1 - sum(
        comb(tests, k) * level**k * (1 - level) ** (tests - k) for k in range(min(alarms_allowed, tests) + 1)
    )
