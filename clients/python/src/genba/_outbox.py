"""The queue and the thread that empties it.

`put` costs the caller a few microseconds and never waits for the network. One thread sends batches;
what was not taken is sent again until it is. Ids make that harmless.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from genba import _answers
from genba._answers import Answer, Taken, Verdict
from genba._http import LINES, Http
from genba._lanes import Batch, Lane
from genba._records import INTERACTIONS, SIGNALS
from genba._report import Reporter
from genba._settings import Settings
from genba._spool import Segment, Spool

PATIENCE = 3  # answers of 500 that a batch gets before others may pass it


class Counts(NamedTuple):
    """Of records, since the client was made. Those another process left are counted when read."""

    waiting: int
    taken: int  # stored by Genba, now or before
    rejected: int  # not stored, and never to be
    lost: int  # no room to keep them


class Outbox:
    def __init__(self, settings: Settings, http: Http, report: Reporter) -> None:
        self._settings, self._http, self._report = settings, http, report
        self._spool = None if settings.spool is None else Spool(settings.spool)
        self._inherited = False
        self._begin()
        if self._spool is not None and self._take_over(self._spool):
            self._started()

    def _begin(self) -> None:
        self._changed = threading.Condition()  # on an RLock: a signal handler may log, too
        self._lanes = {path: Lane(path) for path in (INTERACTIONS, SIGNALS)}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._memory = self._disk = 0
        self._taken = self._rejected = self._lost = 0

    # --- for the host's threads ---------------------------------------------------------------

    def put(self, path: str, line: bytes) -> None:
        with self._changed:
            closed = self._closing
            if closed:
                self._lost += 1
            else:
                fault, lost = self._add(self._lanes[path], line)
        if closed:
            self._report("closed", "This Genba client is closed: what is logged now is lost.")
            return
        if fault is not None:
            self._report(
                "disk",
                "The spool folder takes no more (%s): records are kept in memory only.",
                fault.strerror,
            )
        if lost:
            self._report(
                "full",
                "Genba takes records more slowly than they come, or not at all: the oldest %d were dropped,"
                " %d so far. Raise max_bytes, or give a spool folder.",
                lost,
                self._lost,
            )

    def flush(self, timeout: float) -> bool:
        """Whether all that was put in before now has been answered within `timeout` seconds."""
        end = time.monotonic() + timeout
        with self._changed:
            for lane in self._lanes.values():
                lane.hurry()
            pending = [batch for lane in self._lanes.values() for batch in lane.waiting]
            threaded = not pending or self._started()
            self._changed.notify_all()
            if threaded:
                self._changed.wait_for(lambda: all(batch.done for batch in pending), timeout)
        if not threaded:  # the interpreter is ending and starts no threads any more
            self._work(end)
        return all(batch.done for batch in pending)

    def close(self, timeout: float) -> None:
        """Send what there is, within `timeout` seconds; what is left stays in the spool, or is lost."""
        if self._closing:
            return
        end = time.monotonic() + timeout
        self.flush(timeout)
        with self._changed:
            self._closing = True
            for lane in self._lanes.values():
                lane.seal()  # what came in meanwhile
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(max(0.0, end - time.monotonic()))
        left = [batch for lane in self._lanes.values() for batch in lane.waiting]
        lost = sum(batch.count for batch in left if not batch.on_disk)
        if lost:
            self._lost += lost
            self._report("left", "%d records could not be sent before the end and are lost.", lost)
        elif left:
            self._report("left", "Records could not be sent before the end: the spool keeps them.")
        if self._spool is not None:
            self._spool.close()

    def counts(self) -> Counts:
        with self._changed:
            waiting = sum(lane.count() for lane in self._lanes.values())
            return Counts(waiting, self._taken, self._rejected, self._lost)

    def after_fork(self) -> None:
        """In the child: what waits is the parent's to send, and so are its files and its thread."""
        for lane in self._lanes.values():
            if lane.open is not None and lane.open.segment is not None:
                lane.open.segment.seal()
        self._begin()
        self._inherited = True
        if self._spool is not None:
            self._spool.after_fork()

    # --- with the lock held -------------------------------------------------------------------

    def _add(self, lane: Lane, line: bytes) -> tuple[OSError | None, int]:
        """The disk's error, and how many records had to go."""
        fault: OSError | None = None
        if lane.open is None:
            segment, fault = self._segment(lane)
            lane.open = Batch(segment)
        batch = lane.open
        before, on_disk = batch.memory, batch.segment.size if batch.segment else 0
        fault = batch.add(line) or fault
        self._memory += batch.memory - before
        self._disk += (batch.segment.size if batch.segment else 0) - on_disk
        settings = self._settings
        full = batch.count >= settings.batch_records or batch.size >= settings.batch_bytes
        if full:
            lane.seal()
        lost = self._make_room()
        self._started()
        if full or batch.count == 1:
            self._changed.notify_all()
        return fault, lost

    def _segment(self, lane: Lane) -> tuple[Segment | None, OSError | None]:
        if self._spool is None:
            return None, None
        try:
            return self._spool.segment(lane.name), None
        except OSError as error:
            return None, error

    def _started(self) -> bool:
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="genba", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return False
            self._thread = thread
        return True

    def _make_room(self) -> int:
        """How many records had to go so that memory and disk stay within their bounds."""
        lost = 0
        while self._memory > self._settings.max_bytes:
            on_disk = next((b for b in self._sealed(newest=True) if b.on_disk and b.lines is not None), None)
            if on_disk is not None:
                self._memory -= on_disk.memory
                on_disk.lines = None
                continue
            oldest = min((b for b in self._sealed() if b.memory), key=lambda b: b.since, default=None)
            if oldest is None:
                break
            lost += self._drop(oldest)
        while self._disk > self._settings.spool_bytes:
            parked = [b for lane in self._lanes.values() for b in lane.parked]
            saved = (b for b in (parked or self._sealed()) if b.segment)
            oldest = min(saved, key=lambda b: b.since, default=None)
            if oldest is None:
                break
            lost += self._drop(oldest)
        self._lost += lost
        return lost

    def _sealed(self, *, newest: bool = False) -> Iterator[Batch]:
        """All that wait and are not under way; of each lane the oldest first, or the newest."""
        for lane in self._lanes.values():
            for batch in reversed(lane.waiting) if newest else iter(lane.waiting):
                if not batch.flying:
                    yield batch

    def _drop(self, batch: Batch) -> int:
        lane = next(one for one in self._lanes.values() if batch in one.waiting or batch in one.parked)
        count = 0 if batch in lane.parked else batch.count  # of the parked it was counted already
        self._finish(lane, batch)
        return count

    def _finish(self, lane: Lane, batch: Batch, *, keep_file: bool = False) -> None:
        """Nobody waits for it any more."""
        (lane.parked if batch in lane.parked else lane.waiting).remove(batch)
        self._memory -= batch.memory
        batch.lines, batch.done = None, True
        if batch.segment is None:
            return
        if keep_file:
            lane.parked.append(batch)
            return
        self._disk -= batch.segment.size
        try:
            batch.segment.remove()
        except OSError:  # it is sent once more by the next process, which changes nothing
            batch.segment = None

    # --- the thread ----------------------------------------------------------------------------

    def _work(self, until: float | None = None) -> None:
        """Until the client is closed; or, without a thread, until that moment or all is sent."""
        if self._inherited and self._spool is not None:  # a child is often made to replace a dead one
            self._take_over(self._spool)
        while True:
            with self._changed:
                while (lane := self._next()) is None:
                    pause = self._pause()
                    if self._closing or (until and (pause is None or time.monotonic() + pause > until)):
                        return
                    self._changed.wait(pause)
                if self._closing:
                    return
                batch = lane.oldest()
                batch.flying = True
            try:
                self._carry(lane, batch)
            except Exception as error:  # nothing may end this thread
                with self._changed:
                    batch.flying = False
                    lane.wait(0.0)
                self._report("broken", "Sending failed for a reason of its own: %s.", type(error).__name__)

    def _next(self) -> Lane | None:
        """A lane with something to send now, that with the oldest first."""
        now = time.monotonic()
        due = [lane for lane in self._lanes.values() if self._due(lane) <= now]
        return min(due, key=Lane.begun, default=None)

    def _pause(self) -> float | None:
        """Seconds until there is something to send; None: nothing is there."""
        moment = min(map(self._due, self._lanes.values()))
        return None if moment == math.inf else max(0.0, moment - time.monotonic())

    def _due(self, lane: Lane) -> float:
        return lane.due(self._settings.flush_interval)

    def _carry(self, lane: Lane, batch: Batch) -> None:
        """Send it, in pieces where it is too large; what is not taken now stays first in its lane."""
        pieces = self._pieces(batch)
        keep_file, answer = False, Answer(0)
        while pieces:
            answer = self._http.post(lane.path, _answers.packed(pieces[0]), LINES, self._settings.timeout)
            verdict = _answers.judged(answer)
            if verdict is Verdict.LATER:
                break
            if verdict is Verdict.SMALLER and len(pieces[0]) > 1:
                half = len(pieces[0]) // 2
                pieces[:1] = [pieces[0][:half], pieces[0][half:]]
                continue
            keep_file |= self._settle(lane, batch, pieces.pop(0), verdict, answer)
        with self._changed:
            batch.flying = False
            if pieces:
                self._postpone(lane, batch, pieces)
                pause = lane.wait(_answers.retry_after(answer.retry_after))
                batch.faults += answer.status == 500
                if batch.faults and batch.faults % PATIENCE == 0:
                    lane.let_others_pass(batch)
            else:
                lane.answered()
                self._finish(lane, batch, keep_file=keep_file)
            self._changed.notify_all()
        if pieces:
            self._report(
                "later",
                "Genba does not take records just now (%s). The next try is in %.1f s; %s.",
                answer.fault or answer.status,
                pause,
                "they are kept on disk" if batch.on_disk else "they are kept in memory",
            )

    def _pieces(self, batch: Batch) -> list[list[bytes]]:
        lines = batch.lines
        if lines is None and batch.segment is not None:
            try:
                lines = batch.segment.lines()[batch.passed :]
            except OSError as error:
                self._report("disk", "A file of the spool folder cannot be read: %s.", error.strerror)
            batch.count = len(lines or [])
        return [list(lines)] if lines else []

    def _postpone(self, lane: Lane, batch: Batch, pieces: list[list[bytes]]) -> None:
        """What was taken of it need not wait again; on disk it stays whole, which does no harm."""
        left = [line for piece in pieces for line in piece]
        batch.passed += batch.count - len(left)
        if batch.lines is not None:
            self._memory -= batch.memory
            batch.lines = left
        batch.count, batch.size = len(left), sum(map(len, left))
        self._memory += batch.memory

    def _settle(self, lane: Lane, batch: Batch, piece: list[bytes], verdict: Verdict, answer: Answer) -> bool:
        """Count and tell what became of these. Whether the file is to be kept for another process."""
        if verdict is Verdict.TAKEN:
            self._count_taken(lane, piece, _answers.taken(answer.body) or Taken(0, []))
            return False
        kept = verdict is Verdict.HELD and batch.on_disk
        with self._changed:
            self._rejected += 0 if kept else len(piece)
        if verdict is Verdict.SMALLER:
            self._report("large", "A record is too large for Genba and was not stored: %s.", _id(piece[0]))
            return False
        self._report(
            f"refused {lane.name} {answer.status}",
            "Genba refused %d records with %d. %s%s",
            len(piece),
            answer.status,
            _advice(answer, self._settings.url),
            " The spool keeps them for the next start." if kept else " They are not stored.",
        )
        return kept

    def _count_taken(self, lane: Lane, piece: list[bytes], taken: Taken) -> None:
        with self._changed:
            self._taken += taken.stored
            self._rejected += len(taken.rejected)
        for index, field, error in taken.rejected:
            self._report(
                f"rejected {lane.name} {field}",
                "Genba did not store %s: %s %s",
                _id(piece[index]) if 0 <= index < len(piece) else "a record",
                field or "the record",
                error[:200],
            )

    def _take_over(self, spool: Spool) -> bool:
        """What processes that ended left behind is sent by this one. Whether there is any."""
        names = {lane.name: lane for lane in self._lanes.values()}
        found, fault = 0, None
        with self._changed:
            try:
                for segment in spool.left_behind():
                    if segment.lane in names:
                        names[segment.lane].waiting.append(Batch.found(segment))
                        self._disk += segment.size
                        found += 1
            except OSError as error:
                fault = error.strerror
        if fault:
            self._report("disk", "The spool folder cannot be read: %s.", fault)
        return found > 0


def _advice(answer: Answer, url: str) -> str:
    if answer.status == 401:
        return "The key is unknown, revoked or expired: give another."
    if answer.status == 403:
        return "The key lacks the scope: interactions and signals need “ingest”."
    if answer.status in {400, 415, 422}:
        return str(_answers.read_object(answer.body).get("message", ""))[:200]
    return f"Is {url} the address of Genba, and of a version that knows this?"


def _id(line: bytes) -> str:
    record = _answers.read_object(line)
    return str(record.get("id") or record.get("event_id") or "a record")
