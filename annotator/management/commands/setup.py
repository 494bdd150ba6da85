"""`manage.py setup`: tables up to date and somebody who may come in, where no `up` does it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.config.supervisor import prepare
from annotator.config.supervisor.errors import StartRefused
from annotator.models import User
from annotator.services import people


class Command(BaseCommand):
    help = "Bring the database up to date; the first time, make the owner and print a sign-in link."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            prepare.database(self.stdout.write, time.sleep)
        except StartRefused as error:
            raise CommandError(str(error)) from error
        if User.objects.exists():
            self.stdout.write("The database is up to date.")
        else:
            link = people.signin_link(people.make_owner())
            self.stdout.write(f"Sign in (works once, for 24 hours): {link}")
