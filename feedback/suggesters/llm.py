"""Suggestions by a language model: held to the task's values, within the project's budget."""

import time
from collections.abc import Sequence
from dataclasses import replace

from annotator.llm import client, failures, prices
from annotator.llm.asks import Answer
from annotator.llm.budget import ProjectPurse
from annotator.llm.failures import Failure
from annotator.reading.errors import gettext_noop
from feedback.suggesters import llm_prompt
from feedback.suggesters.registry import Case, Needs, Nothing, Proposal, Reason, Task
from feedback.taxonomy.faults import Fault

EXAMPLES = 8  # unless the task says another number
SHORTLIST = 40  # values of a taxonomy that is too long for one question

UNKNOWN_MODEL = gettext_noop("“%(model)s” is no model that can be used here. There are: %(models)s.")
EXAMPLES_RANGE = gettext_noop("The number of examples is between 0 and %(most)s.")

REASONS: dict[type[Failure], Reason] = {
    failures.Late: Reason.LATE,
    failures.OverBudget: Reason.OVER_BUDGET,
}


class LlmSuggester:
    """Settings: `model`, a name in `prices.MODELS`; `examples`, how many."""

    def version(self, task: Task) -> str:
        return f"{_model(task)} {llm_prompt.VERSION}"

    def faults(self, task: Task) -> Sequence[Fault]:
        found = []
        if _model(task) not in prices.MODELS:
            values = {"model": _model(task), "models": ", ".join(prices.MODELS)}
            found.append(Fault("", UNKNOWN_MODEL, values))
        if _examples(task) is None:
            found.append(Fault("", EXAMPLES_RANGE, {"most": llm_prompt.MOST_EXAMPLES}))
        return found

    def needs(self, task: Task) -> Needs:
        many = task.choices is not None and len(task.choices) > llm_prompt.MOST_CHOICES
        return Needs(_examples(task) or 0, SHORTLIST if many else 0)

    def suggest(self, case: Case) -> Proposal | Nothing:
        if self.faults(case.task):
            return Nothing(Reason.FAILED, "settings")
        choices = case.choices
        if choices is not None and not choices:
            return Nothing(Reason.UNKNOWN, "no_choice")
        if choices is not None and len(choices) > llm_prompt.MOST_CHOICES:
            return Nothing(Reason.FAILED, "needs_shortlist")
        return _Talk(case, _model(case.task)).outcome()


class _Talk:
    """One case: asked once, and once more where the answer made no sense and there is time."""

    def __init__(self, case: Case, model: str) -> None:
        self._case, self._model = case, model
        self._cost = 0

    def outcome(self) -> Proposal | Nothing:
        try:
            connected = client.connected()
        except Failure as failure:
            return self._nothing(Reason.FAILED, failure.kind)
        began = time.monotonic()
        said = self._once(connected)
        if isinstance(said, Nothing) and said.why in {failures.Malformed.kind, llm_prompt.OUTSIDE}:
            took = time.monotonic() - began
            if self._case.deadline.left > took:
                said = self._once(connected)
        return said

    def _once(self, connected: client.Client) -> Proposal | Nothing:
        case = self._case
        ask = llm_prompt.ask_of(case, self._model)
        try:
            answer = connected.ask(ask, deadline=case.deadline, purse=ProjectPurse(case.task.project))
        except Failure as failure:
            self._cost += failure.cost or 0
            return self._nothing(REASONS.get(type(failure), Reason.FAILED), failure.kind)
        self._cost += answer.cost
        said = llm_prompt.read(answer.value, case.choices)
        version = self._version(answer)
        if isinstance(said, str):
            # Nonsense is no answer, and not one to be kept: that nothing fits is.
            reason = Reason.FAILED if said == llm_prompt.OUTSIDE else Reason.UNKNOWN
            return replace(self._nothing(reason, said), version=version)
        return replace(said, version=version, cost=self._cost)

    def _version(self, answer: Answer) -> str:
        """With the name of what answered, where that is another than was asked."""
        name = self._model if answer.model in {self._model, ""} else f"{self._model} ({answer.model})"
        return f"{name} {llm_prompt.VERSION}"

    def _nothing(self, reason: Reason, why: str) -> Nothing:
        return Nothing(reason, why, cost=self._cost)


def _model(task: Task) -> str:
    model = task.settings.get("model", prices.DEFAULT)
    return model if isinstance(model, str) else ""


def _examples(task: Task) -> int | None:
    """None: no number that can be used."""
    examples = task.settings.get("examples", EXAMPLES)
    if type(examples) is int and 0 <= examples <= llm_prompt.MOST_EXAMPLES:
        return examples
    return None


SUGGESTER = LlmSuggester()
