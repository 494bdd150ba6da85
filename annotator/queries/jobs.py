"""Jobs for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.formats import number_format

from annotator.jobs import registry
from annotator.models import Job, JobState, Project

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 50
ACTIVE = (JobState.DUE, JobState.LEASED)
FILTERS = {"active": ACTIVE, "failed": (JobState.FAILED,), "done": (JobState.DONE, JobState.CANCELLED)}
BADGES = {JobState.DONE: "badge-yes", JobState.FAILED: "badge-no", JobState.LEASED: "badge-running"}


@dataclass(frozen=True)
class Shown:
    """A job as its page and the list show it."""

    job: Job
    now: datetime
    detail: str = ""  # what it is about

    @cached_property
    def title(self) -> "str | _StrPromise":
        return registry.title(self.job.kind)

    @property
    def badge(self) -> str:
        return BADGES.get(JobState(self.job.state), "")

    @property
    def is_active(self) -> bool:
        return self.job.state in ACTIVE

    @property
    def is_running(self) -> bool:
        return self.job.state == JobState.LEASED

    @property
    def is_later(self) -> bool:
        return self.job.state == JobState.DUE and self.job.due_at > self.now

    @property
    def is_abandoned(self) -> bool:
        """Its worker is gone; another takes over when the sweep has rung."""
        return self.is_running and self.job.lease_until is not None and self.job.lease_until < self.now

    @property
    def percent(self) -> int | None:
        if not self.job.total:
            return None
        return min(100, int(100 * self.job.done / self.job.total))

    @property
    def done(self) -> str:
        return self._amount(self.job.done)

    @property
    def total(self) -> str:
        return self._amount(self.job.total or 0)

    def _amount(self, number: int) -> str:
        return registry.amount(self.job.kind, number) or number_format(number, force_grouping=True)

    @property
    def result_url(self) -> str:
        return registry.result_url(self.job) if self.job.state == JobState.DONE else ""

    @property
    def can_be_tried_again(self) -> bool:
        return self.job.state in {JobState.FAILED, JobState.CANCELLED}


def shown(jobs: Sequence[Job], now: datetime) -> list[Shown]:
    """Each with what it is about."""
    details = registry.details(jobs)
    return [Shown(job, now, details.get(job.pk, "")) for job in jobs]


def newest(project: Project, *, which: str = "", after: Job | None = None) -> QuerySet[Job]:
    """Newest first; `which` is a key of FILTERS or empty; those older than `after`."""
    jobs = Job.objects.filter(project=project).select_related("asked_by").order_by("-created_at", "-id")
    if which in FILTERS:
        jobs = jobs.filter(state__in=FILTERS[which])
    if after is not None:
        jobs = jobs.filter(
            Q(created_at__lt=after.created_at) | Q(created_at=after.created_at, id__lt=after.pk)
        )
    return jobs
