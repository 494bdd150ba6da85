"""A tiny model of language for tests of the order by uncertainty, and queues to order."""

import numpy as np

from annotator.jobs import runner
from annotator.models import Job, Place, Report
from annotator.ordering import due, encoder
from annotator.services import jobs, queues
from tests import make


def encode(texts):
    """Two numbers a text: what its last word says, from -1 to 1, and a rest, of length 1 together."""
    said = [
        float(text.rsplit(" ", 1)[-1]) if text.rsplit(" ", 1)[-1][-1:].isdigit() else 0.0 for text in texts
    ]
    return np.array([(one, (1 - one * one) ** 0.5) for one in said], dtype=np.float32).reshape(len(texts), 2)


def use(monkeypatch):
    monkeypatch.setattr(encoder, "load", lambda: encode)


def says(n: int, of: int) -> float:
    """Item `n` of `of`: from -1, a clear no, to 1, a clear yes; 0 in the middle."""
    return round(2 * n / (of - 1) - 1, 4)


def queue(project, *, items=100, overlap=1, random_share=0.2, seed=5, order="uncertain", **more):
    """Items `i0` to `iN` whose outputs run from a clear no to a clear yes."""
    made = make.queue(
        project, items=0, overlap=overlap, random_share=random_share, seed=seed, order=order, **more
    )
    queues.add_items(
        made,
        [queues.NewItem(f"i{n}", input="How is it?", output=f"It is {says(n, items)}") for n in range(items)],
    )
    return made


def run(queue) -> Job:
    """Ask for the run that follows the newest report, and do it as the ml worker would."""
    report = Report.objects.filter(queue=queue, kind="order").first()
    slot = due.slot(queue, report, queue.created_at)
    job = jobs.ask(kind=slot.kind, key=slot.key, project=queue.project, arguments=slot.arguments)
    runner.run(job.pk, queue="ml")
    job.refresh_from_db()
    return job


def walk(queue) -> list[tuple[str, str]]:
    """(external id, reason) of what is open, in the order in which it comes."""
    rows = Place.objects.filter(queue=queue, done_at=None, n=0).order_by("position")
    return list(rows.values_list("item__external_id", "reason"))
