"""Being asked to stop, noticed between two steps and never in the middle of one."""

import signal
import time
from types import FrameType

from annotator.config.supervisor.errors import StopAsked

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# One Ctrl-C may reach us twice: from the terminal and passed on by `make`.
ECHO = 0.5


class Signals:
    """Ctrl-C, SIGTERM and a closed terminal ask for the end; a second time they insist."""

    def __init__(self) -> None:
        self.asked_at: float | None = None
        self.insisted = False
        self.stopping = False

    def listen(self) -> None:
        for number in ENDS:
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.asked_at is None:
            self.asked_at = now
        elif now - self.asked_at > ECHO and not self.insisted:
            self.insisted = True
            if not self.stopping:
                raise KeyboardInterrupt  # some step takes too long: leave it

    def pause(self, seconds: float) -> None:
        """Sleep; raises StopAsked as soon as somebody asks."""
        end = time.monotonic() + seconds
        while self.asked_at is None and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        if self.asked_at is not None:
            raise StopAsked
