"""Which queues want a run: looked at every five minutes.

A run's key is the report that it follows. So there is one at a time, and one that failed waits
for somebody to try it again, instead of failing every five minutes.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max

from annotator.jobs.schedules import Schedule, Slot
from annotator.models import ItemOrder, Queue, Report
from annotator.ordering import answers
from annotator.ordering.job import NAME, REPORT

MINUTES = 5
NEW_LABELS = 10  # and a tenth of what was learned from

_looked_at: datetime | None = None


def slots(now: datetime) -> Iterator[Slot]:
    """One per queue that is ordered by uncertainty and has something new. Sweeps in between cost nothing."""
    global _looked_at
    due_at = now.replace(minute=now.minute - now.minute % MINUTES, second=0, microsecond=0)
    if due_at == _looked_at:
        return
    queues = Queue.objects.filter(order=ItemOrder.UNCERTAIN, closed_at=None, random_share__lt=1)
    reports = {report.queue_id: report for report in Report.objects.filter(queue__in=queues, kind=REPORT)}
    for queue in queues:
        report = reports.get(queue.pk)
        if has_news(queue, report):
            yield slot(queue, report, due_at)
    _looked_at = due_at


def slot(queue: Queue, report: Report | None, due_at: datetime) -> Slot:
    return Slot(
        schedule=f"order:{queue.pk}",
        due_at=due_at,
        kind=NAME,
        key=key_after(queue, report),
        project_id=queue.project_id,
        arguments={"queue": str(queue.pk)},
    )


def key_after(queue: Queue, report: Report | None) -> str:
    return f"{queue.pk} after {report.computed_at.isoformat() if report else 'nothing'}"


def has_news(queue: Queue, report: Report | None) -> bool:
    """Items without a vector, enough answers to begin, or enough new ones to learn anew."""
    newest = answers.own_items(queue).aggregate(last=Max("pk"))["last"]
    if newest is None:
        return False
    if report is None or newest > report.result["newest_item"]:
        return True
    if not report.result["ordered"]:
        return answers.read(queue).are_enough
    new = answers.labels_of(queue).filter(pk__gt=report.last_label).count()
    return bool(new >= max(NEW_LABELS, report.result["labels"] / 10))


SCHEDULE = Schedule("order", slots)
