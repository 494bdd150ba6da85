"""What the agreement page says in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.models import Answer, Rater, RaterKind
from annotator.queries.chains import Asked
from annotator.services.agreement import KINDS


@dataclass(frozen=True)
class Quality:
    """One rater as the model of the second opinion sees them; shares of 1. `rows`: by true answer."""

    name: str
    labels: int
    right: float | None
    rows: list[tuple[Any, list[tuple[Any, float]]]]


@dataclass(frozen=True)
class ConsensusTold:
    """What a report says of one question; `known` is False while it says nothing."""

    asked: Asked
    known: bool
    items: int
    agreed: int
    alone: int
    majority: int
    adjudicated: int
    none: int
    disputed: int
    second: dict[str, Any]
    raters: list[Quality]

    @staticmethod
    def raters_in(questions: Mapping[str, Any]) -> list[int]:
        return [one["rater"] for told in questions.values() for one in told["second"].get("raters", [])]


def told_of(asked: Asked, told: dict[str, Any] | None, names: Mapping[int, Rater]) -> ConsensusTold:
    found = told or {"items": 0, "sources": {}, "disputed": 0, "second": {}}
    sources = found["sources"]
    return ConsensusTold(
        asked,
        known=told is not None,
        items=found["items"],
        agreed=sources.get("agreed", 0),
        alone=sources.get("alone", 0),
        majority=sources.get("majority", 0),
        adjudicated=sources.get("adjudicated", 0),
        none=sources.get("none", 0),
        disputed=found["disputed"],
        second=found["second"],
        raters=list(_qualities(found["second"], names)),
    )


def _qualities(second: Mapping[str, Any], names: Mapping[int, Rater]) -> Iterable[Quality]:
    answers = [Answer(answer).label for answer in second.get("answers", [])]
    for one in second.get("raters", []):
        rater = names.get(one["rater"])
        if rater is None:
            continue  # gone with their account
        rows = [
            (true, list(zip(answers, said, strict=True)))
            for true, said in zip(answers, one.get("confusion", ()), strict=False)
            if said is not None
        ]
        yield Quality(name_of(rater), one["labels"], one.get("right"), rows)


def name_of(rater: Rater) -> str:
    return rater.user.shown_name if rater.user else rater.name


def other_answers(by_kind: Mapping[str, int], raters: str) -> int:
    """How many answers are not counted because of what gave them."""
    return sum(n for kind, n in by_kind.items() if RaterKind(kind) not in KINDS[raters])
