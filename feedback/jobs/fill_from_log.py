"""The job that copies interactions of the log into a queue."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, JobState, Queue, QueueKind
from annotator.services.queues import add_items
from annotator.services.sent_items import why_not
from feedback.services import from_log
from feedback.services.from_log import JOB_KIND, Chosen, TooMany, Wanted, Why

CHUNK = 500


def run(work: Work) -> None:
    """Arguments: {"queue": id} and those of `Wanted.as_json`.

    The cursor holds the keys that are left, {"keys": base64}: what was chosen stays chosen, also
    when the log grows before the last of them is copied.
    """
    queue = Queue.objects.select_related("project").filter(pk=work.arguments["queue"]).first()
    if queue is None:
        raise PermanentError(_("The queue is gone."))
    if why := why_not(queue):
        raise PermanentError(_(why))
    wanted = Wanted.of_json(work.arguments)
    if work.cursor is None:
        _choose(work, queue, wanted)
    while not work.ended:
        _copy(work, queue, wanted)


def _choose(work: Work, queue: Queue, wanted: Wanted) -> None:
    """One pass over the log's keys; killed in it, the next attempt chooses the same."""
    try:
        with work.keep_alive():
            chosen = from_log.choose(queue, wanted)
    except TooMany as error:
        raise PermanentError(
            _(
                "More than %(most)s match: draw a random sample of them, or narrow the filters. "
                "Nothing was added."
            )
            % {"most": from_log.MOST}
        ) from error
    with work.chunk() as chunk:
        work.result = _nothing_yet(chosen)
        chunk.total = len(chosen.keys)
        chunk.cursor = _cursor(chosen.keys)
        chunk.last = not chosen.keys


def _nothing_yet(chosen: Chosen) -> dict[str, int]:
    return {
        "population": chosen.population,
        "drawn": len(chosen.keys),
        **dict.fromkeys(("added", "known", "changed", "held", "gone"), 0),
    }


def _copy(work: Work, queue: Queue, wanted: Wanted) -> None:
    with work.chunk() as chunk:
        keys = _keys(queue, chunk.cursor)
        now, later = keys[:CHUNK], keys[CHUNK:]
        why = Why(work.result["population"], work.result["drawn"])
        copies = from_log.items(queue, now, why, apart=wanted.apart)
        added = add_items(queue, copies)
        more = {
            "added": added.added,
            "known": added.known,
            "changed": len(added.conflicts),
            "held": added.held,
            "gone": len(now) - len(copies),
        }
        work.result |= {name: work.result[name] + number for name, number in more.items()}
        chunk.done += len(now)
        chunk.cursor = _cursor(later)
        chunk.last = not later


def _cursor(keys: Sequence[bytes]) -> dict[str, str]:
    return {"keys": b64encode(b"".join(keys)).decode()}


def _keys(queue: Queue, cursor: dict[str, str]) -> list[bytes]:
    size = from_log.ID * (2 if queue.kind == QueueKind.PAIRWISE else 1)
    packed = b64decode(cursor["keys"])
    return [packed[at : at + size] for at in range(0, len(packed), size)]


def page(job: Job) -> str:
    """The queue."""
    if job.project is None:
        return ""
    return reverse("queue", args=[job.project.slug, job.arguments["queue"]])


def outcomes(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The queue of each, and of one that ended what became of the interactions."""
    asked = {job.arguments["queue"] for job in jobs}
    names = {str(key): name for key, name in Queue.objects.filter(pk__in=asked).values_list("pk", "name")}
    return {
        job.pk: " · ".join(filter(None, [names.get(job.arguments["queue"], ""), _outcome(job)]))
        for job in jobs
    }


def _outcome(job: Job) -> str:
    if job.state != JobState.DONE or not job.result:
        return ""
    told: dict[str, Any] = job.result
    if not told["population"]:
        return (
            _("no input was answered by two of them: no pairs")
            if job.arguments["apart"]
            else _("nothing matched")
        )
    words = [
        ngettext("%(n)s added", "%(n)s added", told["added"]) % {"n": told["added"]},
        _("of %(n)s that matched") % {"n": told["population"]},
    ]
    more = {
        "known": ngettext("%(n)s was there already", "%(n)s were there already", told["known"]),
        "changed": ngettext(
            "%(n)s of these with other texts, left as it was",
            "%(n)s of these with other texts, left as they were",
            told["changed"],
        ),
        "held": ngettext("%(n)s is held back", "%(n)s are held back", told["held"]),
        "gone": ngettext("%(n)s is gone from the log", "%(n)s are gone from the log", told["gone"]),
    }
    words += [text % {"n": told[name]} for name, text in more.items() if told[name]]
    return ", ".join(words)


KIND = Kind(
    JOB_KIND,
    run,
    title=gettext_lazy("Fill a queue from the log"),
    result_url=page,
    details=outcomes,
)
