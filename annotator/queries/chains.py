"""A queue's questions in the wording that is in force."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from annotator.models import Queue

# In order, each with its newest version; read with the queue's own row, to save a query.
CHAIN = """(
    SELECT json_agg(json_build_object(
               'id', q.id, 'key', q.key, 'version', v.number, 'version_id', v.id, 'text', v.text,
               'guideline', v.guideline, 'desirable', v.desirable) ORDER BY c.position, c.id)::text
    FROM annotator_queuequestion c
    JOIN annotator_question q ON q.id = c.question_id
    JOIN LATERAL (SELECT * FROM annotator_questionversion v WHERE v.question_id = q.id
                  ORDER BY v.number DESC LIMIT 1) v ON true
    WHERE c.queue_id = annotator_queue.id)"""


@dataclass(frozen=True)
class Asked:
    """One question of a chain. `desirable`: the answer one hopes for, or empty."""

    id: int
    key: str
    version: int
    version_id: int
    text: str
    guideline: str
    desirable: str


def with_chain() -> QuerySet[Queue]:
    """Queues that bring their questions with them, for `chain_of`."""
    return Queue.objects.annotate(asked=RawSQL(CHAIN, [], output_field=TextField()))  # noqa: S611


def chain_of(queue: Queue) -> list[Asked]:
    """The queue's questions in order. One query, or none when the queue came from `with_chain`."""
    if "asked" not in vars(queue):
        queue = with_chain().get(pk=queue.pk)
    asked: str | None = vars(queue)["asked"]
    return [Asked(**question) for question in json.loads(asked or "[]")]
