"""The background job that decides every item of a queue, and when the clock asks for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.consensus.outcome import Outcome, decide_all
from annotator.consensus.votes import Key, state_of
from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Consensus, Job, Queue
from annotator.services import adjudication
from annotator.services.reports import keep

NAME = "annotator.consensus"
REPORT = "consensus"
CHUNK = 1000
MOST_SLOTS = 500  # queues that one sweep names; the next ones have their turn when these are asked

# Queues in which several people answer and something was said, or the queue closed, since.
STALE = """
    SELECT q.id, q.project_id FROM annotator_queue q
    LEFT JOIN annotator_queue a ON a.adjudicates_id = q.id
    LEFT JOIN annotator_report r ON r.queue_id = q.id AND r.kind = 'consensus'
    WHERE q.overlap > 1 AND (
        q.closed_at > r.computed_at
        OR greatest((SELECT max(id) FROM annotator_label WHERE queue_id = q.id),
                    (SELECT max(id) FROM annotator_label WHERE queue_id = a.id)) > coalesce(r.last_label, 0))
      AND NOT EXISTS (SELECT FROM annotator_scheduledrun s
                      WHERE s.schedule = 'consensus:' || q.id::text AND s.due_at = %s)
    ORDER BY q.id LIMIT %s"""


def run(work: Work) -> None:
    """Send on what is disputed, then write the answers, oldest items first, and say what came out.

    An attempt that goes on reads the labels anew, but the report keeps to what the first one
    knew, so that whatever came meanwhile still counts as news.
    """
    queue = Queue.objects.select_related("project").filter(pk=work.arguments["queue"]).first()
    if queue is None:
        raise PermanentError(str(_("The queue was deleted.")))
    adjudication.send(queue)
    cursor = work.cursor or {"since": timezone.now().isoformat(), "known": state_of(queue), "last": [0, 0]}
    with work.keep_alive():
        outcome = decide_all(queue)
    keys, last = list(outcome.decisions), tuple(cursor["last"])
    for start in range(sum(key <= last for key in keys), len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        with work.chunk() as chunk:
            _write(queue, outcome, part, _since(cursor))
            cursor = {**cursor, "last": part[-1]}
            chunk.done, chunk.total, chunk.cursor = start + len(part), len(keys), cursor
    with work.chunk() as chunk:
        # Whatever no answer stands behind any more.
        Consensus.objects.filter(queue=queue, computed_at__lt=_since(cursor)).delete()
        _report(queue, work, outcome, cursor)
        chunk.done = chunk.total = len(keys)
        chunk.last = True


def _since(cursor: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(cursor["since"])


def _write(queue: Queue, outcome: Outcome, keys: Iterable[Key], since: datetime) -> None:
    rows = []
    for key in keys:
        decision, (second, confidence) = outcome.decisions[key], outcome.second(key)
        rows.append(
            Consensus(
                queue=queue,
                item_id=key[0],
                question_id=key[1],
                answer=decision.answer,
                source=decision.source,
                n=decision.n,
                share=decision.share,
                second_opinion=second,
                confidence=confidence,
                computed_at=since,
            )
        )
    Consensus.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["item", "question"],
        update_fields=["answer", "source", "n", "share", "second_opinion", "confidence", "computed_at"],
    )


def _report(queue: Queue, work: Work, outcome: Outcome, cursor: dict[str, Any]) -> None:
    rows, newest = cursor["known"]
    keep(
        queue=queue,
        kind=REPORT,
        result={"questions": outcome.told, "label_rows": rows},
        last_label=newest,
        job=work.job,
        at=_since(cursor),
    )


def stale(now: datetime) -> Iterable[Slot]:
    """Once an hour at most, each queue that has news."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(STALE, [hour, MOST_SLOTS])
        rows: list[tuple[UUID, int]] = cursor.fetchall()
    for queue, project in rows:
        yield Slot(
            f"consensus:{queue}",
            hour,
            NAME,
            key=f"consensus {queue} {hour:%Y-%m-%dT%H}",
            project_id=project,
            arguments={"queue": str(queue)},
        )


def _url(job: Job) -> str:
    queue = Queue.objects.select_related("project").filter(pk=job.arguments["queue"]).first()
    return reverse("queue-quality", args=[queue.project.slug, queue.pk]) if queue else ""


def _details(jobs: Sequence[Job]) -> dict[UUID, str]:
    names = Queue.objects.in_bulk([UUID(job.arguments["queue"]) for job in jobs])
    return {job.pk: names[pk].name for job in jobs if (pk := UUID(job.arguments["queue"])) in names}


KIND = Kind(NAME, run, title=_("Consensus of a queue"), result_url=_url, details=_details)
SCHEDULE = Schedule("consensus", stale)
