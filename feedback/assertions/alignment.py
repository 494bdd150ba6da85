"""How far an assertion says what people say, and when it needs a rewrite. Pure.

What people call bad it should fail, and what they call good it should pass. Items of which it is
uncertain, or to which it does not apply, are counted and in no rate.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from annotator.stats.intervals import Estimate, wilson
from feedback.assertions.outcome import Result

SHOWN = 20  # items of each kind
FEW = 10  # decided items of each kind, before anything is said
MOST_WRONG = 0.10  # of what is good
LEAST_RIGHT = 0.50  # of what it fails
FEW_CAUGHT = 20  # bad items of which it must have caught one


class Verdict(StrEnum):
    UNKNOWN = "unknown"  # too little is labelled
    WRONG = "wrong"  # it fails too much of what is good
    CRIES = "cries"  # most of what it fails is good
    BLIND = "blind"  # it catches nothing
    UNDECIDED = "undecided"  # it hardly ever says anything
    GOOD = "good"

    @property
    def rewrite(self) -> bool:
        return self not in {Verdict.UNKNOWN, Verdict.GOOD}


@dataclass
class Tally:
    """Results on labelled items, and the newest items of the kinds that people want to see."""

    bad: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    caught: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)

    def add(self, item: int, result: Result, *, bad: bool) -> None:
        """The newest first."""
        (self.bad if bad else self.good)[result.value] += 1
        shelf = None
        if result == Result.FAILED:
            shelf = self.caught if bad else self.wrong
        elif result == Result.PASSED and bad:
            shelf = self.missed
        if shelf is not None and len(shelf) < SHOWN:
            shelf.append(item)

    @classmethod
    def of_counts(cls, counts: Mapping[str, Mapping[str, int]]) -> "Tally":
        return cls(Counter(counts.get("bad", {})), Counter(counts.get("good", {})))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return {"bad": dict(self.bad), "good": dict(self.good)}

    @property
    def n(self) -> int:
        return self.bad.total() + self.good.total()

    @property
    def decided_bad(self) -> int:
        return self.bad[Result.FAILED] + self.bad[Result.PASSED]

    @property
    def decided_good(self) -> int:
        return self.good[Result.FAILED] + self.good[Result.PASSED]

    @property
    def undecided(self) -> int:
        return self.n - self.decided_bad - self.decided_good

    @property
    def failed(self) -> int:
        return self.bad[Result.FAILED] + self.good[Result.FAILED]

    @property
    def coverage(self) -> Estimate:
        """Of what is bad, how much it fails: recall."""
        return wilson(self.bad[Result.FAILED], self.decided_bad)

    @property
    def false_failures(self) -> Estimate:
        """Of what is good, how much it fails."""
        return wilson(self.good[Result.FAILED], self.decided_good)

    @property
    def precision(self) -> Estimate:
        """Of what it fails, how much is bad; among these items."""
        return wilson(self.bad[Result.FAILED], self.failed)

    @property
    def table(self) -> list[list[int]]:
        """For Cohen's kappa: people's bad and good, by failed and passed."""
        return [[side[Result.FAILED], side[Result.PASSED]] for side in (self.bad, self.good)]

    @property
    def verdict(self) -> Verdict:
        """Only what the intervals leave no doubt of is said against it."""
        decided = self.decided_bad + self.decided_good
        if self.n >= 4 * FEW and decided < self.n / 4:
            return Verdict.UNDECIDED
        if self.decided_bad < FEW or self.decided_good < FEW:
            return Verdict.UNKNOWN
        if (self.false_failures.low or 0.0) > MOST_WRONG:
            return Verdict.WRONG
        if self.failed and (self.precision.high or 1.0) < LEAST_RIGHT:
            return Verdict.CRIES
        if self.decided_bad >= FEW_CAUGHT and not self.bad[Result.FAILED]:
            return Verdict.BLIND
        return Verdict.GOOD
