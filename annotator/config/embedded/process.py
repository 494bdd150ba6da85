"""Small parts of starting a program that is ours to stop."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

from annotator.config.embedded.accounts import Account

PR_SET_PDEATHSIG = 1


class EngineError(RuntimeError):
    """An embedded engine cannot run; the text says why and is meant for a person."""


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """On Linux the kernel signals the child when its parent dies, even by `kill -9`."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number)

    return ask


def private_folder(path: Path, account: Account | None) -> None:
    """Make `path` with mode 0700 for its account; refuse a stranger's folder of that name."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        owner = path.lstat().st_uid
        allowed = {os.geteuid()} | ({account.uid} if account else set())
        if owner not in allowed and os.geteuid() != 0:
            raise EngineError(f"{path} belongs to somebody else (user id {owner})") from None
    if account and os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
