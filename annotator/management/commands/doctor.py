"""`manage.py doctor`: what is wrong on this machine, and what to do about it."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.color import Style
from django.utils.translation import gettext as _

from annotator.health.examine import Found, examine
from annotator.health.registry import State, registered


class Command(BaseCommand):
    help = "Check the database, Redis, workers, models and disk. Exit code 1 when something does not work."
    requires_system_checks: Any = []  # it must speak when nothing else does

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            choices=[check.name for check in registered()],
            help="this check and what everything needs; may be given again (for health checks of containers)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine(options["only"] or ())
        for one in found:
            self._show(one)
        if any(one.finding.state == State.ERROR for one in found):
            sys.exit(1)
        if not any(one.is_trouble for one in found):
            self.stdout.write(self.style.SUCCESS(_("All is well.")))

    def _show(self, one: Found) -> None:
        finding = one.finding
        mark = _paint(self.style, finding.state)
        detail = f"  [{finding.detail}]" if finding.detail else ""
        self.stdout.write(f"{mark} {one.check.name:<11} {finding.text}{detail}")
        if finding.advice:
            self.stdout.write(f"{'':<20} → {finding.advice}")


def _paint(style: Style, state: State) -> str:
    word = f"{state:<7}"
    painters = {State.OK: style.SUCCESS, State.WARNING: style.WARNING, State.ERROR: style.ERROR}
    return painters[state](word) if state in painters else word
