"""Running assertions on outputs."""

from functools import partial
from typing import Any

from django.conf import settings

from annotator.llm import client, prices
from annotator.llm.budget import ProjectPurse
from annotator.llm.failures import Failure
from feedback.assertions import judging, registry
from feedback.assertions.outcome import NoJudgement, Outcome, Output, Reply, Tools
from feedback.models import AssertionVersion


def run(version: AssertionVersion, output: Output) -> Outcome:
    return registry.check(version.assertion.kind, version.settings, output)


def is_slow(version: AssertionVersion) -> bool:
    """Whether it takes a worker: a judge, or code that is run."""
    return is_slow_kind(version.assertion.kind)


def is_slow_kind(name: str) -> bool:
    return registry.get(name).slow


def output_of(
    payload: Any,
    *,
    input: Any = None,
    context: Any = None,
    metadata: Any = None,
    expected: str | None = None,
    tools: Tools | None = None,
) -> Output:
    """`expected`: unless it is given, what the metadata says under that name."""
    known = metadata if isinstance(metadata, dict) else {}
    if expected is None and isinstance(known.get("expected"), str):
        expected = known["expected"]
    return Output(payload, input, context, known, expected, tools or Tools())


def worker_tools(project: int) -> Tools:
    """What a worker can do for this project. A judge where a language model is set up."""
    judge = partial(_judged, project) if settings.ANTHROPIC_API_KEY else None
    return Tools(judge, settings.ASSERTIONS_EXECUTE)


def _judged(project: int, question: str, given: str, said: str) -> Reply:
    """Within the day's budget. Raises NoJudgement."""
    ask = judging.ask_of(question, given, said, prices.DEFAULT)
    try:
        answer = client.connected().ask(ask, deadline=client.unhurried(), purse=ProjectPurse(project))
        return judging.read(answer.value)
    except Failure as failure:
        raise NoJudgement(failure.kind) from failure
    except judging.NoReply as nothing:
        raise NoJudgement("outside") from nothing
