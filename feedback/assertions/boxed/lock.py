"""The wall around a process: what it may take, and the few calls to the kernel that it keeps."""

import ctypes
import os
import platform
import resource
import signal
import sys
from collections.abc import Sequence

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
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 1, 38, 22, 2
WAIT = {"x86_64": 61, "aarch64": 260}  # wait4, for who started another
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


def locked_in(more: Sequence[int] = ()) -> bool:
    """From here on, only the calls above, and `more`. False: this machine cannot."""
    machine, calls = KERNELS.get(platform.machine(), (0, ()))
    if not calls or not sys.platform.startswith("linux"):
        return False
    calls = (*calls, *more)
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


def limit(mb: int, seconds: int) -> None:
    memory = mb * 1024 * 1024
    for what, most in (
        (resource.RLIMIT_AS, (memory, memory)),
        (resource.RLIMIT_CPU, (seconds, seconds + 1)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_NOFILE, (16, 16)),
        (resource.RLIMIT_NPROC, (1, 1)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        resource.setrlimit(what, most)


def end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
