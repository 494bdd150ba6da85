"""What one answer does: to the label's history, and to the places of its item.

Pure: facts in, verdict out. The service locks the item's places, reads the facts, asks
here for one answer after the other, and writes what came out in one statement.

A place counts one person's answers. A label is `surplus` exactly when its rater owns no
place of the item; so however late an answer comes, it is kept, and never counted twice.
"""

import re
from dataclasses import dataclass, field

ANSWERS = ("yes", "no")  # what a binary question may be answered
ACTS = (*ANSWERS, "skip", "undo")


@dataclass
class Seat:
    """One place of the item, as it stands now and as the answers change it."""

    id: int
    owner: int | None
    done: bool = False
    lapsed: bool = False  # the owner's lease is over, by the database's clock
    changed: bool = False
    was: int | None = None  # the owner before any of this

    def __post_init__(self) -> None:
        self.was = self.owner

    @property
    def open(self) -> bool:
        return not self.done and (self.owner is None or self.lapsed)

    def give(self, rater: int | None, *, done: bool = False) -> None:
        self.owner, self.done, self.lapsed, self.changed = rater, done, False, True


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
    """One item in the eyes of one rater."""

    rater: int
    chain: tuple[int, ...]  # the queue's questions
    seats: list[Seat]
    given: dict[int, Given] = field(default_factory=dict)  # by question

    @property
    def own_seat(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.owner == self.rater), None)

    @property
    def seat(self) -> Seat | None:
        """Where an answer can count: my own place, else a free one, else one whose lease is over."""
        free = (seat for seat in self.seats if seat.owner is None and not seat.done)
        lapsed = (seat for seat in self.seats if seat.open)
        return self.own_seat or next(free, None) or next(lapsed, None)

    @property
    def complete(self) -> bool:
        """Every question of the chain has an answer of this rater that stands."""
        answers = (self.given.get(question) for question in self.chain)
        return all(given is not None and given.answer in ANSWERS for given in answers)


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
    if question not in facts.chain:
        return Refused(422, "This question is not asked in this queue.")
    if answer not in ACTS:
        return Refused(422, f"“{answer[:40]}” is not an answer here. Allowed: {', '.join(ACTS)}.")
    newest = facts.given.get(question)
    if edited is not None and (newest is None or newest.label != edited):
        return Refused(409, "This answer was changed elsewhere since: look at it again.", newest)
    if answer == "undo":
        return _undo(facts, label, question, newest)
    if newest is not None and newest.stands:
        return Refused(409, "You have answered this already, perhaps in another tab: see it.", newest)
    facts.given[question] = Given(label, answer)
    before = newest.label if newest else None
    if answer == "skip":
        return _skip(facts, before)
    return _answer(facts, before)


def _answer(facts: Facts, before: int | None) -> Accepted:
    seat = facts.seat
    if seat is None:
        return Accepted("surplus", before, surplus=True)
    seat.give(facts.rater, done=facts.complete)
    return Accepted("counted", before)


def _skip(facts: Facts, before: int | None) -> Accepted:
    if seat := facts.own_seat:
        seat.give(None)
    return Accepted("skipped", before)


def _undo(facts: Facts, label: int, question: int, newest: Given | None) -> Accepted | Refused:
    if newest is None or not newest.stands:
        return Refused(409, "There is no answer of yours to take back.", newest)
    facts.given[question] = Given(label, "undo")
    if seat := facts.seat:
        seat.give(facts.rater)  # the item is this person's again, to answer it anew
    return Accepted("undone", newest.label)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """Text that PostgreSQL can store: each NUL and lone surrogate becomes U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)
