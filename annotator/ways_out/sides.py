"""What a row says, whichever format asks: which answers are right, which wrong, which better."""

from math import log
from typing import Any

from annotator.datasets.content import Row
from annotator.ways_out.model import (
    BOTH_BAD,
    IDENTICAL,
    NO_DESIRABLE,
    NO_LABEL,
    NO_OTHER,
    NOT_ASKED_FOR,
    NOT_DESIRABLE,
    ONLY_BETTER,
    REPEATED,
    TIE,
    Drop,
)


def same(one: Any, other: Any) -> bool:
    """Outer white space makes no other answer."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return bool(one == other)


def right(row: Row, *, winners: bool) -> Any | Drop:
    """The payload that is worth imitating. A pair's winner only if `winners`."""
    if row.kind == "demonstration":
        return REPEATED if "output" in row.told else row.output
    if row.kind == "rated":
        if row.good is None:
            return NO_DESIRABLE
        return row.output if row.good else NOT_DESIRABLE
    if not winners:
        return NOT_ASKED_FOR
    ordered = better(row)
    return ordered if isinstance(ordered, Drop) else ordered[0]


def better(row: Row) -> tuple[Any, Any] | Drop:
    """(chosen, rejected) payloads."""
    if row.kind == "demonstration":
        if row.rejected is None:
            return NO_OTHER
        return IDENTICAL if same(row.output, row.rejected) else (row.output, row.rejected)
    if row.kind == "rated":
        return NO_OTHER
    if row.winner == "tie":
        return TIE
    if row.winner == "both_bad":
        return BOTH_BAD
    if row.winner not in {"left", "right"}:
        return NO_LABEL
    if same(row.left, row.right):
        return IDENTICAL
    return (row.left, row.right) if row.winner == "left" else (row.right, row.left)


def judged(row: Row, *, both_bad: bool) -> list[tuple[Any, bool]] | Drop:
    """Each payload that was judged by itself, and whether it is good."""
    if row.kind == "demonstration":
        found = [] if "output" in row.told else [(row.output, True)]
        if row.rejected is not None and not same(row.output, row.rejected) and "rejected" not in row.told:
            found.insert(0, (row.rejected, False))
        return found or REPEATED
    if row.kind == "rated":
        return NO_DESIRABLE if row.good is None else [(row.output, row.good)]
    if row.winner == "both_bad" and both_bad:
        return [(row.left, False), *([] if same(row.left, row.right) else [(row.right, False)])]
    if row.winner == "both_bad":
        return BOTH_BAD
    return TIE if row.winner == "tie" else ONLY_BETTER


def decided(row: Row) -> tuple[int, int]:
    """(votes for the winner, votes for either side)."""
    left, right = row.votes.get("left", 0), row.votes.get("right", 0)
    return (left if row.winner == "left" else right), left + right


def log_odds_margin(won: int, votes: int) -> float:
    """In units of reward, for TRL's loss -log σ(r_chosen − r_rejected − margin): the log odds that
    one more person would agree, half a vote added to each side. 4 of 5: 1.098612.

    A decision against the votes has no margin.
    """
    return max(0.0, log((won + 0.5) / (votes - won + 0.5)))


def share_margin(won: int, votes: int) -> float:
    """2k/m − 1, from 0 to 1."""
    return max(0.0, 2 * won / votes - 1)
