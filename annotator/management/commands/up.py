"""`manage.py up`: the whole of Genba by one command; what `make run` calls."""

import os
import shlex
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from annotator.config import paths
from annotator.config.embedded.errors import EngineError
from annotator.config.supervisor import console, roles
from annotator.config.supervisor.console import say
from annotator.config.supervisor.errors import StartRefused, StopAsked
from annotator.config.supervisor.lock import Lock
from annotator.config.supervisor.signals import Signals
from annotator.config.supervisor.supervisor import Supervisor
from annotator.services import people
from annotator.services.first_run import FirstRun, owner


class Command(BaseCommand):
    help = "Start everything: embedded engines, web server, workers, beat. Ctrl-C stops it."
    requires_system_checks = []  # `make test` and CI run them; a start is to be quick

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            choices=sorted(roles.ROLES),
            help="become this one role and nothing else: no engines, no migration (for containers)",
        )
        parser.add_argument("--no-demo", action="store_true", help="make no demo project on the first start")

    def handle(self, *args: Any, **options: Any) -> None:
        if role := options["only"]:
            command = roles.ROLES[role]()
            os.execvpe(command[0], command, roles.environment(role))  # noqa: S606
        try:
            _run(demo=not options["no_demo"])
        except (StartRefused, EngineError) as error:
            sys.exit(f"Genba cannot start: {error}")


def _run(*, demo: bool) -> None:
    signals = Signals()
    signals.listen()
    lock = Lock(settings.VAR, address=settings.PUBLIC_URL)
    lock.take()
    supervisor = Supervisor(settings.VAR, signals)
    try:
        _start(supervisor, demo=demo)
        supervisor.run()
    except (StopAsked, KeyboardInterrupt):
        say("\nStopping …")
    finally:
        supervisor.stop()
        lock.release()
    say("Stopped. Nothing is left running.")


def _start(supervisor: Supervisor, *, demo: bool) -> None:
    supervisor.make_ready()
    first = FirstRun(settings.VAR)
    is_first = first.begin()
    supervisor.start_web()
    if is_first and _seed(supervisor, demo=demo):
        first.finish()
    supervisor.wait_for_web()
    supervisor.start_workers()
    say(_summary(is_first=is_first))


def _seed(supervisor: Supervisor, *, demo: bool) -> bool:
    if not demo:
        return True
    say("First start: making the demo project …")
    if supervisor.run_once("demo", ["demo"]):
        return True
    say(f"The demo project could not be made; why is in {supervisor.logs / 'demo.log'}")
    return False


def _summary(*, is_first: bool) -> str:
    person = owner()
    name = person.username if person else "USERNAME"
    command = f"{_prefix()}{sys.executable} {paths.ROOT / 'manage.py'} signin_link {name}"
    if is_first and person:
        signin = console.FIRST.format(link=people.signin_link(person), command=command)
    else:
        signin = console.LATER.format(address=settings.PUBLIC_URL, command=command)
    demo = console.DEMO.format(port=settings.DEMO_PORT) if roles.demo_key() else ""
    return console.SUMMARY.format(
        version=settings.VERSION,
        address=settings.PUBLIC_URL,
        signin=signin,
        demo=demo,
        logs=settings.VAR / "logs",
    )


def _prefix() -> str:
    """The variables that another command needs to meet this instance."""
    names = ("GENBA_VAR", "PORT", "PUBLIC_URL")
    return "".join(f"{name}={shlex.quote(os.environ[name])} " for name in names if os.environ.get(name))
