"""What the host's people are told, through `logging` under the name “genba”.

Of each kind one line a minute at most, with the number of those that were left out. Neither the
key nor anything of a payload is ever part of a line.
"""

from __future__ import annotations

import logging
import time

logger = logging.getLogger("genba")


class Reporter:
    def __init__(self, every: float = 60.0) -> None:
        self._every = every
        self._said: dict[str, tuple[float, int]] = {}  # kind: when, how often left out since

    def __call__(self, kind: str, message: str, *values: object) -> None:
        now = time.monotonic()
        when, left_out = self._said.get(kind, (-self._every, 0))
        if now - when < self._every:
            self._said[kind] = (when, left_out + 1)
            return
        self._said[kind] = (now, 0)
        if left_out:
            message += f" (And {left_out} times more since this was last said.)"
        try:
            logger.warning(message, *values)
        except Exception:  # a handler of the host's that raises
            self._said[kind] = (now, left_out)
