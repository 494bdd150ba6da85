"""Asking for a queue's consensus, and what is known of it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from annotator.consensus.job import NAME, REPORT
from annotator.consensus.votes import state_of
from annotator.models import Job, JobState, Queue, Report, User
from annotator.services import jobs

ACTIVE = Q(state__in=[JobState.DUE, JobState.LEASED])


@dataclass(frozen=True)
class Known:
    """The newest report with how many rows of labels came since, and the job that is at it now."""

    report: Report | None
    newer: int
    job: Job | None

    @property
    def questions(self) -> dict[str, Any]:
        return self.report.result["questions"] if self.report else {}


@transaction.atomic
def ask_consensus(*, queue: Queue, by: User | None = None) -> Job:
    """The job that computes it; the one that waits or runs already, if there is one."""
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)  # two clicks find one job
    return _active(queue) or jobs.ask(
        kind=NAME,
        key=f"consensus {queue.pk} {uuid4()}",
        project=queue.project_id,
        arguments={"queue": str(queue.pk)},
        by=by,
    )


def known_of(queue: Queue) -> Known:
    """Three queries."""
    report = queue.reports.filter(kind=REPORT).first()
    rows, _newest = state_of(queue)
    newer = max(0, rows - report.result["label_rows"]) if report else rows
    return Known(report, newer, _active(queue))


def _active(queue: Queue) -> Job | None:
    found = Job.objects.filter(
        ACTIVE, project=queue.project_id, kind=NAME, arguments={"queue": str(queue.pk)}
    )
    return found.order_by("created_at").first()
