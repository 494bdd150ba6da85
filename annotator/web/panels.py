"""Panels that upper apps show in pages of the floor, found by a queue's origin.

An upper app registers the URL name of its panel from `AppConfig.ready()`:

    panels.register_queue_end("vibecheck", "check-end")

The route takes `slug` and `queue_id` and answers GET with an HTML fragment (no page frame,
forms by htmx). It is loaded by `hx-get` when the queue is done and every answer is stored.

An item is led to where it came from in the same way, by its own origin:

    panels.register_item("vibecheck", "item-source")

The route takes `slug` and `item_id`.
"""

from django.urls import reverse

from annotator.models import Item, Project, Queue

_queue_ends: dict[str, str] = {}
_items: dict[str, str] = {}


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


def register_item(origin: str, url_name: str) -> None:
    """Lead from items of this origin to the page at `url_name`."""
    known = _items.setdefault(origin, url_name)
    if known != url_name:
        raise ValueError(f"Items of origin {origin!r} lead to {known!r} already")


def item_url(project: Project, item: Item) -> str:
    """Where this item came from; empty when nobody shows it."""
    url_name = _items.get(item.origin)
    return reverse(url_name, args=[project.slug, item.pk]) if url_name else ""
