"""A whole Genba of a test's own: `manage.py up` as a person would start it."""

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil
from psycopg import connect

from annotator.config.paths import ROOT, sockets
from annotator.config.supervisor.leftovers import marked

READY = "is ready:"
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """One state folder; `start` and `stop` as often as a test likes."""

    def __init__(
        self, var: Path, *, root: Path = ROOT, become: Callable[[], None] | None = None, **more: str
    ):
        self.var, self.root, self.become = var, root, become
        self.port = free_port()
        self.more = more
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "GENBA_VAR": str(self.var), "PORT": str(self.port), "WEB_WORKERS": "1"} | self.more

    def start(self, *options: str) -> "Site":
        self.said, self._lines = [], queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *options],
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=self.become,
        )
        threading.Thread(target=self._listen, args=[self.process, self._lines], daemon=True).start()
        return self

    def until_ready(self, patience: float = 120) -> "Site":
        end = time.monotonic() + patience
        # The summary's last line is the way to stop.
        while not any("Ctrl-C" in line for line in self.said):
            left = end - time.monotonic()
            line = self._lines.get(timeout=max(left, 0.01))
            assert line is not None, f"it ended: {self.text}"
            self.said.append(line)
        return self

    def end(self, patience: float = 60) -> int:
        """Wait until it ends by itself; its exit status."""
        assert self.process
        status = self.process.wait(patience)
        while (line := self._lines.get(timeout=5)) is not None:
            self.said.append(line)
        return status

    def stop(self, how: int = signal.SIGINT) -> float:
        """Ask for the end; the seconds it took."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(30)
        return time.monotonic() - began

    def get(self, path: str = "/signin/") -> http.client.HTTPResponse:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        client.request("GET", path, headers={"Host": "localhost"})
        answer = client.getresponse()
        answer.body = answer.read().decode()  # type: ignore[attr-defined]
        client.close()
        return answer

    def until_page(self, path: str = "/signin/", patience: float = 60) -> float:
        """Ask until the page comes; the seconds it took. The first one needs no database."""
        began = time.monotonic()
        while True:
            try:
                if self.get(path).status == 200:
                    return time.monotonic() - began
            except OSError:
                pass
            assert time.monotonic() - began < patience, f"no page: {self.text}"
            time.sleep(0.05)

    def until_well(self, patience: float = 60) -> None:
        """Until nothing is amiss: database, Redis and every process that leaves signs of life."""
        end = time.monotonic() + patience
        while True:
            self.until_page("/healthz", max(end - time.monotonic(), 0))
            found = json.loads(self.get("/healthz").body)  # type: ignore[attr-defined]
            if found["status"] == "ok":
                return
            assert time.monotonic() < end, f"not well: {found}"
            time.sleep(0.1)

    def sign_of_life(self, name: str) -> object:
        """When the process with this sign last did something, as the database has it."""
        with connect(host=str(sockets(self.var)), user="genba", dbname="genba") as connection:
            return connection.execute("SELECT at FROM annotator_heartbeat WHERE name = %s", [name]).fetchone()

    @property
    def text(self) -> str:
        return "".join(self.said)

    def processes(self) -> list[psutil.Process]:
        """All that run for this folder: by their mark, and the engines by their command."""
        own = set(marked(self.var))
        found = []
        for process in psutil.process_iter(["pid", "cmdline"]):
            words = process.info["cmdline"] or []
            engine = any(str(self.var / "postgres") == word for word in words)
            if process.info["pid"] in own or engine or any(str(self.var) in word for word in words):
                found.append(process)
        return found

    def child(self, name: str, *, patience: float = 20) -> psutil.Process:
        """A living direct child of the supervisor by a word of its command; one may just be on its way."""
        assert self.process
        end = time.monotonic() + patience
        while time.monotonic() < end:
            for child in psutil.Process(self.process.pid).children():
                if name in " ".join(_command(child)):
                    return child
            time.sleep(0.05)
        raise AssertionError(f"no child called {name}: {self.text}")

    def tree(self) -> list[psutil.Process]:
        assert self.process
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def of_each(self, look: Callable[[psutil.Process], T]) -> list[T]:
        """What `look` says of each process of the tree; PostgreSQL's come and go meanwhile."""
        said = []
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                said.append(look(process))
        return said

    def _listen(self, process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put(None)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # dead, and not yet buried by its parent
        return []


def gone(processes: list[psutil.Process], patience: float = 15) -> list[psutil.Process]:
    """Those of `processes` that are still alive after a while."""
    alive: list[psutil.Process] = psutil.wait_procs(processes, timeout=patience)[1]
    return alive
