"""Asking for a queue's results."""

from annotator.models import Job, JobState, Queue, Report, User
from annotator.pair_results.job import NAME, REPORT
from annotator.services import jobs

OVER = (JobState.FAILED, JobState.CANCELLED)


def ask_results(*, queue: Queue, by: User | None = None) -> Job:
    """The job that computes what comes after the report there is; two clicks find one job."""
    report = Report.objects.filter(queue=queue, kind=REPORT).first()
    since = report.computed_at.isoformat() if report else "never"
    job = jobs.ask(
        kind=NAME,
        key=f"pair_results {queue.pk} after {since}",
        project=queue.project_id,
        arguments={"queue": str(queue.pk)},
        by=by,
    )
    if job.state in OVER:
        return jobs.retry(job=job) or job
    return job
