"""One running Genba per state folder."""

import fcntl
import json
import os
from datetime import datetime
from pathlib import Path

from annotator.config import paths
from annotator.config.supervisor.errors import StartRefused


class Lock:
    """`var/lock`: locked by the kernel as long as its holder lives, with the holder's name inside.

    The file stays when Genba stops: removing it would let two starts lock two files.
    """

    def __init__(self, var: Path, *, address: str) -> None:
        self.var, self.path, self.address = var, var / "lock", address
        self._file: int | None = None

    def take(self) -> None:
        """Raises StartRefused, naming who holds the folder."""
        try:
            paths.make_var(self.var)
            number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StartRefused(f"{error.filename} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            raise StartRefused(self._holder()) from None
        except OSError as error:
            os.close(number)
            raise StartRefused(
                f"{self.path} cannot be locked ({error.strerror}): the folder must lie on a local disk"
            ) from error
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        note = {"pid": os.getpid(), "started": started, "address": self.address}
        os.ftruncate(number, 0)
        os.write(number, json.dumps(note).encode())
        self._file = number

    def release(self) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def _holder(self) -> str:
        try:
            note = json.loads(self.path.read_text(encoding="utf-8"))
            who = f"process {note['pid']}, started {note['started']}, at {note['address']}"
            end = f"Stop it with Ctrl-C in its terminal or with `kill {note['pid']}`"
        except (OSError, ValueError, KeyError):  # it has not written its name yet
            who, end = "another process", "Stop that one"
        return (
            f"Genba already runs on {self.var}: {who}.\n"
            f"{end}, or give this one a folder and a port of its own: GENBA_VAR=/other/folder PORT=8001 make run"
        )
