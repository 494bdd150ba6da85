"""What a measurement stands on: engines of its own in a temporary folder, and a real web server.

Import this module before anything that reads Django's settings.
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from annotator.models import User

BASE = Path(tempfile.mkdtemp(prefix="genba-bench-"))
BASE.chmod(0o711)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = free_port()
os.environ |= {
    "GENBA_VAR": str(BASE / "var"),
    "PORT": str(PORT),
    "DJANGO_SETTINGS_MODULE": "annotator.config.settings",
    "LOG_LEVEL": "WARNING",
}
for _name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "ALLOWED_HOSTS"):
    os.environ.pop(_name, None)

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402

from annotator.config import paths  # noqa: E402
from annotator.config.embedded.engine import Engine  # noqa: E402
from annotator.config.embedded.postgres import Postgres  # noqa: E402
from annotator.config.embedded.redis import Redis  # noqa: E402

_running: list[subprocess.Popen[bytes]] = []
_engines: list[Engine] = []


def postgres() -> Postgres:
    """Durable, as in production, and migrated."""
    var = BASE / "var"
    var.mkdir(mode=0o711)
    var.chmod(0o711)
    engine = Postgres(var / "postgres", paths.sockets(), log=var / "postgres.log")
    engine.start()
    _engines.append(engine)
    django.setup()
    call_command("migrate", verbosity=0)
    return engine


def redis() -> Redis:
    """For whatever web server and workers tell each other. Start it before them, after PostgreSQL."""
    engine = Redis(BASE / "var" / "redis", paths.sockets() / "redis.sock", log=BASE / "redis.log")
    engine.start()
    _engines.append(engine)
    return engine


def worker(role: str) -> psutil.Process:
    """A worker as the supervisor starts it."""
    from annotator.config.supervisor import roles

    process = subprocess.Popen(
        roles.ROLES[role](),
        env=roles.environment(role),
        stdout=(BASE / f"{role}.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    _running.append(process)
    return psutil.Process(process.pid)


def web_server(
    *,
    workers: int = 2,
    threads: int = 4,
    application: str = "annotator.config.wsgi:application",
    port: int = PORT,
    **environment: str,
) -> psutil.Process:
    """The production command, answering."""
    program = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
    size = ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    log = BASE / f"web-{port}.log"
    process = subprocess.Popen(
        [*program, *size, "--host", "127.0.0.1", application],
        env={**os.environ, "GENBA_ROLE": "web", **environment},
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    _running.append(process)
    end = time.monotonic() + 60
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(log.read_text())
        time.sleep(0.1)
    return psutil.Process(process.pid)


def signed_in(person: "User") -> dict[str, str]:
    """The session cookie of this person, by its name."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def cpu_seconds(*processes: psutil.Process) -> float:
    """Of these and all below them, those that ended included."""
    total = 0.0
    for process in processes:
        for one in [process, *process.children(recursive=True)]:
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


def resident_mb(*processes: psutil.Process) -> float:
    """Memory of these and all below them."""
    found = [one for process in processes for one in [process, *process.children(recursive=True)]]
    return float(sum(one.memory_info().rss for one in found)) / 2**20


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v1/openapi.json")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@atexit.register
def _stop() -> None:
    for process in _running:
        process.terminate()
        process.wait(10)
    for engine in _engines:
        engine.stop()
    shutil.rmtree(BASE, ignore_errors=True)
