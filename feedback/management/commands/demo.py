"""`manage.py demo`: the demo project, made once. Asked again, it says that it is there."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from annotator.models import Project, Role, User
from annotator.services import first_run, people
from feedback.demo import more
from feedback.demo.seed import SLUG, make_demo


class Command(BaseCommand):
    help = "Make the demo project: real texts with human labels, laid over the last two weeks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--time-zone", metavar="NAME", default=_here(), help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["time_zone"] not in available_timezones():
            raise CommandError(f"There is no time zone “{options['time_zone']}”: write it as Asia/Seoul.")
        if not Project.objects.filter(slug=SLUG).exists():
            try:
                owner, now = _owner(), datetime.now(UTC)
                make_demo(owner=owner, time_zone=options["time_zone"], now=now)
                more.make_all(owner, options["time_zone"], now)
            except IntegrityError:  # somebody else made it in this moment
                if not Project.objects.filter(slug=SLUG).exists():
                    raise
            else:
                self.stdout.write(f"The demo project is made: /p/{SLUG}/")
                return
        self.stdout.write(f"The demo project is there already: /p/{SLUG}/")


def _owner() -> User:
    """The administrator, else somebody who owns a project, else a new account."""
    found = (
        first_run.owner()
        or User.objects.filter(memberships__role=Role.OWNER, is_active=True).order_by("pk").first()
    )
    return found or people.make_owner()


def _here() -> str:
    """This machine's time zone, so that yesterday is its people's yesterday; else UTC."""
    _before, _mark, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if name in available_timezones() else "UTC"
