"""What an item's answer is, from those that stand. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """`n` answers, `share` of them the most frequent one. `answer` is empty while nothing decides."""

    answer: str
    source: str  # a ConsensusSource
    n: int
    share: float

    @property
    def is_disputed(self) -> bool:
        return self.share < 1


def decide(answers: Sequence[str], adjudicated: str = "") -> Decision:
    """An adjudicated answer beats all; else what all say, if there are several; else the answer with the
    most voices.

    `n` and `share` are of `answers`, whatever decided.
    """
    ranked = Counter(answers).most_common(2)
    n = len(answers)
    share = ranked[0][1] / n if n else 0.0
    if adjudicated:
        return Decision(adjudicated, "adjudicated", n, share)
    if not n:
        return Decision("", "none", 0, 0.0)
    if n == 1:
        return Decision(answers[0], "alone", 1, 1.0)
    if len(ranked) == 1:
        return Decision(ranked[0][0], "agreed", n, 1.0)
    if ranked[0][1] > ranked[1][1]:
        return Decision(ranked[0][0], "majority", n, share)
    return Decision("", "none", n, share)
