"""Records on their way to one address: one batch that is being filled, and those that wait."""

from __future__ import annotations

import math
import time
from collections import deque

from genba._answers import Backoff
from genba._spool import Segment

OVERHEAD = 100  # bytes of memory that a record costs beside its text


class Batch:
    """Records that travel together. `lines` None: they are on disk only."""

    __slots__ = (
        "count",
        "done",
        "faults",
        "flying",
        "lines",
        "on_disk",
        "passed",
        "segment",
        "since",
        "size",
    )

    def __init__(self, segment: Segment | None = None) -> None:
        self.lines: list[bytes] | None = []
        self.count = 0
        self.size = 0  # bytes, without newlines
        self.since = time.monotonic()
        self.segment = segment
        self.on_disk = segment is not None  # the whole of it
        self.flying = False
        self.faults = 0  # how often Genba broke on it
        self.passed = 0  # lines at its beginning that were settled already; the file still has them
        self.done = False  # taken, refused or lost: nobody waits for it any more

    @classmethod
    def found(cls, segment: Segment) -> Batch:
        batch = cls(segment)
        batch.lines, batch.size, batch.since = None, segment.size, 0.0
        return batch

    def add(self, line: bytes) -> OSError | None:
        """The error, if the disk did not take it; memory did."""
        if self.lines is not None:  # it is, while the batch is open
            self.lines.append(line)
        self.count += 1
        self.size += len(line)
        if not self.on_disk or self.segment is None:
            return None
        try:
            self.segment.append(line)
        except OSError as error:
            self.on_disk = False
            return error
        return None

    @property
    def memory(self) -> int:
        return 0 if self.lines is None else self.size + self.count * OVERHEAD


class Lane:
    """Nothing here locks: the outbox does."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = path.rpartition("/")[2]
        self.open: Batch | None = None
        self.waiting: deque[Batch] = deque()
        self.parked: deque[Batch] = deque()  # on disk, for the next process
        self.not_before = 0.0
        self.asked_to_wait = False  # by the server: flushing does not change that
        self._backoff = Backoff()

    def seal(self) -> None:
        """What comes next begins another batch."""
        if self.open is not None:
            if self.open.segment is not None:
                self.open.segment.seal()
            self.waiting.append(self.open)
            self.open = None

    def due(self, interval: float) -> float:
        """The moment from which something of this is to be sent; infinity: there is nothing."""
        if self.waiting:
            return self.not_before
        return math.inf if self.open is None else max(self.not_before, self.open.since + interval)

    def begun(self) -> float:
        """When the oldest batch was begun; infinity: there is none."""
        first = self.waiting[0] if self.waiting else self.open
        return math.inf if first is None else first.since

    def oldest(self) -> Batch:
        if not self.waiting:
            self.seal()
        return self.waiting[0]

    def wait(self, asked: float) -> float:
        """Seconds until the next try; `asked`: what the server wants at least."""
        pause = max(asked, self._backoff.next())
        self.not_before, self.asked_to_wait = time.monotonic() + pause, asked > 0
        return pause

    def let_others_pass(self, batch: Batch) -> None:
        """One that Genba breaks on does not hold up the rest."""
        self.waiting.remove(batch)
        self.waiting.append(batch)

    def answered(self) -> None:
        self._backoff.reset()
        self.not_before, self.asked_to_wait = 0.0, False

    def hurry(self) -> None:
        """Try now, unless the server asked for patience."""
        self.seal()
        if not self.asked_to_wait:
            self._backoff.reset()
            self.not_before = 0.0

    def count(self) -> int:
        return sum(batch.count for batch in self.waiting) + (self.open.count if self.open else 0)
