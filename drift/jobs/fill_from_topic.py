"""The job that copies inputs of a topic into a queue."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, Queue
from annotator.services.queues import add_items
from annotator.services.sent_items import why_not
from drift.models import Topic
from drift.services import topic_queues

CHUNK = 200


def run(work: Work) -> None:
    """Arguments: {"topic": id, "queue": id, "n": how many, "seed": text}. The cursor holds the ids that are left:
    what was chosen stays chosen, also when topics are counted anew meanwhile."""
    topic = Topic.objects.select_related("project").filter(pk=work.arguments["topic"]).first()
    queue = Queue.objects.select_related("project").filter(pk=work.arguments["queue"]).first()
    if topic is None or queue is None:
        raise PermanentError(_("The topic or the queue is gone."))
    if why := why_not(queue):
        raise PermanentError(_(why))
    if work.cursor is None:
        with work.chunk() as chunk:
            population, keys = topic_queues.choose(topic, work.arguments["n"], work.arguments["seed"])
            work.result = {"population": population, "drawn": len(keys), "added": 0}
            chunk.total, chunk.cursor = len(keys), {"keys": [str(key) for key in keys]}
            chunk.last = not keys
    while not work.ended:
        with work.chunk() as chunk:
            left = [UUID(key) for key in chunk.cursor["keys"]]
            now, later = left[:CHUNK], left[CHUNK:]
            copies = topic_queues.items(topic, queue, now, work.result["population"], work.result["drawn"])
            work.result["added"] += add_items(queue, copies).added
            chunk.done += len(now)
            chunk.cursor, chunk.last = {"keys": [str(key) for key in later]}, not later


def page(job: Job) -> str:
    return reverse("queue", args=[job.project.slug, job.arguments["queue"]]) if job.project else ""


KIND = Kind(topic_queues.FILL, run, title=gettext_lazy("Fill a queue from a topic"), result_url=page)
