"""A program of ours: web server, worker or beat."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from annotator.config.embedded.process import die_with_parent
from annotator.config.paths import ROOT


class Program:
    def __init__(self, name: str, command: list[str], *, environment: dict[str, str], log: Path) -> None:
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        self.end_group()  # what is left of the one before
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process and self.is_running():
            self.process.terminate()

    def end_group(self) -> None:
        """Kill it and whatever it started. Its group is its own since `start_new_session`."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
