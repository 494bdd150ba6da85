"""What happens to the clients of a process when it ends, and when it forks."""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Living(NamedTuple):
    patience: float  # seconds
    close: Callable[[float], None]
    after_fork: Callable[[], None]


# Held until they are closed: what a client that nobody remembers was given is still sent.
_living: dict[int, Living] = {}


def began(
    client: object, patience: float, close: Callable[[float], None], after_fork: Callable[[], None]
) -> None:
    _living[id(client)] = Living(patience, close, after_fork)
    if getattr(sys.modules.get("multiprocessing.process"), "parent_process", lambda: None)() is not None:
        _also_as_a_child_ends()


def ended(client: object) -> None:
    _living.pop(id(client), None)


def _at_exit() -> None:
    """All clients together take no longer than the most patient of them."""
    start = time.monotonic()
    for client in list(_living.values()):
        client.close(max(0.0, client.patience - (time.monotonic() - start)))


def _in_child() -> None:
    for client in list(_living.values()):
        client.after_fork()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:  # it forgets at the start of a child what was to be done at its end
        util.register_after_fork(_also_as_a_child_ends, _also_as_a_child_ends)


def _also_as_a_child_ends(*_: Any) -> None:
    """Children of `multiprocessing` end without `atexit`."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, _at_exit, exitpriority=0)


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
