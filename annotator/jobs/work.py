"""What a kind's function is given: its job, and chunks that commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotator.jobs import heart, leases, stop
from annotator.jobs.alive import renewing
from annotator.models import Job, JobState


class PermanentError(Exception):
    """Trying again cannot help. The text is shown to people: say what to do, quote no payload."""


class TransientError(Exception):
    """It may work later. The text is shown to people; `retry_after` is in seconds, if known."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Stopped(Exception):
    """Leave the kind's function now; what a chunk committed stays."""


class LeaseLost(Stopped):
    """Somebody else owns the job by now, or it is gone with its project."""


class Cancelled(Stopped):
    """A person asked to cancel."""


class GivenBack(Stopped):
    """This worker stops, or lets others have their turn; the job goes on elsewhere."""


@dataclass
class Chunk:
    """Set these inside the chunk. `last` ends the job in this very transaction."""

    done: int
    total: int | None
    cursor: Any
    last: bool = False


class Work:
    """One attempt at one job. `result` is small and is saved with each chunk."""

    def __init__(self, job: Job, *, patience: int = 5) -> None:
        self.job = job
        self.arguments: dict[str, Any] = job.arguments
        self.result: dict[str, Any] = dict(job.result or {})
        self.ended = False
        self._patience = patience
        self._turn = heart.Turn(job.celery_queue)

    @property
    def cursor(self) -> Any:
        return self.job.cursor

    @property
    def done(self) -> int:
        return self.job.done

    @property
    def total(self) -> int | None:
        return self.job.total

    @contextmanager
    def chunk(self) -> Iterator[Chunk]:
        """One transaction: do the effects, then set `done`, `total` and `cursor`.

        On leaving, progress and a renewed lease are written in it. Raises LeaseLost (nothing of
        this chunk stays), or after the commit Cancelled or GivenBack (all of it stays).
        """
        with transaction.atomic():
            chunk = Chunk(self.job.done, self.job.total, self.job.cursor)
            yield chunk
            cancel = self._save(chunk)
        if chunk.last:
            return
        if cancel:
            raise Cancelled
        if stop.asked() or self._turn.is_over():
            leases.give_back(self.job)
            raise GivenBack

    def _save(self, chunk: Chunk) -> bool:
        job = self.job
        before = (job.done, job.total, job.cursor)
        job.done, job.total, job.cursor = chunk.done, chunk.total, chunk.cursor
        advanced = (chunk.done, chunk.cursor) != (before[0], before[2])
        cancel = leases.save(job, result=self.result, spare=self._patience - 1 if advanced else None)
        if cancel is None:
            job.done, job.total, job.cursor = before
            raise LeaseLost
        if chunk.last and not leases.end(job, JobState.DONE):
            raise LeaseLost
        self.ended = chunk.last
        return cancel

    def finish(self) -> None:
        """Done, with the result as it is. Called after the kind's function returned."""
        if self.ended:
            return
        with self.chunk() as chunk:
            chunk.last = True

    @contextmanager
    def keep_alive(self) -> Iterator[None]:
        """Renew from a side thread during a long step outside of any chunk, such as a model call."""
        lost, cancel = threading.Event(), threading.Event()
        with renewing(self.job, lost=lost, cancel=cancel):
            yield
        if lost.is_set():
            raise LeaseLost
        if cancel.is_set():
            raise Cancelled
