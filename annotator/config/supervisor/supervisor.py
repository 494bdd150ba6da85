"""One command's whole run: engines, database, web server, workers, and their end."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections

from annotator.config import paths
from annotator.config.embedded.engine import Engine
from annotator.config.embedded.postgres import Postgres
from annotator.config.embedded.process import EngineError
from annotator.config.embedded.redis import Redis
from annotator.config.supervisor import port, prepare, roles
from annotator.config.supervisor.console import say
from annotator.config.supervisor.errors import StartRefused, StopAsked
from annotator.config.supervisor.leftovers import Records
from annotator.config.supervisor.logs import Tail
from annotator.config.supervisor.program import Program
from annotator.config.supervisor.signals import Signals
from annotator.config.supervisor.watch import Watch

LOOK_EVERY = 0.25
WEB_PATIENCE = 60.0
# Together under five seconds: programs are asked, then killed; engines likewise.
PROGRAMS_END = 3.2
ENGINES_END = 4.5


class Supervisor:
    """Starts everything in order, keeps it running, ends it in the opposite order."""

    def __init__(self, var: Path, signals: Signals) -> None:
        self.var, self.signals = var, signals
        self.logs = var / "logs"
        self.records = Records(var)
        self.engines: list[Engine] = []
        self.programs: list[Program] = []
        self._watches: list[Watch] = []
        self._tails: list[Tail] = []

    # --- starting ------------------------------------------------------------------------------
    def make_ready(self) -> None:
        """Engines and database; when it returns, Django's models can be used."""
        self._make_folders()
        if self.records.end_leftovers():
            say("Ended what a killed run had left behind.")
        port.check_free(settings.HOST, settings.PORT)
        self._make_engines()
        for engine in self.engines:
            self._launch(engine, log=engine.log)
        prepare.files(say)  # while the engines start
        for engine in self.engines:
            self._wait_for(engine)
        prepare.database(say, self.signals.pause)

    def start_web(self) -> None:
        connections.close_all()
        self._start("web")

    def wait_for_web(self) -> None:
        end = time.monotonic() + WEB_PATIENCE
        while not prepare.web_answers():
            self.look()
            if time.monotonic() > end:
                raise StartRefused(f"The web server does not answer; its log is {self.logs / 'web.log'}")
            self.signals.pause(0.05)

    def start_workers(self) -> None:
        """After the first page: on a small machine they would hold it up."""
        self._start("worker")
        if roles.has_ml():
            self._start("worker-ml")
        else:
            say("The ml set is not installed (`make install-ml`): what needs a model waits.")
        self._start("worker-suggest")
        self._start("beat")
        if key := roles.demo_key():
            self._program_of("demo-pages", roles.demo_pages(), GENBA_DEMO_KEY=key)

    def run_once(self, name: str, command: list[str]) -> bool:
        """A command of ours beside the servers; whether it went well."""
        program = self._program(name, [sys.executable, "manage.py", *command], "command")
        self._launch(program, log=program.log, keep=False)
        while program.is_running():
            self.look()
            self.signals.pause(0.1)
        self.programs.remove(program)  # its number will be another process's one day
        return program.process is not None and program.process.returncode == 0

    # --- running ---------------------------------------------------------------------------------
    def look(self) -> None:
        for watch in self._watches:
            if watch.look():
                self._record(watch.what)
        for tail in self._tails:
            tail.look()

    def run(self) -> None:
        while True:
            self.look()
            self.signals.pause(LOOK_EVERY)

    # --- stopping ----------------------------------------------------------------------------------
    def stop(self) -> None:
        self.signals.stopping = True
        began = time.monotonic()
        for program in reversed(self.programs):
            program.terminate()
        self._wait_until(began + PROGRAMS_END, lambda: any(p.is_running() for p in self.programs))
        for program in self.programs:
            program.end_group()
        for engine in reversed(self.engines):
            if engine.process and engine.is_running():
                engine.process.send_signal(engine.stop_signal)
        self._wait_until(began + ENGINES_END, lambda: any(e.is_running() for e in self.engines))
        for engine in self.engines:
            # PostgreSQL's immediate end; the next start recovers. A second later even that is over.
            self._insist(engine, signal.SIGQUIT if isinstance(engine, Postgres) else signal.SIGKILL)
        self.records.clear()

    def _insist(self, engine: Engine, how: signal.Signals) -> None:
        if engine.process is None:
            return
        try:
            engine.stop(how, patience=1)
        except subprocess.TimeoutExpired:
            engine.stop(signal.SIGKILL)

    def _wait_until(self, end: float, running: Callable[[], bool]) -> None:
        while running() and time.monotonic() < end and not self.signals.insisted:
            time.sleep(0.02)

    # --- parts ---------------------------------------------------------------------------------------
    def _make_folders(self) -> None:
        try:
            paths.make_var(self.var)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            settings.MEDIA_ROOT.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StartRefused(f"{error.filename} cannot be made: {error.strerror}") from error

    def _make_engines(self) -> None:
        sockets = paths.sockets(self.var)
        if settings.EMBEDDED_POSTGRES:
            self.engines.append(Postgres(self.var / "postgres", sockets, log=self.logs / "postgres.log"))
        if settings.EMBEDDED_REDIS:
            broker = Redis(self.var / "redis", sockets / "redis.sock", log=self.logs / "redis.log")
            self.engines.append(broker)

    def _wait_for(self, engine: Engine) -> None:
        began, told = time.monotonic(), False
        while not engine.answers():
            if not engine.is_running():
                engine.start(pause=self.signals.pause)
                self._record(engine)
                return
            if not told and time.monotonic() - began > 3:
                told = True
                say(f"{engine.name} recovers from an interrupted run; that can take some minutes …")
            if time.monotonic() - began > engine.patience:
                raise EngineError(f"{engine.name} does not answer; its log is {engine.log}")
            self.signals.pause(0.02)
        engine.answering()

    def _start(self, role: str) -> None:
        self._program_of(role, roles.ROLES[role]())

    def _program_of(self, name: str, command: list[str], **more: str) -> None:
        program = self._program(name, command, name, **more)
        self._launch(program, log=program.log)

    def _program(self, name: str, command: list[str], role: str, **more: str) -> Program:
        environment = roles.environment(role, supervised=True) | more
        program = Program(name, command, environment=environment, log=self.logs / f"{name}.log")
        self.programs.append(program)
        return program

    def _launch(self, what: Engine | Program, *, log: Path, keep: bool = True) -> None:
        self._tails.append(Tail(what.name, log, say))
        what.launch()
        self._record(what)
        if keep:
            self._watches.append(Watch(what, say, log=str(log)))

    def _record(self, what: object) -> None:
        if isinstance(what, (Engine, Program)) and what.process:
            self.records.add(what.name, what.process.pid)


__all__ = ["EngineError", "StartRefused", "StopAsked", "Supervisor"]
