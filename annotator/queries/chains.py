"""A queue's questions in the wording that is in force."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from annotator.chain_rules import Step
from annotator.models import Queue

# In order, each with its newest version; read with the queue's own row, to save a query.
CHAIN = """(
    SELECT json_agg(json_build_object(
               'id', q.id, 'key', q.key, 'kind', q.kind, 'version', v.number, 'version_id', v.id,
               'text', v.text, 'guideline', v.guideline, 'desirable', v.desirable, 'after', a.key,
               'after_id', a.id, 'after_answer', c.after_answer, 'stops_on', c.stops_on)
               ORDER BY c.position, c.id)::text
    FROM annotator_queuequestion c
    JOIN annotator_question q ON q.id = c.question_id
    LEFT JOIN annotator_question a ON a.id = c.after_id
    JOIN LATERAL (SELECT * FROM annotator_questionversion v WHERE v.question_id = q.id
                  ORDER BY v.number DESC LIMIT 1) v ON true
    WHERE c.queue_id = annotator_queue.id)"""


@dataclass(frozen=True)
class Asked:
    """One question of a chain. `desirable`: the answer one hopes for, or empty.

    `after` is the key of the earlier question that this one hangs on; see `chain_rules`.
    """

    id: int
    key: str
    kind: str
    version: int
    version_id: int
    text: str
    guideline: str
    desirable: str
    after: str | None = None
    after_id: int | None = None
    after_answer: str = ""
    stops_on: str = ""


def with_chain() -> QuerySet[Queue]:
    """Queues that bring their questions with them, for `chain_of`."""
    return Queue.objects.annotate(asked=RawSQL(CHAIN, [], output_field=TextField()))  # noqa: S611


def chain_of(queue: Queue) -> list[Asked]:
    """The queue's questions in order. One query, or none when the queue came from `with_chain`."""
    if "asked" not in vars(queue):
        queue = with_chain().get(pk=queue.pk)
    asked: str | None = vars(queue)["asked"]
    return [Asked(**question) for question in json.loads(asked or "[]")]


def steps_of(chain: Sequence[Asked]) -> tuple[Step, ...]:
    """The same as the rules walk it."""
    return tuple(Step(one.id, one.kind, one.after_id, one.after_answer, one.stops_on) for one in chain)
