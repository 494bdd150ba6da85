"""What a suggester is, which there are, and the one place where what it says is checked.

A kind is one file with a `SUGGESTER`, and one line in `KINDS`. Modules are loaded when they are
asked for the first time: a page can list the kinds without numpy or the provider's library.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import Any, Protocol, cast

from annotator.llm.retries import Deadline
from annotator.reading.errors import gettext_noop
from feedback.suggesters import checks
from feedback.taxonomy.faults import Fault

RANKED = 1 + checks.MOST_ALTERNATIVES  # values with their chances, where these are wanted
LOG = logging.getLogger("feedback.suggesters")


class Reason(StrEnum):
    """Why nothing is suggested."""

    UNKNOWN = "unknown"  # nothing fits, or not enough is known yet
    LATE = "late"
    FAILED = "failed"
    OVER_BUDGET = "over_budget"


# --- what is asked -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One value of a taxonomy."""

    id: str
    description: str = ""


@dataclass(frozen=True)
class Task:
    """What to suggest. `choices` None: free text of at most `most_characters`.

    `settings` are those of the task's suggester, as its form stored them.
    """

    id: int
    project: int
    name: str
    instruction: str
    choices: tuple[Choice, ...] | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    most_characters: int = 500

    @cached_property
    def ids(self) -> frozenset[str] | None:
        return None if self.choices is None else frozenset(choice.id for choice in self.choices)


@dataclass(frozen=True)
class Example:
    """An input with the value that a person verified."""

    input: str = field(repr=False)
    value: str


@dataclass(frozen=True)
class Case:
    """One input. The caller has chosen the examples (nearest first, never a held-out one) and the
    shortlist (value ids, nearest first); `candidates` are the only values that the host wants.
    """

    task: Task
    input: str = field(repr=False)
    deadline: Deadline
    candidates: tuple[str, ...] | None = None
    examples: tuple[Example, ...] = ()
    shortlist: tuple[str, ...] | None = None
    ranked: tuple["Scored", ...] = ()  # by what was learned from verdicts, the likeliest first

    @cached_property
    def allowed(self) -> frozenset[str] | None:
        """Ids that may come out; None: free text."""
        if self.candidates is None:
            return self.task.ids
        wanted = frozenset(self.candidates)
        return wanted if self.task.ids is None else wanted & self.task.ids

    @cached_property
    def choices(self) -> tuple[Choice, ...] | None:
        """What to choose among: the shortlist in its order where there is one, else all that is allowed."""
        if self.allowed is None:
            return None
        known = {choice.id: choice for choice in self.task.choices or ()}
        order = known if self.candidates is None else dict.fromkeys(self.candidates)
        if self.shortlist is not None:
            order = dict.fromkeys(self.shortlist)
        found = [known.get(value) or Choice(value) for value in order if value in self.allowed]
        return tuple(found)


@dataclass(frozen=True)
class Needs:
    """What the caller should bring: so many examples, a shortlist of so many values (0: none), and the
    values ranked by what was learned."""

    examples: int = 0
    shortlist: int = 0
    learned: bool = False

    @property
    def memory(self) -> bool:
        """Whether any of it comes from what is kept of verified examples, or of the values."""
        return self.learned or self.examples > 0 or self.shortlist > 0


# --- what comes back -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """`confidence` from 0 to 1, or None where nobody knows one."""

    value: str
    confidence: float | None


@dataclass(frozen=True)
class Proposal:
    """What a suggester says. `cost` in nanodollars; `version` names all that the value hangs on."""

    value: str
    confidence: float | None
    alternatives: tuple[Scored, ...] = ()
    version: str = ""
    cost: int = 0


@dataclass(frozen=True)
class Nothing:
    """`why` is one word for counting: a failure's kind, “outside”, …"""

    reason: Reason
    why: str = ""
    version: str = ""
    cost: int = 0


@dataclass(frozen=True)
class Outcome:
    """What the registry hands on. Either a `value` or a `reason`."""

    suggester: str
    version: str
    value: str | None = None
    confidence: float | None = None
    alternatives: tuple[Scored, ...] = ()
    reason: Reason | None = None
    why: str = ""
    cost: int = 0


class Suggester(Protocol):
    """One way to suggest. Without state of its own; safe to use from many threads."""

    def version(self, task: Task) -> str:
        """What a suggestion made now would be recorded under, and what answers are kept by."""

    def faults(self, task: Task) -> Sequence[Fault]:
        """What is wrong with the task's settings, for its form."""

    def needs(self, task: Task) -> Needs:
        """What `suggest` wants to find in its case."""

    def suggest(self, case: Case) -> Proposal | Nothing:
        """Within the case's deadline. May raise: that is a failure like any other."""


# --- the kinds -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """`title` is a message id. `free_text`: it can also write what is no value of a taxonomy. `waits`:
    for somebody elsewhere, who may be slow."""

    name: str
    title: str
    module: str
    free_text: bool = False
    waits: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("similar", gettext_noop("By likeness to what was verified"), "feedback.suggesters.similar"),
        Kind(
            "llm",
            gettext_noop("A language model"),
            "feedback.suggesters.llm",
            free_text=True,
            waits=True,
        ),
        Kind("rule", gettext_noop("Rules"), "feedback.suggesters.rule"),
    )
}


class UnknownKind(LookupError):
    """No suggester is called so."""


def get(name: str) -> Suggester:
    if name not in KINDS:
        raise UnknownKind(name)
    return cast(Suggester, import_module(KINDS[name].module).SUGGESTER)


def version(name: str, settings: Mapping[str, Any]) -> str:
    """What the answers of a task with these settings are kept by."""
    return get(name).version(Task(0, 0, "", "", None, settings))


def suggest(name: str, case: Case) -> Outcome:
    """Ask, and check the answer: a value that is not allowed never comes out of here. Never raises
    for anything that a suggester does."""
    suggester = get(name)
    version = suggester.version(case.task)
    if case.deadline.passed:
        return _none(name, Nothing(Reason.LATE, "no_time", version))
    if case.allowed is not None and not case.allowed:
        return _none(name, Nothing(Reason.UNKNOWN, "no_choice", version))
    try:
        said = suggester.suggest(case)
    except Exception as error:  # whatever it is, the host goes on
        # Its text and its traceback's may hold the input: only the kind and the place are told.
        LOG.error("%s: %s", name, checks.place_of(error))
        said = Nothing(Reason.FAILED, "error")
    said = said if said.version else replace(said, version=version)
    return _none(name, said) if isinstance(said, Nothing) else _checked(name, case, said)


def _none(name: str, said: Nothing) -> Outcome:
    return Outcome(name, said.version, reason=said.reason, why=said.why, cost=said.cost)


def _checked(name: str, case: Case, said: Proposal) -> Outcome:
    fault = _fault(case, said.value)
    if fault:
        return _none(name, Nothing(Reason.UNKNOWN, fault, said.version, said.cost))
    others: dict[str, Scored] = {}
    for one in said.alternatives:
        if one.value != said.value and not _fault(case, one.value):
            others.setdefault(one.value, Scored(one.value, checks.confidence(one.confidence)))
    return Outcome(
        name,
        said.version,
        value=said.value,
        confidence=checks.confidence(said.confidence),
        alternatives=tuple(sorted(others.values(), key=_likeliest_first)[: checks.MOST_ALTERNATIVES]),
        cost=said.cost,
    )


def _fault(case: Case, value: str) -> str:
    if case.allowed is not None:
        return "" if value in case.allowed else "outside"
    return checks.text_fault(value, most=case.task.most_characters, given=case.input)


def _likeliest_first(one: Scored) -> float:
    return -one.confidence if one.confidence is not None else 0.0
