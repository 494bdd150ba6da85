"""Which chains of questions can be made, and what is wrong with others, in words. Pure.

The questions are known by their keys: some of them are made with the queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.chain_rules import ANSWERS


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues; pages translate it, the API answers it as it is."""
    return text


MOST_STEPS = 20


@dataclass(frozen=True)
class Link:
    """One step of a chain by its question's key."""

    key: str
    after: str = ""  # the key of an earlier question, or empty
    after_answer: str = ""
    stops_on: str = ""


@dataclass(frozen=True)
class Fault:
    """What cannot be asked: the step, counted from 0, its field, and why as a code of TEXTS."""

    step: int
    field: str
    code: str

    @property
    def text(self) -> str:
        """A message id."""
        return TEXTS[self.code]


TEXTS = {
    "none": gettext_noop("A queue asks at least one question."),
    "many": gettext_noop("A queue asks at most 20 questions."),
    "twice": gettext_noop("This question is asked already: each is asked once."),
    "not_earlier": gettext_noop("A condition is about a question that is asked earlier."),
    "half": gettext_noop("Choose the question and the answer that it is asked after."),
    "answer": gettext_noop("That is no answer to a question of this kind."),
    "kind": gettext_noop("There is a question with this key, of the other kind: choose another key."),
    "missing": gettext_noop("There is no question with this key yet: give its text."),
}


def faults(kind: str, links: Sequence[Link]) -> list[Fault]:
    """Why this chain cannot be asked; nothing if it can."""
    answers = ANSWERS[kind]
    found: list[Fault] = []
    earlier: set[str] = set()
    for step, link in enumerate(links):
        if link.key in earlier:
            found.append(Fault(step, "key", "twice"))
        if link.after and link.after not in earlier:
            found.append(Fault(step, "after", "not_earlier"))
        if bool(link.after) != bool(link.after_answer):
            found.append(Fault(step, "after", "half"))
        elif link.after_answer and link.after_answer not in answers:
            found.append(Fault(step, "after", "answer"))
        if link.stops_on and link.stops_on not in answers:
            found.append(Fault(step, "stops_on", "answer"))
        earlier.add(link.key)
    if not links:
        found.append(Fault(0, "key", "none"))
    elif len(links) > MOST_STEPS:
        found.append(Fault(MOST_STEPS, "key", "many"))
    return found
