"""The logs under `var/logs`: all lines there, the important ones on the console too."""

import re
import time
from collections.abc import Callable
from pathlib import Path

MOST_BYTES = 20 * 1024 * 1024
READ_BYTES = 256 * 1024
LINES_A_MINUTE = 6

# Python's and Celery's levels, granian's, PostgreSQL's and Redis's worst.
IMPORTANT = re.compile(r"(?<!%)\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback |Fatal error|OOM")
# True, and of no use to the person who starts Genba.
NOISE = re.compile(
    r"database system is (starting up|shutting down)|administrator command|# WARNING|SecurityWarning"
    r"|superuser privileges|Configuration allows spawning|terminating connection|WebSockets"
)


class Tail:
    """The end of one log file, followed. Rotated in place, because its writers hold it open."""

    def __init__(self, name: str, path: Path, say: Callable[[str], None]) -> None:
        self.name, self.path, self.say = name, path, say
        path.touch(mode=0o600)
        self._read = path.stat().st_size
        self._said: list[float] = []

    def look(self) -> None:
        """Nothing that happens to a log ends what writes it: deleted, or on a full disk."""
        try:
            self._look()
        except FileNotFoundError:
            self._read = 0
        except OSError as error:
            self._say(f"{self.path} cannot be read or rotated: {error.strerror}")

    def _look(self) -> None:
        size = self.path.stat().st_size
        if size < self._read:
            self._read = 0
        if size > self._read:
            self._echo(size)
        if size > MOST_BYTES:
            self._rotate()

    def _echo(self, size: int) -> None:
        with self.path.open("rb") as log:
            log.seek(max(self._read, size - READ_BYTES))
            new = log.read(size - log.tell())
        whole = new.rfind(b"\n") + 1
        self._read = size - (len(new) - whole)
        for line in new[:whole].decode(errors="replace").splitlines():
            if IMPORTANT.search(line) and not NOISE.search(line):
                self._say(line)

    def _say(self, line: str) -> None:
        now = time.monotonic()
        self._said = [when for when in self._said if now - when < 60]
        if len(self._said) < LINES_A_MINUTE:
            self.say(f"[{self.name}] {line[:300]}")
        elif len(self._said) == LINES_A_MINUTE:
            self.say(f"[{self.name}] … more in {self.path}")
        else:
            return
        self._said.append(now)

    def _rotate(self) -> None:
        old = self.path.with_suffix(".log.1")
        old.unlink(missing_ok=True)
        with self.path.open("rb") as log, old.open("wb") as copy:
            old.chmod(0o600)
            while part := log.read(1024 * 1024):
                copy.write(part)
        with self.path.open("r+b") as log:
            log.truncate(0)
        self._read = 0
