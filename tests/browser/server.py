"""The web server that the browser tests talk to: a process of its own on the test database."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection


class WebServer:
    """Started and stopped at will, always on the same port."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 60.0) -> None:
        """Does nothing when it runs already."""
        if self.process is not None and self.process.poll() is None:
            return
        program = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
        size = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--blocking-threads", "4"]
        self.process = subprocess.Popen(
            [*program, *size, "annotator.config.wsgi:application"],
            cwd=settings.ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        end = time.monotonic() + patience
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"There is no web server:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """SIGKILL takes the whole process group, as a crash of the machine would."""
        if self.process is None or self.process.poll() is not None:
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/signin/", headers={"Host": "localhost"})
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        database = connection.settings_dict  # the test database, wherever the tests made it
        place = f"{quote(str(database['HOST']), safe='')}:{database['PORT'] or 5432}"
        return {
            **os.environ,
            "GENBA_ROLE": "web",
            "DATABASE_URL": f"postgresql://{database['USER']}@{place}/{database['NAME']}",
            "REDIS_URL": settings.REDIS_URL,
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
