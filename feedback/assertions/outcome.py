"""What an assertion is given and what it says. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from feedback.assertions import texts


class Result(StrEnum):
    """Uncertain: it could not tell. None: there is nothing to check here."""

    PASSED = "passed"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    NOT_APPLICABLE = "none"


class Span(NamedTuple):
    """A piece of the output's text, in characters: `start <= at < end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Outcome:
    """`reason` is a message id, filled by `values`; empty where it passed. Values are short texts and
    numbers, for they are stored as JSON."""

    result: Result
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    spans: Sequence[Span] = ()

    def __str__(self) -> str:
        return self.reason % self.values if self.values else self.reason


PASSED = Outcome(Result.PASSED)


def failed(reason: str, *, spans: Sequence[Span] = (), **values: Any) -> Outcome:
    return Outcome(Result.FAILED, reason, values, spans)


def uncertain(reason: str, **values: Any) -> Outcome:
    return Outcome(Result.UNCERTAIN, reason, values)


def not_applicable(reason: str, **values: Any) -> Outcome:
    return Outcome(Result.NOT_APPLICABLE, reason, values)


@dataclass(frozen=True)
class Reply:
    """What a judge said: whether the output is all right, and why."""

    good: bool
    why: str


class NoJudgement(Exception):
    """The judge could not be asked, or said nothing that can be used. Its text is one word: why."""


@dataclass(frozen=True)
class Tools:
    """What only a worker can do. `judge` answers (question, input, output) or raises NoJudgement;
    `execute`: code may be run here."""

    judge: Callable[[str, str, str], Reply] | None = None
    execute: bool = False


@dataclass(frozen=True)
class Output:
    """One output with what it was made from. Payloads are JSON values as they were logged.

    `expected`: what should have been said, where that is known.
    """

    payload: Any
    input: Any = None
    context: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    expected: str | None = None
    tools: Tools = field(default_factory=Tools)

    @cached_property
    def text(self) -> str:
        """What a reader of the output sees."""
        return texts.of(self.payload)

    @cached_property
    def folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def input_text(self) -> str:
        return texts.of(self.input)

    @cached_property
    def context_text(self) -> str:
        return texts.of(self.context)

    @cached_property
    def system_text(self) -> str:
        """The system's messages in the input; empty without any."""
        return texts.of_system(self.input)
