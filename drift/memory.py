"""How much memory this process took at most, since it was asked to forget. Linux; elsewhere since its start."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

_SELF = Path("/proc/self")


def forget_peak() -> None:
    """The peak is counted anew from now on."""
    with suppress(OSError):
        (_SELF / "clear_refs").write_text("5")


def peak_mb() -> int:
    """In MiB, of resident memory."""
    with suppress(OSError):
        for line in (_SELF / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
