"""What the pages of one queue have in common."""

from typing import Any

from annotator import access
from annotator.models import Membership, Queue, Role
from annotator.queries.queues import Filled, filled
from annotator.services.sent_items import why_not


def head(
    membership: Membership, queue: Queue, subtab: str, *, places: Filled | None = None
) -> dict[str, Any]:
    """For `annotator/queue_head.html`. `places` are looked up when not known: all that count, and
    what waits for this member alone."""
    if places is None:
        places = filled(queue, membership.user)
    return {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "subtab": subtab,
        "queue": queue,
        "finished": places.finished,
        "may_label": access.has_work(membership, queue, finished=places.finished),
        "to_fill": not places.any and is_to_be_filled(membership, queue),
    }


def is_to_be_filled(membership: Membership, queue: Queue) -> bool:
    """Whether this person can do nothing better here than bring the first items."""
    return membership.role == Role.OWNER and not why_not(queue) and not queue.items.exists()
