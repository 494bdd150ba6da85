"""Small parts of starting a program that is ours to stop."""

import ctypes
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from annotator.config.embedded.accounts import Account
from annotator.config.embedded.errors import EngineError

PR_SET_PDEATHSIG = 1

__all__ = ["EngineError", "die_with_parent", "identity", "private_folder", "steps"]


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """On Linux the kernel signals the child when its parent dies, even by `kill -9`."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number)

    return ask


def steps(*parts: Callable[[], None] | None) -> Callable[[], None]:
    """One function for a forked child out of those given, in their order."""
    given = [part for part in parts if part]

    def run() -> None:
        for part in given:
            part()

    return run


def private_folder(path: Path, account: Account | None) -> None:
    """Make `path` with mode 0700 for its account; refuse a stranger's folder of that name."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        _check_owner(path, account)
    except OSError as error:
        raise EngineError(f"{path} cannot be made: {error.strerror}") from error
    if account and account.is_another:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    path.chmod(0o700)


def _check_owner(path: Path, account: Account | None) -> None:
    """In a folder where everybody may write (/tmp), somebody may have been there first."""
    found = path.lstat()
    known = {os.geteuid()} | ({account.uid} if account else set())
    if not stat.S_ISDIR(found.st_mode):
        raise EngineError(f"{path} is in the way: it should be a folder")
    if found.st_uid not in known and (os.geteuid() != 0 or path.parent.stat().st_mode & stat.S_IWOTH):
        raise EngineError(f"{path} belongs to somebody else (user id {found.st_uid})")


def identity(pid: int) -> str:
    """A mark that no later process of the same number has; '' when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # Field 3 is the state (Z: already ended), field 22 the start in ticks since the boot.
    return "" if fields[0] == "Z" else f"{boot_id()}-{fields[19]}"


def boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
