"""After a check's draw: which earlier items of the project's checks mean much the same. In the ml worker."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator import weights
from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Item, Job, QueueKind
from feedback.models import Alike, VibeCheck

NAME = "feedback.alike"
RECENT = timedelta(days=3)  # older checks are looked at no more
BACK = timedelta(days=60)
MOST = 20_000  # earlier items that are compared, the newest: 60 MB of vectors
KEPT = 20  # of an item, the likest
LEAST = 0.7  # likeness: measured in docs/failure-modes.md


def run(work: Work) -> None:
    """Arguments: {"check": id}. Run again it comes to the same."""
    check = VibeCheck.objects.filter(pk=work.arguments["check"]).select_related("queue").first()
    if check is None or check.queue is None:
        raise PermanentError("The check is gone.")
    from annotator.ordering import embed  # noqa: PLC0415 - numpy and torch: in the ml worker alone
    from feedback.similarity.neighbours import nearest  # noqa: PLC0415

    mine = Item.objects.filter(queue=check.queue)
    earlier = _earlier(check)
    embed.embed_items(work, mine, kind=QueueKind.BINARY)
    embed.embed_items(work, Item.objects.filter(pk__in=earlier), kind=QueueKind.BINARY)
    with work.keep_alive():
        vectors = embed.vectors_of(list(mine.values_list("pk", flat=True)))
        found = nearest(vectors, embed.vectors_of(earlier), count=KEPT, least=LEAST)
    with work.chunk() as chunk:
        Alike.objects.filter(item__queue=check.queue).delete()
        Alike.objects.bulk_create(
            Alike(item_id=item, other_id=other, likeness=likeness) for item, other, likeness in found
        )
        VibeCheck.objects.filter(pk=check.pk).update(alike_at=Now())
        work.result = {"day": check.day.isoformat(), "found": len(found)}
        chunk.last = True


def _earlier(check: VibeCheck) -> list[int]:
    before = Item.objects.filter(
        queue__vibe_check__project=check.project_id,
        queue__vibe_check__day__lt=check.day,
        queue__vibe_check__day__gte=check.day - BACK,
    )
    return list(before.order_by("-pk").values_list("pk", flat=True)[:MOST])


def slots(now: datetime) -> Iterator[Slot]:
    """The checks of the last days for which nobody has looked yet."""
    if weights.missing_packages():
        return
    rows = VibeCheck.objects.filter(
        drawn_at__gt=now - RECENT, alike_at=None, finished_at=None, queue__isnull=False
    )
    for check in rows.order_by("pk"):
        yield Slot(
            schedule=f"alike:{check.pk}",
            due_at=check.drawn_at,
            kind=NAME,
            key=f"{check.pk}:{check.queue_id}",
            project_id=check.project_id,
            arguments={"check": check.pk},
        )


def check_url(job: Job) -> str:
    """The check's page."""
    return reverse("check", args=[job.project.slug, job.result["day"]]) if job.project and job.result else ""


def days_of(jobs: Sequence[Job]) -> dict[UUID, str]:
    days = dict(
        VibeCheck.objects.filter(pk__in=[job.arguments["check"] for job in jobs]).values_list("pk", "day")
    )
    return {
        job.pk: days[job.arguments["check"]].isoformat() for job in jobs if job.arguments["check"] in days
    }


KIND = Kind(
    NAME, run, queue="ml", title=_("Find earlier items like today’s"), result_url=check_url, details=days_of
)
SCHEDULE = Schedule("alike", slots)
