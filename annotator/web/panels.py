"""Panels that upper apps show in pages of the floor, found by a queue's origin.

An upper app registers the URL name of its panel from `AppConfig.ready()`:

    panels.register_queue_end("vibecheck", "check-end")

The route takes `slug` and `queue_id` and answers GET with an HTML fragment (no page frame,
forms by htmx). It is loaded by `hx-get` when the queue is done and every answer is stored.
"""

from django.urls import reverse

from annotator.models import Queue

_queue_ends: dict[str, str] = {}


def register_queue_end(origin: str, url_name: str) -> None:
    """Show the panel at `url_name` when somebody reaches the end of a queue of this origin."""
    known = _queue_ends.setdefault(origin, url_name)
    if known != url_name:
        raise ValueError(f"Queues of origin {origin!r} end with {known!r} already")


def queue_end_url(queue: Queue) -> str:
    """Where the panel of this queue's origin is; empty when none is registered."""
    url_name = _queue_ends.get(queue.origin)
    if url_name is None:
        return ""
    return reverse(url_name, kwargs={"slug": queue.project.slug, "queue_id": queue.pk})
