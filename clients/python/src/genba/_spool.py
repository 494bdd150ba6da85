"""Unsent records on disk, so that neither a crash nor a long outage loses them.

    SPOOL/1b2c…/lock                        held while the process that owns the folder lives
    SPOOL/1b2c…/interactions-17…-….ndjson   a batch: one record a line, removed when it was taken

A folder whose lock is free is of a process that ended: whoever starts next takes its batches over.
Every line is written before `log` returns, and not synced: it survives the process, not the power.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # the settings let nobody use a spool here
    fcntl = None  # type: ignore[assignment]

LOCK = "lock"


class Segment:
    """One batch's file. `size`: bytes in it."""

    def __init__(self, path: Path, size: int = 0, descriptor: int = -1) -> None:
        self.path, self.size, self._descriptor = path, size, descriptor

    @classmethod
    def new(cls, path: Path) -> Segment:
        return cls(path, 0, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600))

    @property
    def lane(self) -> str:
        return self.path.name.partition("-")[0]

    def append(self, line: bytes) -> None:
        """OSError: nothing of the line is in the file, unless it cannot even be cut."""
        text = line + b"\n"
        try:
            if os.write(self._descriptor, text) < len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(text)

    def seal(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def lines(self) -> list[bytes]:
        """The last one is left out if a crash cut it."""
        return [line for line in self.path.read_bytes().split(b"\n")[:-1] if line]

    def remove(self) -> None:
        self.seal()
        self.path.unlink(missing_ok=True)


class Spool:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Path | None = None
        self._lock = -1

    def segment(self, lane: str) -> Segment:
        """A new, empty one. OSError: there is no room or no right."""
        if self._own is not None and not self._own.exists():  # somebody tidied up
            self.after_fork()
        return Segment.new(self._mine() / f"{lane}-{time.time_ns():020d}-{uuid4().hex[:8]}.ndjson")

    def left_behind(self) -> Iterator[Segment]:
        """The batches of processes that ended, oldest first; they are this process's from now on."""
        found: list[Path] = []
        for folder in list(self._folder.iterdir()):
            if folder != self._own and not folder.name.startswith("."):
                found += self._taken_over(folder)
        for path in sorted(found, key=lambda path: path.name.partition("-")[2]):  # by time
            yield Segment(path, path.stat().st_size)

    def after_fork(self) -> None:
        """The folder and its lock are the parent's."""
        if self._lock >= 0:
            os.close(self._lock)
        self._own, self._lock = None, -1

    def close(self) -> None:
        """What is left waits for the next process."""
        if self._own is not None:
            _remove_if_empty(self._own)
        self.after_fork()

    def _mine(self) -> Path:
        """Made under a name that others pass over until its lock is held."""
        if self._own is None:
            name = uuid4().hex
            new = self._folder / f".{name}"
            new.mkdir(mode=0o700)
            self._lock = os.open(new / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._own = new.rename(self._folder / name)
        return self._own

    def _taken_over(self, folder: Path) -> list[Path]:
        """Where the folder's batches are now; none if its owner lives, or another was quicker."""
        taken: list[Path] = []
        try:
            lock = os.open(folder / LOCK, os.O_WRONLY)
        except OSError:  # gone meanwhile, or nothing of ours
            return taken
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken.extend(path.rename(self._mine() / path.name) for path in list(folder.glob("*.ndjson")))
            _remove_if_empty(folder)
        except OSError:  # what was moved is ours all the same
            pass
        finally:
            os.close(lock)
        return taken


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.glob("*.ndjson")):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
