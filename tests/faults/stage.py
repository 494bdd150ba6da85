"""Engines, workers and beats of one test's own, to be killed at will."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from annotator.config import paths
from annotator.config.embedded.postgres import Postgres
from annotator.config.embedded.redis import Redis
from tests import schema
from tests.pace import allowed

LEASE_SECONDS, SWEEP_SECONDS = 2, 1
EVERY_SECONDS = 1  # the schedule of the test
ALONE = ["--without-gossip", "--without-mingle"]
CELERY = [sys.executable, "-m", "celery", "-A", "tests.faults.app"]


class Stage:
    def __init__(self, var: Path) -> None:
        var.chmod(0o711)
        sockets = paths.sockets(var)
        self.var = var
        self.postgres = Postgres(var / "postgres", sockets, log=var / "postgres.log", durable=False)
        self.redis = Redis(var / "redis", sockets / "redis.sock", log=var / "redis.log")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "GENBA_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "annotator.config.settings",
            "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "SWEEP_SECONDS": str(SWEEP_SECONDS),
        }

    def open(self) -> None:
        self.postgres.start()
        self.redis.start()
        schema.fill(self.postgres, "genba")
        self.do("CREATE TABLE fault_effects (job uuid, number int, attempt int)")

    def close(self) -> None:
        self.clear()
        self.postgres.stop(signal.SIGQUIT)
        self.redis.stop(signal.SIGKILL)

    def clear(self) -> None:
        """No process, no job, no message of an earlier test."""
        for process in self.processes:
            kill(process)
        self.processes.clear()
        for engine in (self.postgres, self.redis):  # whatever a test that failed had done to them
            if engine.is_running():
                engine.process.send_signal(signal.SIGCONT)
            else:
                engine.start()
        self.do("TRUNCATE annotator_job, annotator_scheduledrun, annotator_heartbeat, fault_effects CASCADE")
        self.empty_redis()

    def empty_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.redis.socket)).flushall()

    # --- processes ---------------------------------------------------------------------

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def worker(self, *, queue: str = "default", children: int = 2, **more: str) -> subprocess.Popen[bytes]:
        kind = {"ml": "solo", "suggest": "threads"}.get(queue, "prefork")
        pool = ["--pool", kind, *([] if kind == "solo" else ["--concurrency", str(children)])]
        number = len(self.processes)
        return self._celery(
            ["worker", "--queues", queue, "--hostname", f"{queue}{number}@%h", *pool, *ALONE], "worker", more
        )

    def beat(self, **more: str) -> subprocess.Popen[bytes]:
        return self._celery(["beat", "--pidfile="], "beat", more)

    def web(self, port: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "up", "--only", "web"]
        return self._start(command, {"PORT": str(port), "WEB_WORKERS": "1"})

    def _celery(self, words: list[str], role: str, more: dict[str, str]) -> subprocess.Popen[bytes]:
        return self._start([*CELERY, *words], {"GENBA_ROLE": role, **more})

    def _start(self, command: list[str], more: dict[str, str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self.environment | more,
            cwd=paths.ROOT,
            stdout=(self.var / "processes.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    # --- jobs --------------------------------------------------------------------------

    def do(self, sql: str, *values: object) -> list[tuple]:
        with psycopg.connect(**self.postgres.url, dbname="genba", autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def ask(self, kind: str = "test.count", **arguments: int) -> uuid.UUID:
        """A due job that nobody was rung for: the sweep does."""
        job = uuid.uuid4()
        self.do(
            "INSERT INTO annotator_job (id, kind, celery_queue, arguments, state, attempts, max_attempts,"
            " idempotency_key, done, error, cancel_asked)"
            " VALUES (%s, %s, %s, %s, 'due', 0, 5, %s, 0, '', false)",
            *(job, kind, "ml" if kind.endswith("-ml") else "default", json.dumps(arguments), str(job)),
        )
        return job

    def states(self) -> dict[str, int]:
        return dict(self.do("SELECT state, count(*) FROM annotator_job GROUP BY state"))

    def job(self, job: uuid.UUID, column: str):
        return self.do(f"SELECT {column} FROM annotator_job WHERE id = %s", job)[0][0]  # noqa: S608

    def effects(self, job: uuid.UUID) -> list[int]:
        rows = self.do("SELECT number FROM fault_effects WHERE job = %s ORDER BY number", job)
        return [number for (number,) in rows]

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Seconds until the condition held."""
        start = time.monotonic()
        while not condition():
            waited = time.monotonic() - start
            late = waited >= seconds and waited >= allowed(seconds)
            assert not late, f"not within {seconds} s: {what}\n{self.log()}"
            time.sleep(0.05)
        return time.monotonic() - start

    def wait_for_end(self, seconds: float) -> float:
        """Until no job is due or leased."""
        return self.wait(lambda: not {"due", "leased"} & set(self.states()), seconds, "all jobs ended")

    def log(self) -> str:
        return (self.var / "processes.log").read_text(errors="replace")[-6000:]


def kill(process: subprocess.Popen[bytes], how: int = signal.SIGKILL) -> None:
    """The process and its children, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait(30)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(word) for word in text.split()]
