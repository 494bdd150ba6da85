"""What the pages of one queue have in common."""

from typing import Any

from annotator import access
from annotator.models import Membership, Queue
from annotator.queries.queues import is_finished


def head(
    membership: Membership, queue: Queue, subtab: str, *, finished: bool | None = None
) -> dict[str, Any]:
    """For `annotator/queue_head.html`. `finished`: every place is filled; looked up when not known."""
    if finished is None:
        finished = is_finished(queue)
    return {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "subtab": subtab,
        "queue": queue,
        "finished": finished,
        "may_label": access.has_work(membership, queue, finished=finished),
    }
