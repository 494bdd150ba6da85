"""The kinds of background work. One line in an `AppConfig.ready()` adds one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from annotator.jobs.work import Work
    from annotator.models import Job

QUEUES = ("default", "ml")


@dataclass(frozen=True)
class Kind:
    """`run` may be killed at any line and called again: it goes on at `work.cursor`.

    `queue` is the Celery queue, `title` what a person reads, `result_url` the page of what a
    finished job made, `patience` the attempts in a row that may end without any progress.
    `details` says of each job what it is about, with one query for all; `amount` writes a number
    of its progress with its unit.
    """

    name: str
    run: "Callable[[Work], None]"
    queue: str = "default"
    title: "str | _StrPromise" = ""
    result_url: "Callable[[Job], str] | None" = None
    patience: int = 5
    details: "Callable[[Sequence[Job]], Mapping[UUID, str]] | None" = None
    amount: "Callable[[int], str] | None" = None


class UnknownKind(LookupError):
    """No kind of this name is registered: asked by newer code, or by a spelling mistake."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the same name twice, or a queue that nobody works, is a mistake in the code."""
    if kind.queue not in QUEUES:
        raise ValueError(f"{kind.name}: there is no Celery queue “{kind.queue}”")
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"two kinds of job are called {kind.name}")
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def patience(name: str) -> int:
    kind = _kinds.get(name)
    return kind.patience if kind else Kind.patience


def title(name: str) -> "str | _StrPromise":
    """What a person reads; the bare name for a kind that this version does not know."""
    kind = _kinds.get(name)
    return (kind.title or kind.name) if kind else name


def result_url(job: "Job") -> str:
    """The page of what the job made; empty when there is none."""
    kind = _kinds.get(job.kind)
    return kind.result_url(job) if kind and kind.result_url else ""


def details(jobs: "Sequence[Job]") -> dict[UUID, str]:
    """What each job is about: a file's name, a day. Those of which nobody knows are left out."""
    found: dict[UUID, str] = {}
    for name, alike in groupby(sorted(jobs, key=lambda job: job.kind), key=lambda job: job.kind):
        kind = _kinds.get(name)
        if kind and kind.details:
            found |= kind.details(list(alike))
    return found


def days_of(jobs: "Sequence[Job]") -> dict[UUID, str]:
    """The `details` of a kind whose jobs are each about the day in their arguments."""
    return {job.pk: job.arguments["day"] for job in jobs if "day" in job.arguments}


def amount(name: str, number: int) -> str:
    """A number of a job's progress; empty when its kind has no unit."""
    kind = _kinds.get(name)
    return kind.amount(number) if kind and kind.amount else ""
