"""Code that nobody trusts, run in a process that can do nothing but compute. Pure.

The process has no environment, an empty folder of its own, limits of processor time, memory and open
files, and a seccomp filter that lets through what computing needs: reading and writing what is open
already, memory, time, the end. Whatever opens a file, makes a socket or starts a process gets EPERM. A
machine that has no such filter runs nothing. See docs/decisions/0020.
"""

import json
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

CHILD = Path(__file__).with_name("sandbox_child.py")
MEMORY_MB = 256
MOST_WRITTEN = 64 * 1024  # bytes
START = 2.0  # seconds for the interpreter itself


class How(Enum):
    RAN = auto()
    RAISED = auto()
    TEST_RAISED = auto()
    NEEDS = auto()  # a module that is not there
    ENDED = auto()  # it ended itself
    TOO_LONG = auto()
    TOO_LARGE = auto()
    NO_LOCK = auto()  # nothing was run


@dataclass(frozen=True)
class Ran:
    """`what`: the error, or the module that is wanted."""

    how: How
    what: str = ""


def run(code: str, test: str, *, seconds: int) -> Ran:
    """Run `code`, then `test` with its names. `seconds` are of the processor and of the clock."""
    mark = secrets.token_hex(8)
    ask = {"code": code, "test": test, "seconds": seconds, "mb": MEMORY_MB, "mark": mark}
    with tempfile.TemporaryDirectory(prefix="genba-run-") as folder:
        said, late, ended = _talk(json.dumps(ask).encode(), folder, seconds + START)
    if late or ended == -signal.SIGXCPU:
        return Ran(How.TOO_LONG)
    if len(said) > MOST_WRITTEN:
        return Ran(How.TOO_LARGE)
    for line in reversed(said.splitlines()):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and told.get("mark") == mark and told.get("how") in How.__members__:
            return Ran(How[told["how"]], str(told.get("what", ""))[:500])
    # Killed by the kernel: of time where the hard limit struck, else of memory.
    return Ran(How.TOO_LONG if ended == -signal.SIGKILL else How.ENDED)


def _talk(ask: bytes, folder: str, seconds: float) -> tuple[bytes, bool, int]:
    """(what it wrote, whether its time was up, how it ended)."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(CHILD)],
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
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(ask)
            process.stdin.close()
        except BrokenPipeError:
            pass
        said = process.stdout.read(MOST_WRITTEN + 1)
        if len(said) > MOST_WRITTEN:
            process.kill()
        return said, late.is_set(), process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
