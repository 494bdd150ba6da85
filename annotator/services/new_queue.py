"""A queue with its questions, from words: what the page and the API both make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotator import chain_faults
from annotator.models import Project, Question, Queue
from annotator.services.questions import OtherKind, set_question
from annotator.services.queues import BadChain, ChainStep, make_queue


@dataclass(frozen=True)
class Step:
    """One question of the chain. Without a text: the project's question with this key, as it is."""

    key: str
    text: str = ""
    guideline: str = ""
    desirable: str = ""
    after: str = ""  # the key of an earlier step
    after_answer: str = ""
    stops_on: str = ""


@transaction.atomic
def set_up(*, project: Project, kind: str, steps: Sequence[Step], **settings: Any) -> Queue:
    """All of it or nothing. BadChain says which step cannot be asked.

    A text that differs from the question's newest makes a new version of it, in all queues that
    ask it.
    """
    links = [chain_faults.Link(step.key, step.after, step.after_answer, step.stops_on) for step in steps]
    if faults := chain_faults.faults(kind, links):
        raise BadChain(faults)
    found = _questions(project, kind, steps)
    chain = [
        ChainStep(found[step.key], found.get(step.after), step.after_answer, step.stops_on) for step in steps
    ]
    return make_queue(project=project, kind=kind, questions=chain, **settings)


def _questions(project: Project, kind: str, steps: Sequence[Step]) -> dict[str, Question]:
    keys = [step.key for step in steps]
    found = {one.key: one for one in Question.objects.filter(project=project, key__in=keys)}
    faults = []
    for n, step in enumerate(steps):
        if step.key in found and found[step.key].kind != kind:
            faults.append(chain_faults.Fault(n, "key", "kind"))
        elif step.text:
            found[step.key] = _said(project, kind, n, step)
        elif step.key not in found:
            faults.append(chain_faults.Fault(n, "text", "missing"))
    if faults:
        raise BadChain(faults)
    return found


def _said(project: Project, kind: str, n: int, step: Step) -> Question:
    words = {"text": step.text, "guideline": step.guideline, "desirable": step.desirable}
    try:
        return set_question(project=project, key=step.key, kind=kind, **words).question
    except OtherKind as error:  # somebody made it in this moment
        raise BadChain([chain_faults.Fault(n, "key", "kind")]) from error
