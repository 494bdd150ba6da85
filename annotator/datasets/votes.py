"""What an item's labels say, as far as a dataset's filters let them speak. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from annotator.consensus.rules import decide
from annotator.datasets.filters import RATER_KINDS, Filters

CONSENSUS = {"alone": "single", "agreed": "unanimous", "majority": "majority", "adjudicated": "adjudicated"}


class Said(msgspec.Struct, frozen=True, array_like=True):
    """A label that stands. `decides`: of an adjudication; there the first of several counts."""

    label: int
    question: int  # ids
    version: int  # the number of the wording
    rater: int
    kind: str
    answer: str
    at: float  # seconds since 1970
    decides: bool = False
    marks: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Answered:
    """One question's answer on one item, and the labels that it rests on."""

    answer: str
    consensus: str  # as in `content.Provenance`
    votes: Mapping[str, int]
    agreement: float
    labels: Sequence[Said]

    @property
    def version(self) -> int:
        return max(said.version for said in self.labels)


def by_question(said: Sequence[Said]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for one in said:
        found.setdefault(one.question, []).append(one)
    return found


def answered(said: Sequence[Said], filters: Filters) -> Answered | str:
    """The answer to one question, or the reason why there is none.

    Of the kinds of raters that are asked for, the first in the order of RATER_KINDS that answered speaks
    alone: where an expert answered, end users are not counted. An adjudication of an older wording than
    the newest that was answered decides nothing.
    """
    given = [one for one in said if not one.decides]
    kind = next((kind for kind in RATER_KINDS if any(one.kind == kind for one in given)), None)
    given = [one for one in given if one.kind == kind]
    newest = max((one.version for one in given), default=0)
    decides = next((one for one in said if one.decides and one.version >= newest), None)
    decision = decide([one.answer for one in given], decides.answer if decides else "")
    counted = [*given, decides] if decides else given
    if not decision.answer:
        return "undecided"
    if decides is None and decision.n < filters.min_votes:
        return "too_few_votes"
    if filters.consensus and decision.source == "alone":
        return "one_answer"
    agreement = 1.0 if decides and not given else _share(given, decision.answer)
    if decides is None and agreement < filters.agreement:
        return "disagreement"
    votes = Counter(one.answer for one in given)
    return Answered(decision.answer, CONSENSUS[decision.source], dict(votes), agreement, counted)


def _share(given: Sequence[Said], answer: str) -> float:
    return sum(one.answer == answer for one in given) / len(given)


def in_time(answers: Sequence[Answered], filters: Filters) -> bool:
    """By the newest of the labels."""
    if filters.since is None and filters.until is None:
        return True
    newest = max(one.at for answer in answers for one in answer.labels)
    return within(datetime.fromtimestamp(newest, UTC).date(), filters)


def within(day: date, filters: Filters) -> bool:
    return (filters.since is None or day >= filters.since) and (filters.until is None or day <= filters.until)
