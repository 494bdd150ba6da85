"""Answers to yes/no questions: one row for each item, with the answers of its whole chain."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from annotator.chain_rules import asked, next_question
from annotator.datasets.content import Mark, Row
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Left
from annotator.datasets.reading import Labelled, items_of, queues_of
from annotator.datasets.registry import Reading, Source
from annotator.datasets.votes import Answered, answered, by_question, in_time
from annotator.models import QueueKind
from annotator.queries.chains import Asked, chain_of, steps_of

PARTS = ("input", "output")


def rows(reading: Reading) -> Iterator[Row | Left]:
    for queue in queues_of(reading, QueueKind.BINARY):
        chain = chain_of(queue)
        if any(_wanted(one, reading.filters) for one in chain):
            for labelled in items_of(reading, queue):
                yield _row(labelled, chain, reading.filters)


def _wanted(one: Asked, filters: Filters) -> bool:
    return not filters.questions or one.key in filters.questions


def _row(labelled: Labelled, chain: Sequence[Asked], filters: Filters) -> Row | Left:
    given = by_question(labelled.said)
    said = {one.id: answered(given[one.id], filters) for one in chain if one.id in given}
    plain = {question: found.answer for question, found in said.items() if isinstance(found, Answered)}
    steps = steps_of(chain)
    path = [step.question for step in asked(steps, plain)]
    wanted = [one for one in chain if one.id in path and _wanted(one, filters)]
    found = [(one, said[one.id]) for one in wanted if one.id in said]
    for _one, answer in found:
        if isinstance(answer, str):
            return Left(answer)
    if not filters.questions and next_question(steps, plain) is not None:
        return Left("unfinished")
    whole = [(one, answer) for one, answer in found if isinstance(answer, Answered)]
    if not whole:
        return Left("not_asked")
    answers = [answer for _one, answer in whole]
    if not in_time(answers, filters):
        return Left("other_day")
    first = answers[0]
    return Row(
        key=f"answers:{labelled.item}",
        kind="rated",
        input=labelled.texts.get("input"),
        context=labelled.texts.get("context"),
        output=labelled.texts.get("output"),
        question=whole[0][0].key,
        answers={one.key: answer.answer for one, answer in whole},
        good=_good(whole),
        votes=dict(first.votes),
        agreement=first.agreement,
        marks=_marks(answers),
        metadata=labelled.told(answers),
        provenance=labelled.provenance(answers),
    )


def _good(whole: Sequence[tuple[Asked, Answered]]) -> bool | None:
    if not all(one.desirable for one, _answer in whole):
        return None
    return all(answer.answer == one.desirable for one, answer in whole)


def _marks(answers: Sequence[Answered]) -> tuple[Mark, ...]:
    """All that anybody marked whose label counts, each span once."""
    found = {
        (mark["part"], mark["start"], mark["end"], mark["kind"])
        for answer in answers
        for said in answer.labels
        for mark in said.marks or ()
        if mark["part"] in PARTS
    }
    return tuple(Mark(part=part, start=start, end=end, kind=kind) for part, start, end, kind in sorted(found))


SOURCE = Source(
    "answers",
    _("Answers to yes/no questions"),
    _("An output with what people said of it, and the spans that they marked."),
    "rated",
    rows,
)
