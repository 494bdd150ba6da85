"""What one answer does: to the label's history, and to the places of its item.

Pure: facts in, verdict out. The service locks the item's places, reads the facts, asks
here for one answer after the other, and writes what came out in one statement.

A place counts one person's answers. A label is `surplus` exactly when its rater owns no
place of the item; so however late an answer comes, it is kept, and never counted twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from annotator.chain_rules import Step, asked, built_on, next_question

NO_ANSWERS = ("skip", "undo")  # acts that answer nothing


@dataclass
class Seat:
    """One place of the item, as it stands now and as the answers change it."""

    id: int
    owner: int | None
    done: bool = False
    lapsed: bool = False  # the owner's lease is over, by the database's clock
    extra: bool = False  # its owner's alone, whatever the clock says
    parked: bool = False  # kept for the owner's next pass
    changed: bool = False
    was: int | None = None  # the owner before any of this

    def __post_init__(self) -> None:
        self.was = self.owner

    @property
    def open(self) -> bool:
        return not self.done and not self.extra and (self.owner is None or self.lapsed)

    def give(self, rater: int | None, *, done: bool = False, parked: bool = False) -> None:
        self.owner, self.done, self.parked = rater, done, parked
        self.lapsed, self.changed = False, True


@dataclass(frozen=True)
class Given:
    """The newest row of this rater's history with one question on the item."""

    label: int
    answer: str

    @property
    def stands(self) -> bool:
        return self.answer != "undo"


@dataclass
class Facts:
    """One item in the eyes of one rater. `by_pass`: its questions are not asked in one go."""

    rater: int
    chain: Sequence[Step]
    seats: list[Seat]
    given: dict[int, Given] = field(default_factory=dict)  # by question
    by_pass: bool = False

    @property
    def own_seat(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.owner == self.rater), None)

    @property
    def seat(self) -> Seat | None:
        """Where an answer can count: my own place, else a free one, else one whose lease is over."""
        free = (seat for seat in self.seats if seat.owner is None and seat.open)
        lapsed = (seat for seat in self.seats if seat.open)
        return self.own_seat or next(free, None) or next(lapsed, None)

    @property
    def answers(self) -> dict[int, str]:
        """What stands, by question, without skips."""
        return {
            question: given.answer for question, given in self.given.items() if given.answer not in NO_ANSWERS
        }

    @property
    def complete(self) -> bool:
        """Every question that is asked of this item has an answer of this rater that stands."""
        return next_question(self.chain, self.answers) is None


@dataclass(frozen=True)
class Accepted:
    """Store a row. `state`: counted, surplus, skipped or undone."""

    state: str
    supersedes: int | None
    surplus: bool = False


@dataclass(frozen=True)
class Refused:
    """Store nothing. `standing`: the answer that stands in the way, if one does."""

    status: int
    error: str
    standing: Given | None = None


def decide(
    facts: Facts, *, label: int, question: int, answer: str, edited: int | None = None
) -> Accepted | Refused:
    """Judge one answer and, if it is accepted, change `facts` as it does.

    `label` is the id the new row will have; `edited` the row that the client believes to be
    the newest, when it says so: an edit of an older state is refused.
    """
    step = next((step for step in facts.chain if step.question == question), None)
    if step is None:
        return Refused(422, "This question is not asked in this queue.")
    allowed = (*step.answers, *NO_ANSWERS)
    if answer not in allowed:
        return Refused(422, f"“{answer[:40]}” is not an answer here. Allowed: {', '.join(allowed)}.")
    newest = facts.given.get(question)
    if edited is not None and (newest is None or newest.label != edited):
        return Refused(409, "This answer was changed elsewhere since: look at it again.", newest)
    if answer == "undo":
        return _undo(facts, label, question, newest)
    if newest is not None and newest.stands:
        return Refused(409, "You have answered this already, perhaps in another tab: see it.", newest)
    if step not in asked(facts.chain, facts.answers):
        return Refused(422, "This question is not asked of this item: an earlier answer rules it out.")
    facts.given[question] = Given(label, answer)
    before = newest.label if newest else None
    if answer == "skip":
        return _skip(facts, before)
    return _answer(facts, before)


def _answer(facts: Facts, before: int | None) -> Accepted:
    seat = facts.seat
    if seat is None:
        return Accepted("surplus", before, surplus=True)
    done = facts.complete
    seat.give(facts.rater, done=done, parked=facts.by_pass and not done)
    return Accepted("counted", before)


def _skip(facts: Facts, before: int | None) -> Accepted:
    if seat := facts.own_seat:
        if seat.extra:
            seat.give(facts.rater, done=True)  # nobody else gets it
        else:
            seat.give(None)
    return Accepted("skipped", before)


def _undo(facts: Facts, label: int, question: int, newest: Given | None) -> Accepted | Refused:
    if newest is None or not newest.stands:
        return Refused(409, "There is no answer of yours to take back.", newest)
    if built_on(facts.chain, question) & facts.answers.keys():
        return Refused(409, "A later answer hangs on this one: take that back first.", newest)
    facts.given[question] = Given(label, "undo")
    if seat := facts.seat:
        seat.give(facts.rater)  # the item is this person's again, to answer it anew
    return Accepted("undone", newest.label)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """Text that PostgreSQL can store: each NUL and lone surrogate becomes U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)
