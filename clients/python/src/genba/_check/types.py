"""What is checked, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Trouble(Exception):
    """Ends the command, in words for who started it. `code` is the exit status."""

    code = 2


class Misused(Trouble):
    """The call, the file or the key is wrong: trying again changes nothing."""


class Unreachable(Trouble):
    """Genba did not answer, or not as itself: the same may work later."""

    code = 3


@dataclass(frozen=True)
class Output:
    """One output to check. `place` is for people (`outputs.jsonl:3`), `record` goes to Genba."""

    id: str
    input_hash: str  # of the input: says whether two runs asked the same
    record: Mapping[str, Any]
    place: str


class Named(NamedTuple):
    """An assertion of a suite."""

    key: str
    version: int
    name: str
    kind: str


class Suite(NamedTuple):
    key: str
    name: str
    assertions: tuple[Named, ...]


class Outcome(NamedTuple):
    """`passed` None: the assertion does not say, or does not apply; `reason` then says why."""

    assertion: str
    version: int
    passed: bool | None
    reason: str


class Checked(NamedTuple):
    """An output without its texts, and one outcome for each assertion."""

    id: str
    input_hash: str
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.passed is False]


class Failure(NamedTuple):
    """A failed output as accepted runs keep it."""

    assertion: str
    id: str
    input_hash: str


class Count(NamedTuple):
    version: int
    passed: int
    failed: int
    uncertain: int

    @property
    def rate(self) -> float | None:
        """Of those that the assertion decided, 0 to 1."""
        decided = self.passed + self.failed
        return self.passed / decided if decided else None


class Accepted(NamedTuple):
    """The run that new ones are held against."""

    at: str  # ISO 8601
    by: str
    git_ref: str
    counts: dict[str, Count]  # by the assertion's key
    failed: frozenset[Failure]
    complete: bool  # False: `failed` is only the first of them
