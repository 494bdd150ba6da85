"""What the pages of one queue have in common."""

from typing import Any

from annotator.models import Membership, Queue, Role
from annotator.queries.queues import Progress


def asked_still(membership: Membership, progress: Progress) -> bool:
    """An annotator who may still be asked sees nothing but themselves."""
    return membership.role == Role.ANNOTATOR and not progress.finished


def head(membership: Membership, queue: Queue, progress: Progress, subtab: str) -> dict[str, Any]:
    """For `annotator/queue_head.html`."""
    unfinished = bool(progress.places) and not progress.finished and queue.closed_at is None
    return {
        "project": membership.project,
        "role": membership.role,
        "tab": "queues",
        "subtab": subtab,
        "queue": queue,
        "may_label": membership.role != Role.VIEWER and unfinished,
    }
