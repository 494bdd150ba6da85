"""Code that nobody trusts, run in a process that can do nothing but compute. Pure.

Two processes with no environment, an empty folder, limits of processor time, memory and open files, and a
seccomp filter that lets through what computing needs: reading and writing what is open already, memory,
time, the end. Whatever opens a file, makes a socket or starts a process gets EPERM. A machine that has no
such filter runs nothing. The one runs the code; the other runs the test, asks the first for values, and
tells how it went. See docs/decisions/0020.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_IT = "import sys; sys.path.insert(0, sys.argv[1]); from feedback.assertions.boxed.start import main; main(*map(int, sys.argv[2:]))"
MEMORY_MB = 256
MOST_TOLD = 16 * 1024  # bytes
START = 2.0  # seconds for the interpreter itself
PR_SET_CHILD_SUBREAPER = 36


class How(Enum):
    RAN = auto()
    RAISED = auto()
    TEST_RAISED = auto()
    NEEDS = auto()  # a module that is not there
    ENDED = auto()  # it ended itself
    TOO_LONG = auto()
    TOO_LARGE = auto()
    CANNOT_TELL = auto()  # only the code itself could say
    NO_LOCK = auto()  # nothing was run


@dataclass(frozen=True)
class Ran:
    """`what`: the error, or the module that is wanted."""

    how: How
    what: str = ""


def run(code: str, test: str, *, seconds: int) -> Ran:
    """Run `code`, then `test` with its names. `seconds` are of the processor and of the clock."""
    ask = json.dumps({"code": code, "test": test}).encode()
    with tempfile.TemporaryDirectory(prefix="genba-run-") as folder:
        said, late, ended = _talk(ask, folder, seconds)
    if late or ended in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Ran(How.TOO_LONG)
    try:
        told = json.loads(said)
        return Ran(How[told["how"]], str(told["what"]))
    except (ValueError, LookupError, TypeError):
        return Ran(How.ENDED)


def _talk(ask: bytes, folder: str, seconds: int) -> tuple[bytes, bool, int]:
    """(what it wrote, whether its time was up, how it ended)."""
    _take_orphans_in()
    process = subprocess.Popen(
        [
            *(sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", START_IT),
            *(str(ROOT), str(MEMORY_MB), str(seconds)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={},
        start_new_session=True,
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        if process.returncode is None:
            _kill(process)

    timer = threading.Timer(seconds + START, stop)
    timer.start()
    try:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(ask)
            process.stdin.close()
        except BrokenPipeError:
            pass
        said = process.stdout.read(MOST_TOLD)
        _kill(process)  # before it is waited for: its number is nobody else's yet
        return said, late.is_set(), process.wait()
    finally:
        timer.cancel()
        if process.returncode is None:
            _kill(process)
            process.wait()
        _wait_for_the_guest(process.pid)
        if process.stdout is not None:
            process.stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Both: the guest is of the same session, and can leave it as little as it can do anything else."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _take_orphans_in() -> None:
    """The guest outlives the trial by a moment. The first process of a container, whose it would be then,
    often waits for none."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_the_guest(group: int) -> None:
    """It is killed already, and of this group."""
    with suppress(ChildProcessError):
        os.waitpid(-group, 0)
