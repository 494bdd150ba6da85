"""All that is computed of a queue of pairs, as plain values."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from annotator.models import RaterKind
from annotator.pair_results import biases, board, judges
from annotator.pair_results.votes import Given


def of_votes(votes: Iterable[Given]) -> dict[str, Any]:
    """By question id. People's answers; those of programs apart."""
    by_question: dict[int, list[Given]] = defaultdict(list)
    for vote in votes:
        by_question[vote.question].append(vote)
    return {str(question): _question(own) for question, own in by_question.items()}


def _question(votes: list[Given]) -> dict[str, Any]:
    people = [vote for vote in votes if vote.kind == RaterKind.HUMAN]
    once = [vote for vote in people if vote.original is None]  # a repeat is the same vote again
    drawn = [vote for vote in once if not vote.chosen]  # a pair is chosen for being close: no sample of any
    programs = [vote for vote in votes if vote.kind != RaterKind.HUMAN and vote.original is None]
    return {
        "board": board.of_votes(drawn),
        "chosen": len(once) - len(drawn),
        "biases": biases.of_votes(once),
        "repeats": biases.repeats(people),
        "judges": judges.of_votes(programs, once),
    }
