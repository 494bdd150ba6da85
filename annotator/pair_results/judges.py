"""Raters that are no people: how often they agree with the majority of people, each apart."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from annotator.pair_results import biases
from annotator.pair_results.board import estimate
from annotator.pair_results.votes import Given
from annotator.stats.intervals import wilson
from annotator.stats.pairs import Outcome


def majorities(votes: Sequence[Given]) -> dict[int, Outcome]:
    """By item, the answer with most votes; a tie if no single one has most."""
    by_item: dict[int, Counter[Outcome]] = defaultdict(Counter)
    for vote in votes:
        by_item[vote.item][vote.outcome] += 1
    return {item: _top(counted) for item, counted in by_item.items()}


def _top(counted: Counter[Outcome]) -> Outcome:
    (first, most), *others = counted.most_common(2)
    return Outcome.TIE if others and others[0][1] == most else first


def of_votes(votes: Sequence[Given], people: Sequence[Given]) -> list[dict[str, Any]]:
    decided = majorities(people)
    by_rater: dict[int, list[Given]] = defaultdict(list)
    for vote in votes:
        by_rater[vote.rater].append(vote)
    return [_judge(own, people, decided) for own in sorted(by_rater.values(), key=lambda own: own[0].name)]


def _judge(votes: list[Given], people: Sequence[Given], decided: dict[int, Outcome]) -> dict[str, Any]:
    both = [(vote.outcome, decided[vote.item]) for vote in votes if vote.item in decided]
    clear = [(one, other) for one, other in both if Outcome.TIE not in {one, other}]
    return {
        "name": votes[0].name,
        "kind": votes[0].kind,
        "votes": len(votes),
        "agreement": estimate(wilson(sum(one == other for one, other in both), len(both))),
        "decided": estimate(wilson(sum(one == other for one, other in clear), len(clear))),
        "biases": biases.of_votes(votes),
        "minus_people": biases.difference(votes, people),
    }
