"""Draw a project's vibe check by hand. Drawing twice draws once."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotator.models import Project
from feedback import days
from feedback.models import VibeCheck
from feedback.queries.shifts import zone_of
from feedback.services import vibecheck
from feedback.services.plan_words import drawn_by


class Command(BaseCommand):
    help = "Draw the vibe check of one day, as the daily schedule does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--date",
            metavar="YYYY-MM-DD",
            help="the day that was logged, in the project's time zone; default: yesterday",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project “{options['project']}”.")
        now = datetime.now(UTC)
        day = _day(options["date"]) if options["date"] else days.day_of(now, zone_of(project)) - days.DAY
        known = VibeCheck.objects.filter(project=project, day=day, queue__isnull=False).exists()
        try:
            check = vibecheck.draw(project=project, day=day, now=now)
        except vibecheck.TooEarly as error:
            raise CommandError(str(error)) from error
        self._say(check, known)

    def _say(self, check: VibeCheck, known: bool) -> None:
        if check.queue_id is None:
            self.stdout.write(f"No production interactions were logged on {check.day}: nobody is asked.")
            return
        drawn = sum(stratum["drawn"] for stratum in check.strata)
        word = "was drawn before" if known else "is drawn"
        self.stdout.write(f"The check of {check.day} {word}: {drawn} of {check.population} interactions.")
        for stratum in check.strata:
            name = stratum["name"] or "(no feature)"
            self.stdout.write(f"  {stratum['drawn']:>4} of {stratum['population']:>8}  {name}")
        for part in drawn_by(check):
            self.stdout.write(f"  {part.drawn:>4} of {part.population:>8}  {part.words}")
        self.stdout.write(f"On shift: {check.person.shown_name if check.person else 'nobody'}")
        self.stdout.write(settings.PUBLIC_URL + reverse("check", args=[check.project.slug, check.day]))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a day: write it as 2026-11-23.") from None
