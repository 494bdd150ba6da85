"""The line between a web process and the desk: a message out, an answer back within a time.

The message goes by Celery; the answer by a Redis list of its own that dies by itself. Whoever asks
waits no longer than they said: without Redis or a worker, not at all.
"""

import json
import time
from typing import Any

from annotator.jobs import broker
from annotator.web.redis_client import ERRORS, client
from feedback.suggesting.question import Answer, Ask

REPLY = "genba:suggested:{}"
SPARE = 0.2  # seconds that a list's own time may be overrun before the line counts as broken
KEPT_SECONDS = 30  # an answer that nobody fetched
USEFUL_SECONDS = 60  # a question that waited longer is not worth an answer


def ask(question: Ask, seconds: float) -> Answer | None:
    """None: no answer came in time, or nobody could be asked."""
    from feedback.tasks import suggest  # noqa: PLC0415 - tasks import this package

    end = time.monotonic() + seconds
    try:
        suggest.apply_async((question.as_json(),), expires=USEFUL_SECONDS)
        left = end - time.monotonic()
        found: Any = _first_of(REPLY.format(question.id), left, seconds) if left > 0.001 else None
    except (*broker.ERRORS, *ERRORS):
        return None
    return None if found is None else Answer.of_json(json.loads(found[1]))


def _first_of(name: str, left: float, seconds: float) -> Any:
    """One connection pool for each of the few times that tasks have."""
    return client(seconds + SPARE).blpop([name], timeout=left)


def reply(question: Ask, answer: Answer) -> None:
    """To whoever waits; without Redis they have given up."""
    name = REPLY.format(question.id)
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.rpush(name, json.dumps(answer.as_json())).expire(name, KEPT_SECONDS).execute()
    except ERRORS:
        return
