"""Every item's answer to every question of a queue, and what is told of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from annotator.consensus.rules import Decision, decide
from annotator.consensus.second import SecondOpinion, second_opinion
from annotator.consensus.votes import Key, read
from annotator.models import Queue
from annotator.queries.agreement import answers_of


@dataclass
class Outcome:
    """`told`: by the question's key, for the report."""

    decisions: dict[Key, Decision] = field(default_factory=dict)
    opinions: dict[int, SecondOpinion] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    def second(self, key: Key) -> tuple[str, float | None]:
        item, question = key
        return self.opinions[question].by_item.get(item, ("", None))


def decide_all(queue: Queue) -> Outcome:
    """From one look at the labels. The keys are in the order of the items' ids."""
    votes, outcome = read(queue), Outcome()
    questions = dict(queue.questions.order_by("pk").values_list("pk", "key"))
    for key in votes.keys():  # noqa: SIM118 - sorted, of two mappings
        if key[1] in questions:
            answers = [answer for _, answer in votes.given.get(key, ())]
            outcome.decisions[key] = decide(answers, votes.adjudicated.get(key, ""))
    for question, name in questions.items():
        outcome.opinions[question] = second_opinion(votes, question, answers_of(queue))
        outcome.told[name] = _told(outcome, question)
    return outcome


def _told(outcome: Outcome, question: int) -> dict[str, Any]:
    found = {key: decision for key, decision in outcome.decisions.items() if key[1] == question}
    second = dict(outcome.opinions[question].told)
    if outcome.opinions[question].by_item:
        second["differs"] = sum(
            bool(decision.answer and outcome.second(key)[0] not in {"", decision.answer})
            for key, decision in found.items()
        )
    return {
        "items": len(found),
        "sources": dict(Counter(decision.source for decision in found.values())),
        "disputed": sum(decision.is_disputed for decision in found.values()),
        "second": second,
    }
