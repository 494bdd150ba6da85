"""Processes that a killed Genba left behind.

What is started is written down with a mark that no other process of the same number can have.
On Linux the processes of ours also carry the folder's name in their environment, which finds
those that they started themselves. Only called by the holder of the lock: whoever is found
belongs to a run that is over.
"""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from annotator.config.embedded.process import identity

MARK = "GENBA_SUPERVISED"  # an environment variable: the state folder of the run
PATIENCE = 5.0


class Records:
    """`var/children.json`: who runs, as {name: [pid, identity]}."""

    def __init__(self, var: Path) -> None:
        self.var, self.path = var, var / "children.json"
        self._running: dict[str, tuple[int, str]] = {}

    def add(self, name: str, pid: int) -> None:
        self._running[name] = (pid, identity(pid))
        aside = self.path.with_suffix(".new")
        with contextlib.suppress(OSError):  # a full disk: then the marks must do
            aside.write_text(json.dumps(self._running), encoding="utf-8")
            aside.replace(self.path)

    def clear(self) -> None:
        self._running.clear()
        self.path.unlink(missing_ok=True)

    def end_leftovers(self) -> int:
        """End what an earlier run left, gently and then not; how many there were."""
        found = self._leftovers()
        for pid in found:
            _send(pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while (left := self._leftovers()) and time.monotonic() < end:
            time.sleep(0.05)
        for pid in left:
            _send(pid, signal.SIGKILL)
        self.clear()
        return len(found)

    def _leftovers(self) -> set[int]:
        return {*self._recorded(), *marked(self.var)}

    def _recorded(self) -> Iterable[int]:
        try:
            recorded = json.loads(self.path.read_text(encoding="utf-8"))
            pairs = [(int(pid), str(mark)) for pid, mark in recorded.values()]
        except (OSError, ValueError, AttributeError, TypeError):
            return  # none, or cut short by a full disk: then the marks must do
        for pid, mark in pairs:
            if mark and identity(pid) == mark:
                yield pid


def marked(var: Path) -> Iterable[int]:
    """Living processes started for this folder, by the mark in their environment (Linux)."""
    wanted = f"{MARK}={var}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0") and identity(int(entry.name)):
                yield int(entry.name)
        except OSError:
            continue  # gone meanwhile, or somebody else's


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
