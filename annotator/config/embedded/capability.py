"""Reaching a folder behind a closed parent without opening the parent (Linux).

As root, Genba may lie under `/root` or another folder of mode 0700, which the engines' account
cannot enter. Rather than widen that folder, the engine's process keeps one capability of root:
to search and read past permissions, or, where a container's root does not have that one, to
override them. It is given only when something cannot be reached without.
"""

import ctypes
import os
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

DAC_OVERRIDE = 1
DAC_READ_SEARCH = 2

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def lacking(uid: int, gid: int, *, program: Path, folders: Iterable[Path]) -> int | None:
    """The capability without which the account cannot run `program` on `folders`, if any."""
    if not _allows(program, uid, gid, stat.S_IXOTH | stat.S_IROTH):
        return DAC_OVERRIDE
    if not barred(uid, gid, [program, *folders]):
        return None
    return DAC_READ_SEARCH if held(DAC_READ_SEARCH) else DAC_OVERRIDE


def barred(uid: int, gid: int, paths: Iterable[Path]) -> str:
    """The first folder on the way to one of `paths` that the account cannot enter, or ''."""
    for path in paths:
        for parent in reversed(path.resolve().parents):
            if parent.exists() and not _allows(parent, uid, gid, stat.S_IXOTH):
                return str(parent)
    return ""


def _allows(path: Path, uid: int, gid: int, wanted: int) -> bool:
    """By the mode bits alone; `wanted` is given in the bits of others."""
    found = path.stat()
    shift = 6 if found.st_uid == uid else 3 if found.st_gid == gid else 0
    return (found.st_mode >> shift) & wanted == wanted


def held(number: int) -> bool:
    """Whether this process may hand the capability on."""
    if not sys.platform.startswith("linux"):
        return False
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("CapPrm:"):
            return bool(int(line.split()[1], 16) >> number & 1)
    return False


def keeper(number: int | None) -> tuple[Callable[[], None], Callable[[], None]]:
    """Two steps of a forked child: before and after it gives up root."""
    if number is None:
        return _nothing, _nothing
    libc = ctypes.CDLL(None, use_errno=True)  # looked up before the fork
    header = _Header(_VERSION_3, 0)
    bit = 1 << number
    data = (_Data * 2)(_Data(bit, bit, bit), _Data(0, 0, 0))

    def keep() -> None:
        _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))

    def grant() -> None:
        _check(libc.capset(ctypes.byref(header), ctypes.byref(data)))
        _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number, 0, 0))

    return keep, grant


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _nothing() -> None:
    return None
