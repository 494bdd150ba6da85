"""Suites and their runs as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from feedback.models import AcceptedRun, AssertionVersion
from feedback.queries.suites import Found


class Told(NamedTuple):
    """How outcomes of one or all assertions came out. `rate`: of those that were decided, 0 to 1."""

    passed: int
    failed: int
    uncertain: int

    @property
    def decided(self) -> int:
        return self.passed + self.failed

    @property
    def rate(self) -> float | None:
        """Rounded down to a thousandth: only all is all."""
        return self.passed * 1000 // self.decided / 1000 if self.decided else None


@dataclass(frozen=True)
class RunRow:
    run: AcceptedRun
    all: Told

    @property
    def who(self) -> str:
        return self.run.by or (self.run.key.name if self.run.key else "")

    @property
    def ref(self) -> str:
        """A commit's first characters; another name whole."""
        ref = self.run.git_ref
        return ref[:12] if len(ref) >= 40 and ref.isalnum() else ref


@dataclass(frozen=True)
class ListedRow:
    found: Found
    newest: RunRow | None


@dataclass(frozen=True)
class AssertionRow:
    """`told` is None for one that the accepted run had not; `by` is the version that it had."""

    version: AssertionVersion
    told: Told | None
    by: int | None


def listed(found: Found) -> ListedRow:
    return ListedRow(found, run(found.newest) if found.newest else None)


def run(one: AcceptedRun) -> RunRow:
    return RunRow(one, _told(one.counts))


def assertions(of: Iterable[AssertionVersion], newest: AcceptedRun | None) -> list[AssertionRow]:
    counts = {one["assertion"]: one for one in newest.counts} if newest else {}
    return [_assertion(one, counts.get(one.assertion.key)) for one in of]


def failures(newest: AcceptedRun, most: int) -> list[tuple[str, str]]:
    """(assertion's key, output's id) of the first that failed in an accepted run."""
    return [(key, name) for key, name, _input in islice(newest.failed, most)]


def _told(counts: Iterable[dict[str, int]]) -> Told:
    found = list(counts)
    return Told(
        sum(one["passed"] for one in found),
        sum(one["failed"] for one in found),
        sum(one["uncertain"] for one in found),
    )


def _assertion(version: AssertionVersion, count: dict[str, int] | None) -> AssertionRow:
    if count is None:
        return AssertionRow(version, None, None)
    return AssertionRow(version, _told([count]), count["version"])
