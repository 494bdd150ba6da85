"""A second opinion: the answer that is likeliest once each rater's own errors are known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low
from typing import Any

from annotator.consensus.votes import Votes

ENOUGH = 3  # answers, on at least half of the items
FEW = 10  # answers of a rater under which nothing is said of them
MOST_RATERS = 200  # told of in the report


@dataclass(frozen=True)
class SecondOpinion:
    """`by_item`: (answer, its probability). `told`: what goes into the report, also why there is none."""

    by_item: dict[int, tuple[str, float]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


def second_opinion(votes: Votes, question: int, answers: Sequence[str]) -> SecondOpinion:
    """Dawid and Skene's model of one question; none where the answers are too few to tell raters apart."""
    items = dict(votes.of(question))
    labels = Counter(rater for given in items.values() for rater, _ in given)
    per_item = median_low([len(given) for given in items.values()]) if items else 0
    measurable = sum(n >= FEW for n in labels.values())
    if per_item < ENOUGH:
        return SecondOpinion(told={"reason": "few_answers", "per_item": per_item})
    if measurable < 2:
        return SecondOpinion(told={"reason": "few_raters", "measurable": measurable})
    return _fitted(items, sorted(labels), answers)


def _fitted(
    items: dict[int, list[tuple[int, str]]], raters: list[int], answers: Sequence[str]
) -> SecondOpinion:
    from annotator.stats.dawid_skene import fit  # noqa: PLC0415 - numpy, when it is needed

    at = {rater: n for n, rater in enumerate(raters)}
    code = {answer: n for n, answer in enumerate(answers)}
    triples = [
        (n, at[rater], code[answer]) for n, given in enumerate(items.values()) for rater, answer in given
    ]
    model = fit(triples, len(answers))
    if model is None:  # no answers, which was looked at before
        return SecondOpinion(told={"reason": "few_answers", "per_item": 0})
    found = {}
    for item, chances, best in zip(items, model.items, model.likeliest, strict=True):
        if chances is not None and best is not None:
            found[item] = (answers[best], chances[best])
    quality = [
        {"rater": rater, "labels": one.labels, "right": one.right, "confusion": one.confusion}
        if one.labels >= FEW
        else {"rater": rater, "labels": one.labels}
        for rater, one in zip(raters, model.raters, strict=True)
    ]
    quality.sort(key=lambda one: -int(str(one["labels"])))
    return SecondOpinion(
        found,
        {
            "items": len(items),
            "iterations": model.iterations,
            "converged": model.converged,
            "answers": list(answers),  # in the order of `prior` and of each confusion's rows and columns
            "prior": model.prior,
            "raters": quality[:MOST_RATERS],
        },
    )
