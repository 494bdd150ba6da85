"""Starting again what ended by itself."""

import time
from collections.abc import Callable
from typing import Protocol

from annotator.config.embedded.errors import EngineError

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
CALM = 60.0  # one that ran this long may start again at once


class Launchable(Protocol):
    name: str

    def launch(self) -> None: ...

    def is_running(self) -> bool: ...


class Watch:
    """Looks after one process: each further end in a row doubles the wait before its next start."""

    def __init__(
        self,
        what: Launchable,
        say: Callable[[str], None],
        *,
        log: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.what, self.say, self.log, self.clock = what, say, log, clock
        self._since = clock()
        self._wait = FIRST_WAIT
        self._due: float | None = None

    def look(self) -> bool:
        """Start it when it is due; whether it was started."""
        if self.what.is_running():
            return False
        now = self.clock()
        if self._due is None:
            self._plan(now)
        if self._due is not None and now < self._due:
            return False
        self._due = None
        self._since = now
        try:
            self.what.launch()
        except (OSError, EngineError) as error:  # a full disk, say: the next try may do
            self.say(f"{self.what.name} cannot start: {error}")
            return False
        return True

    def _plan(self, now: float) -> None:
        if now - self._since > CALM:
            self._wait = FIRST_WAIT
        self._due = now + self._wait
        self.say(f"{self.what.name} ended; starting it again in {self._wait:g} s (log: {self.log})")
        self._wait = min(2 * self._wait, LONGEST_WAIT)
