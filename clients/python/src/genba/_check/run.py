"""A run: outputs go to Genba in batches, outcomes are counted and held against the accepted run's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from genba._check.outputs import size
from genba._check.server import Server, TooLarge
from genba._check.types import Accepted, Checked, Count, Failure, Misused, Output, Suite

MOST_OUTPUTS = 100  # that Genba takes in one call
MOST_BYTES = 1_000_000
MOST_JUDGED = 5  # a language model takes seconds for each


@dataclass
class Run:
    """`reasons` of the failures, in the order in which they came; `undecided`, by assertion, why the
    first output was neither passed nor failed."""

    suite: Suite
    checked: list[Checked] = field(default_factory=list)
    reasons: dict[Failure, str] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)

    def add(self, one: Checked) -> None:
        self.checked.append(one)
        for outcome in one.outcomes:
            known = self.counts.get(outcome.assertion, Count(outcome.version, 0, 0, 0))
            self.counts[outcome.assertion] = Count(
                outcome.version,
                known.passed + (outcome.passed is True),
                known.failed + (outcome.passed is False),
                known.uncertain + (outcome.passed is None),
            )
            if outcome.passed is None:
                self.undecided.setdefault(outcome.assertion, outcome.reason)
            elif not outcome.passed:
                self.reasons[Failure(outcome.assertion, one.id, one.input_hash)] = outcome.reason


@dataclass(frozen=True)
class Comparison:
    """A failure is new unless the accepted run has the same: assertion, id and input.

    So an assertion that is new, an output that is new and one with another input are held against
    nothing, and all their failures are new. Newly passing is what failed then and passes now.
    """

    newly_failing: dict[str, list[Failure]]
    newly_passing: dict[str, list[Failure]]

    @property
    def new_failures(self) -> int:
        return sum(map(len, self.newly_failing.values()))


def run(
    server: Server, suite: Suite, outputs: Iterable[Output], *, judge: bool, progress: Callable[[int], None]
) -> Run:
    done = Run(suite)
    keys = [one.key for one in suite.assertions]
    for batch in batches(outputs, MOST_JUDGED if judge else MOST_OUTPUTS):
        for one in checked(server, batch, keys=keys, judge=judge):
            done.add(one)
        progress(len(done.checked))
    return done


def batches(outputs: Iterable[Output], most: int = MOST_OUTPUTS) -> Iterator[list[Output]]:
    """Of at most so many outputs and MOST_BYTES, unless one alone has more."""
    batch: list[Output] = []
    total = 0
    for output in outputs:
        bytes_ = size(output)
        if batch and (len(batch) == most or total + bytes_ > MOST_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(output)
        total += bytes_
    if batch:
        yield batch


def checked(
    server: Server, batch: Sequence[Output], *, keys: Sequence[str] | None, feature: str = "", judge: bool
) -> list[Checked]:
    """Halves what Genba finds too large. Misused: one output is too large by itself."""
    try:
        return server.check(batch, keys=keys, feature=feature, judge=judge)
    except TooLarge as error:
        if len(batch) == 1:
            raise Misused(f"{batch[0].place}: is too large for Genba. {error}".rstrip()) from None
    half = len(batch) // 2
    return [
        one
        for part in (batch[:half], batch[half:])
        for one in checked(server, part, keys=keys, feature=feature, judge=judge)
    ]


def compared(done: Run, accepted: Accepted | None) -> Comparison:
    before: frozenset[Failure] = accepted.failed if accepted else frozenset()
    failing: dict[str, list[Failure]] = {one.key: [] for one in done.suite.assertions}
    passing: dict[str, list[Failure]] = {one.key: [] for one in done.suite.assertions}
    for failure in done.reasons:
        if failure not in before:
            failing.setdefault(failure.assertion, []).append(failure)
    for one in done.checked if before else ():
        for outcome in one.outcomes:
            was = Failure(outcome.assertion, one.id, one.input_hash)
            if outcome.passed is True and was in before:
                passing.setdefault(outcome.assertion, []).append(was)
    return Comparison(failing, passing)
