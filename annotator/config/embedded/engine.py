"""What the embedded PostgreSQL and Redis have in common."""

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from annotator.config.embedded.accounts import Account, account_for, become
from annotator.config.embedded.process import EngineError, die_with_parent, private_folder, steps

LAST_BYTES = 4000
# In an engine's last words: the one of an earlier run has not gone yet.
STILL_THERE = ("lock file", "in use")


class Engine(ABC):
    """A server program of ours on a Unix socket.

    `launch` only starts it; `start` returns when it answers, however long a recovery takes.
    """

    name = "engine"
    stop_signal = signal.SIGTERM
    patience = 300.0

    def __init__(self, data: Path, sockets: Path, *, log: Path) -> None:
        self.data, self.sockets, self.log = data, sockets, log
        self.account: Account = account_for(data)
        self.process: subprocess.Popen[bytes] | None = None

    # --- what an engine says for itself ------------------------------------------------------
    @property
    @abstractmethod
    def program(self) -> Path: ...

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves now; must return at once."""

    def prepare(self) -> None:
        """Before each launch: folders, the first time also their content."""
        private_folder(self.sockets, self.account)
        private_folder(self.data, self.account)

    # --- the same for all ----------------------------------------------------------------------
    def launch(self) -> None:
        self.prepare()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=self.environment(),
                start_new_session=True,
                preexec_fn=self.in_child(die_with_parent(self.stop_signal)),
            )

    def start(self, *, patience: float | None = None, pause: Callable[[float], None] = time.sleep) -> None:
        """Launch and wait. A server of an earlier run that is still ending is waited for, too."""
        end = time.monotonic() + (patience or self.patience)
        self.launch()
        while not self.answers():
            if not self.is_running():
                words = self.last_words()
                if time.monotonic() > end or not any(mark in words for mark in STILL_THERE):
                    raise EngineError(f"{self.name} stopped while starting: {words} (log: {self.log})")
                pause(0.5)
                self.launch()
            if time.monotonic() > end:
                raise EngineError(f"{self.name} does not answer; its log is {self.log}")
            pause(0.02)
        self.answering()

    def answering(self) -> None:  # noqa: B027 - most engines have nothing to do then
        """Called once after each start, when the server answers."""

    def stop(self, how: int | None = None, *, patience: float = 30.0) -> None:
        if self.process is None or not self.is_running():
            return
        self.process.send_signal(how or self.stop_signal)
        self.process.wait(patience)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def in_child(self, *more: Callable[[], None] | None) -> Callable[[], None]:
        """What the forked child does first. The kernel forgets `more` when the account changes."""
        folders = [self.data, self.sockets]
        return steps(become(self.account, program=self.program, folders=folders), *more)

    def environment(self) -> dict[str, str]:
        """Nothing of ours: a PGPORT or LC_ALL of the person who starts us is not meant for it."""
        return {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}

    def last_words(self) -> str:
        """The last line of the log that says what was wrong, for an error text."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LAST_BYTES))
            lines = log.read().decode(errors="replace").strip().splitlines()
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror" in line]
        return (telling or lines or ["no word"])[-1].strip()
