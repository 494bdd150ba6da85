"""Suggestions by likeness: what was verified for inputs that mean nearly the same. Needs no key.

It begins from the names of the values, and learns from every verdict. The mathematics are those
of `feedback.similarity`; the caller keeps what was learned in memory and brings the ranking.
"""

from collections.abc import Sequence

from annotator.reading.errors import gettext_noop
from feedback.suggesters.registry import Case, Needs, Nothing, Proposal, Reason, Task
from feedback.taxonomy.faults import Fault

VERSION = "s1"  # of the mathematics: other ones are another version
LEAST = 0.02  # of confidence: below that it is a guess among all,
LIKELIER = 10  # unless it is so many times likelier than one: thousands of values share the chances

NO_VALUES = gettext_noop("It needs a list of values: free text is written by a language model only.")


class SimilarSuggester:
    def version(self, task: Task) -> str:
        return f"MiniLM {VERSION}"

    def faults(self, task: Task) -> Sequence[Fault]:
        return [Fault("", NO_VALUES)] if task.choices is None else []

    def needs(self, task: Task) -> Needs:
        return Needs(learned=True)

    def suggest(self, case: Case) -> Proposal | Nothing:
        least = min(LEAST, LIKELIER / max(1, len(case.allowed or ())))
        if not case.ranked or (case.ranked[0].confidence or 0.0) < least:
            return Nothing(Reason.UNKNOWN, "unlike_all")
        first, *others = case.ranked
        return Proposal(first.value, first.confidence, tuple(others))


SUGGESTER = SimilarSuggester()
