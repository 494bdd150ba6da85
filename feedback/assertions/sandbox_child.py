"""The process that `sandbox` starts. It needs nothing of ours, and locks itself in before it runs anything.

Its answer is one line of JSON on what was its standard output.
"""

import builtins
import ctypes
import importlib
import io
import json
import os
import platform
import resource
import sys
from types import TracebackType
from typing import Any

# For computing. Each is loaded before the lock; after it, nothing can be.
MODULES = (
    *("abc", "array", "base64", "bisect", "calendar", "cmath", "collections", "collections.abc"),
    *("contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions"),
    *("functools", "hashlib", "heapq", "html", "io", "itertools", "json", "math", "numbers", "operator"),
    *("pprint", "random", "re", "secrets", "statistics", "string", "struct", "textwrap", "time", "types"),
    *("typing", "unicodedata", "urllib.parse", "uuid", "_strptime", "encodings.ascii", "encodings.idna"),
    *("encodings.latin_1", "encodings.cp1252", "encodings.utf_16", "encodings.utf_8_sig", "warnings"),
    *("traceback", "unittest", "threading", "queue", "graphlib", "zlib", "binascii"),
)

# What computing needs of the kernel, by machine: (name of the audit, numbers). The names, in order: read,
# write, close, fstat, lseek, mmap, mprotect, munmap, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn,
# madvise, mremap, sched_yield, nanosleep, getpid, gettid, futex, clock_gettime, clock_getres,
# clock_nanosleep, gettimeofday, getrandom, exit, exit_group, sigaltstack, rseq, getrusage,
# restart_syscall, times, membarrier; on x86_64 also time.
KERNELS = {
    "x86_64": (
        0xC000003E,
        (
            *(0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 28, 25, 24, 35, 39, 186, 202, 228, 229, 230, 96),
            *(318, 60, 231, 131, 334, 98, 219, 100, 324, 201),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 233, 216, 124, 101, 172, 178, 98, 113),
            *(114, 115, 169, 278, 93, 94, 132, 293, 165, 128, 153, 283),
        ),
    ),
}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
KILL, REFUSE, ALLOW = 0x80000000, 0x00050001, 0x7FFF0000  # REFUSE: the call fails with EPERM
NUMBER_AT, MACHINE_AT = 0, 4


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jt", ctypes.c_ubyte),
        ("jf", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def locked_in() -> bool:
    """From here on, only the calls above. False: this machine cannot."""
    machine, calls = KERNELS.get(platform.machine(), (0, ()))
    if not calls or not sys.platform.startswith("linux"):
        return False
    steps = [_Step(LOAD, 0, 0, MACHINE_AT), _Step(EQUAL, 1, 0, machine), _Step(RETURN, 0, 0, KILL)]
    steps.append(_Step(LOAD, 0, 0, NUMBER_AT))
    steps += [_Step(EQUAL, len(calls) - n, 0, call) for n, call in enumerate(calls)]
    steps += [_Step(RETURN, 0, 0, REFUSE), _Step(RETURN, 0, 0, ALLOW)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    if kernel.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        return False
    try:
        os.open("/", os.O_RDONLY)
    except PermissionError:
        return True
    return False


def limit(ask: dict[str, Any]) -> None:
    memory, seconds = ask["mb"] * 1024 * 1024, ask["seconds"]
    for what, most in (
        (resource.RLIMIT_AS, (memory, memory)),
        (resource.RLIMIT_CPU, (seconds, seconds + 1)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_NOFILE, (16, 16)),
        (resource.RLIMIT_NPROC, (1, 1)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        resource.setrlimit(what, most)


def run(ask: dict[str, Any]) -> tuple[str, str]:
    """(how it ended, what with)."""
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    for text, raised in ((ask["code"], "RAISED"), (ask["test"], "TEST_RAISED")):
        try:
            exec(compile(text, "<code>", "exec"), names)  # noqa: S102 - what all of this is for
        except MemoryError:
            names.clear()
            return "TOO_LARGE", ""
        except ModuleNotFoundError as error:
            return "NEEDS", error.name or ""
        except SystemExit:
            return "ENDED", ""
        except BaseException as error:
            return raised, f"{type(error).__name__}: {error}{_line(error.__traceback__)}"
    return "RAN", ""


def _line(place: TracebackType | None) -> str:
    found = 0
    while place is not None:
        if place.tb_frame.f_code.co_filename == "<code>":
            found = place.tb_lineno
        place = place.tb_next
    return f" (line {found})" if found else ""


def main() -> None:
    ask = json.loads(sys.stdin.buffer.read())
    for name in MODULES:
        importlib.import_module(name)
    tell = os.dup(1)
    limit(ask)
    if locked_in():
        sys.stdout = sys.stderr = io.StringIO()
        how, what = run(ask)
    else:
        how, what = "NO_LOCK", ""
    try:
        line = json.dumps({"mark": ask["mark"], "how": how, "what": what[:400]})
    except MemoryError:
        line = json.dumps({"mark": ask["mark"], "how": "TOO_LARGE"})
    os.write(tell, f"\n{line}\n".encode("utf-8", "replace"))
    os._exit(0)


if __name__ == "__main__":
    main()
