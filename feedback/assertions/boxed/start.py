"""What `sandbox` starts: loads what both processes need, makes the guest, and becomes the trial.

The code and its test come after the guest was made, so that nothing of them is in the guest's memory; what
the trial tells goes to a pipe that the guest does not hold.
"""

import importlib
import io
import json
import os
import platform
import sys

from feedback.assertions.boxed import guest, trial
from feedback.assertions.boxed.lock import WAIT, end_with_parent, limit, locked_in

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


def main(mb: int, seconds: int) -> None:
    for name in MODULES:
        importlib.import_module(name)
    sys.path, sys.argv = [], [""]
    to_guest, to_trial = os.pipe(), os.pipe()
    made = os.fork()
    if not made:
        _be_guest(to_guest, to_trial, mb, seconds)
    os.close(to_guest[0])
    os.close(to_trial[1])
    ask = json.loads(sys.stdin.buffer.read())
    limit(mb, seconds)
    how, what = "NO_LOCK", ""
    if locked_in([WAIT.get(platform.machine(), 0)]):
        sys.stdout = sys.stderr = io.StringIO()
        how, what = trial.run(ask["code"], ask["test"], reads=to_trial[0], writes=to_guest[1], guest=made)
    os.write(1, json.dumps({"how": how, "what": what[:400]}).encode())
    os._exit(0)


def _be_guest(to_guest: tuple[int, int], to_trial: tuple[int, int], mb: int, seconds: int) -> None:
    """With what it hears and says by, and nothing else."""
    try:
        end_with_parent()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        for other in (nothing, to_guest[1], to_trial[0]):
            os.close(other)
        limit(mb, seconds)
        if locked_in():
            guest.live(to_guest[0], to_trial[1])
    finally:
        os._exit(1)
