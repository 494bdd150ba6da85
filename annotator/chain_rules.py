"""Which question of a chain comes next. Pure, and the same for everybody who asks.

A chain is walked in its order: the first question without an answer that has its condition met
is the next one, and an answer that its question stops on ends the walk.
static/js/label/chain.js and queries/places.py follow the same rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

ANSWERS = {
    "binary": ("yes", "no"),
    "pairwise": ("left", "right", "tie", "both_bad"),
}


@dataclass(frozen=True)
class Step:
    """One question, by its id. With `after` it is asked only where that one got `after_answer`."""

    question: int
    kind: str = "binary"
    after: int | None = None
    after_answer: str = ""
    stops_on: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        return ANSWERS[self.kind]

    def wanted(self, answers: Mapping[int, str]) -> bool:
        return self.after is None or answers.get(self.after) == self.after_answer


def asked(chain: Sequence[Step], answers: Mapping[int, str]) -> Iterator[Step]:
    """The questions that are asked of an item with these answers, answered or not."""
    for step in chain:
        if step.wanted(answers):
            yield step
            if step.stops_on and answers.get(step.question) == step.stops_on:
                return


def next_question(chain: Sequence[Step], answers: Mapping[int, str]) -> Step | None:
    """What to ask now; None when the item is answered."""
    return next((step for step in asked(chain, answers) if step.question not in answers), None)


def built_on(chain: Sequence[Step], question: int) -> set[int]:
    """The questions whose being asked hangs on this one's answer: all later ones, if it can end the chain."""
    at = next((n for n, step in enumerate(chain) if step.question == question and step.stops_on), len(chain))
    later = {step.question for step in chain[at + 1 :]}
    return later | {step.question for step in chain if step.after == question}


def hangs_on(chain: Sequence[Step], question: int) -> set[int]:
    """`built_on` and what is built on that in turn: all that may not be asked if this answer changes."""
    found, ended = {question}, False
    for step in chain:
        if ended or step.after in found:
            found.add(step.question)
        ended |= step.question in found and bool(step.stops_on)
    return found - {question}
