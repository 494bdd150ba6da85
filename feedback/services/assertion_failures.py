"""Telling the owners that an assertion fails: at most once an hour for each."""

from datetime import datetime

from django.utils import timezone

from annotator.models import Project, Role, User
from feedback import days
from feedback.assertions.failed import Failures
from feedback.notices import kinds
from feedback.queries.shifts import zone_of
from feedback.services import notices


def tell(failures: Failures) -> None:
    """In the transaction that ends the run: see `assertions.failed`."""
    project, now = Project.objects.get(pk=failures.project), timezone.now()
    owners = User.objects.filter(
        memberships__project=project, memberships__role=Role.OWNER, is_active=True
    ).order_by("pk")
    notices.send(
        kinds.FAILING,
        project=project,
        day=days.day_of(now, zone_of(project)),
        to=owners,
        about=_about(failures, now),
        context={
            "assertion": failures.key,
            "name": failures.name,
            "version": failures.version,
            "count": failures.count,
            "examples": [str(one) for one in failures.examples],
        },
    )


def _about(failures: Failures, now: datetime) -> str:
    """One in each hour."""
    return f"{failures.assertion}:{now:%H}"
