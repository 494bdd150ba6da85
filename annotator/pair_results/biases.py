"""Whether a rater prefers what is shown first, or what is longer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from annotator.pair_results.board import estimate
from annotator.pair_results.votes import Given
from annotator.stats import bias
from annotator.stats.bias import Effect, OneOrder
from annotator.stats.pairs import Outcome

MANY = 200  # variants: above, their strengths are not taken out, for that takes too much memory


def of_votes(votes: Sequence[Given]) -> dict[str, Any]:
    """Position from votes whose shown order is known, length from all."""
    known = [vote for vote in votes if vote.swapped is not None]
    placed, strengths = fitted(known)
    everyone, length_strengths = (placed, strengths) if len(known) == len(votes) else fitted(votes)
    first = sum(vote.shown == Outcome.FIRST for vote in known)
    second = sum(vote.shown == Outcome.SECOND for vote in known)
    test = bias.even(first, second)
    return {
        "known": len(known),
        "unknown": len(votes) - len(known),
        "position": {
            **effect(placed.position),
            "first": estimate(placed.first),
            "even": {"p": test.p, "n": test.n},
            "votes": placed.votes,
            "ties": placed.ties,
            "strengths": strengths,
        },
        "length": {**effect(everyone.length), "votes": everyone.votes, "strengths": length_strengths},
    }


def fitted(votes: Sequence[Given]) -> tuple[OneOrder, bool]:
    """With the strengths of the variants taken out, if that can be done."""
    duels = [vote.duel for vote in votes]
    if len({name for vote in votes for name in (vote.left, vote.right)}) <= MANY:
        found = bias.one_order(duels, variants=True)
        if found.position.reason != bias.Undefined.NO_SOLUTION:
            return found, True
    return bias.one_order(duels), False


def repeats(votes: Sequence[Given]) -> dict[str, Any]:
    """Pairs that the same person answered twice, the sides exchanged."""
    first = {(vote.item, vote.rater): vote for vote in votes if vote.original is None}
    found: Counter[tuple[Outcome, Outcome]] = Counter()
    for again in votes:
        before = first.get((again.original or 0, again.rater))
        if before is None or None in {before.swapped, again.swapped} or before.swapped == again.swapped:
            continue
        found[before.shown, again.shown] += 1
    both = bias.both_orders(found)
    return {
        "n": found.total(),
        "consistent": estimate(both.consistent),
        "first": estimate(both.first),
        "test": {"p": both.test.p, "n": both.test.n},
        "unclear": both.unclear,
    }


def difference(judge: Sequence[Given], people: Sequence[Given]) -> dict[str, Any]:
    """The judge minus people on the same pairs; position only where every shown order is known."""
    items = {vote.item for vote in judge}
    same = [vote for vote in people if vote.item in items]
    position, length = bias.difference(fitted(judge)[0], fitted(same)[0])
    known = all(vote.swapped is not None for vote in (*judge, *same))
    return {"position": effect(position) if known else None, "length": effect(length)}


def effect(found: Effect) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "reason": found.reason,
    }
