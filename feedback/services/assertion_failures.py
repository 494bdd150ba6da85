"""Telling the owners that an assertion fails: at most once an hour for each, with all since the last time."""

from datetime import datetime

from django.utils import timezone

from annotator.models import Project, Role, User
from feedback import days
from feedback.assertions.failed import Failures
from feedback.models import Notice
from feedback.notices import kinds
from feedback.queries.shifts import zone_of
from feedback.services import notices


def tell(failures: Failures) -> None:
    """In the transaction that ends the run: see `assertions.failed`."""
    project, now = Project.objects.get(pk=failures.project), timezone.now()
    about = _about(failures, now)
    told = Notice.objects.filter(
        project=project, kind=kinds.FAILING, about__startswith=f"{failures.assertion}:"
    ).order_by("-pk")
    last = told.select_for_update().first()
    if last is not None and last.about == about and last.day == days.day_of(now, zone_of(project)):
        last.context["since"] = last.context.get("since", 0) + failures.count
        last.save(update_fields=["context"])  # for the next notice: this one is on its way
        return
    owners = User.objects.filter(
        memberships__project=project, memberships__role=Role.OWNER, is_active=True
    ).order_by("pk")
    notices.send(
        kinds.FAILING,
        project=project,
        day=days.day_of(now, zone_of(project)),
        to=owners,
        about=about,
        context={
            "assertion": failures.key,
            "name": failures.name,
            "version": failures.version,
            "count": failures.count + (last.context.get("since", 0) if last is not None else 0),
            "examples": [str(one) for one in failures.examples],
        },
    )


def _about(failures: Failures, now: datetime) -> str:
    """One in each hour."""
    return f"{failures.assertion}:{now:%H}"
