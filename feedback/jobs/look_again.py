"""Filling a queue of what was told of a mode under an older wording: the most doubtful items first."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import Item, Job, QueueKind
from feedback.models import FailureMode, LookAgain, Sighting
from feedback.queries.merged import family_of
from feedback.queries.modes import stale_items
from feedback.services import look_again

LEARNED_FROM = 1_000  # items of each kind
ENOUGH = 10  # items of each kind: of fewer nothing is learned


def run(work: Work) -> None:
    """Vectors, a classifier that tells the mode from other failures, the queue. Run twice it adds nothing."""
    found = LookAgain.objects.filter(queue=work.arguments["queue"]).select_related("mode__project", "queue")
    row = found.first()
    if row is None:
        raise PermanentError("The queue was deleted.")
    stale = list(stale_items(row.mode).order_by("-pk").values_list("pk", flat=True)[: look_again.MOST])
    chances = _chances(work, row.mode, stale)
    ordered = sorted(stale, key=lambda item: (abs(chances.get(item, 0.5) - 0.5), -item))
    items = Item.objects.in_bulk(stale)
    with work.chunk() as chunk:
        added = look_again.fill(
            row.queue, row.mode, [(items[one], chances.get(one)) for one in ordered if one in items]
        )
        work.result = {"added": added}
        chunk.done = chunk.total = len(ordered)
        chunk.last = True


def _chances(work: Work, mode: FailureMode, stale: list[int]) -> dict[int, float]:
    """By item, how likely it shows the mode; empty when too little is known to tell."""
    import numpy as np  # noqa: PLC0415 - in the ml worker alone

    from annotator.ordering import classifier, embed  # noqa: PLC0415

    shows, others = _shows(mode), _others(mode)
    if min(len(shows), len(others)) < ENOUGH:
        return {}
    wanted = [*shows, *others, *stale]
    embed.embed_items(work, Item.objects.filter(pk__in=wanted), kind=QueueKind.BINARY)
    with work.keep_alive():
        vectors = embed.vectors_of(wanted)
        learned = [item for item in (*shows, *others) if item in vectors]
        fitted = classifier.fit(np.vstack([vectors[item] for item in learned]), np.isin(learned, shows))
        return {
            item: float(fitted.probabilities(vectors[item][None, :])[0]) for item in stale if item in vectors
        }


def _shows(mode: FailureMode) -> list[int]:
    return _items(Sighting.objects.filter(mode=mode, current=True, present=True))


def _others(mode: FailureMode) -> list[int]:
    """Items that fail in other ways, or of which it was said that they do not show this one."""
    family = family_of(mode.project, mode.pk)
    known = Sighting.objects.filter(mode__in=family, current=True, present=True).values("item")
    rows = Sighting.objects.filter(mode__project=mode.project_id, current=True)
    return _items(rows.exclude(item__in=known))


def _items(rows: QuerySet[Sighting]) -> list[int]:
    return list(rows.order_by("-item").values_list("item", flat=True).distinct()[:LEARNED_FROM])


def queue_url(job: Job) -> str:
    """Where the items are looked at."""
    return reverse("queue", args=[job.project.slug, job.arguments["queue"]]) if job.project else ""


KIND = Kind(look_again.JOB_KIND, run, queue="ml", title=_("Find what to look at again"), result_url=queue_url)
