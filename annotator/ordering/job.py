"""The background job that learns from a queue's answers and puts the most uncertain items in front."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator import weights
from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import ItemOrder, Job, Queue, Report
from annotator.ordering import answers, move, plan
from annotator.services.positions import HALF

NAME = "annotator.order"
REPORT = "order"


def run(work: Work) -> None:
    """Vectors for what has none, a classifier of all answers, a new front; then a report.

    Killed at any line it goes on: vectors stay, and learning and moving are one chunk at the end.
    """
    queue = Queue.objects.filter(pk=work.arguments["queue"]).first()
    if queue is None:
        raise PermanentError(_("The queue was deleted."))
    if weights.missing_packages():
        raise PermanentError(
            _(
                "The ml set is not installed here: run “make install-ml” where the ml worker runs, then try again."
            )
        )
    from annotator.ordering import embed  # noqa: PLC0415 - numpy and torch: in the ml worker alone

    newest_item = answers.own_items(queue).aggregate(last=Max("pk"))["last"] or 0
    embed.embed_missing(work, queue)
    given = answers.read(queue)
    if not given.are_enough or queue.order != ItemOrder.UNCERTAIN or queue.closed_at is not None:
        _end(work, queue, given, {**_last(queue), "ordered": False, "newest_item": newest_item})
        return
    _order(work, queue, given, newest_item)


def _order(work: Work, queue: Queue, given: answers.Answers, newest_item: int) -> None:
    from annotator.ordering import learn  # noqa: PLC0415 - as above

    with work.keep_alive():
        learned = learn.learn(queue, given)
        there = move.candidates(queue)
        chances = learned.chances(one.item for one in there if not one.random)
        front = plan.front(there, chances, queue.random_share)
    random = {one.item for one in there if one.random}
    with work.chunk() as chunk:
        moved = move.write(queue, front, chances, random, before=_last(queue).get("first", HALF))
        result = {"ordered": True, "newest_item": newest_item, "items": learned.items, "right": learned.right}
        _report(work, queue, given, result | vars(moved))
        chunk.last = True


def _end(work: Work, queue: Queue, given: answers.Answers, result: dict[str, Any]) -> None:
    with work.chunk() as chunk:
        _report(work, queue, given, result)
        chunk.last = True


def _report(work: Work, queue: Queue, given: answers.Answers, result: dict[str, Any]) -> None:
    """What was done, for the page, and from where the next run counts what is new.

    Also over a newer one: the next block must lie in front of the one that was written last.
    """
    result = {**result, "labels": given.labels, "counts": list(given.counts)}
    Report.objects.update_or_create(
        queue=queue,
        kind=REPORT,
        defaults={"result": result, "last_label": given.newest, "computed_at": Now(), "job": work.job},
    )
    work.result = {name: result[name] for name in ("labels", "unsure", "random", "home") if name in result}


def _last(queue: Queue) -> dict[str, int]:
    """Where the newest block began, if there was one: the next must lie in front of it."""
    found = Report.objects.filter(queue=queue, kind=REPORT, result__has_key="first").first()
    return {"first": found.result["first"]} if found else {}


def queue_url(job: Job) -> str:
    """The queue's page, where the report is shown."""
    return reverse("queue", args=[job.project.slug, job.arguments["queue"]]) if job.project else ""


def queues_of(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The name of each job's queue."""
    ids = {job.pk: UUID(job.arguments["queue"]) for job in jobs}
    names = dict(Queue.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    return {job: names[queue] for job, queue in ids.items() if queue in names}


KIND = Kind(
    NAME,
    run,
    queue="ml",
    title=gettext_lazy("Put the most uncertain items first"),
    result_url=queue_url,
    details=queues_of,
)
