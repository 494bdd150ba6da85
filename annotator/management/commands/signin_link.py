"""`manage.py signin_link NAME`: a one-time way in, alone on standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.models import User
from annotator.services.people import signin_link


class Command(BaseCommand):
    help = "Prints a one-time sign-in link for somebody who is locked out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--hours", type=int, default=24, help="how long it works; default: %(default)s")

    def handle(self, *, username: str, hours: int, **options: Any) -> str:
        if not 1 <= hours <= 24 * 30:
            raise CommandError("--hours takes 1 to 720.")
        user = User.objects.filter(username=username).first()
        if user is None:
            there = ", ".join(User.objects.order_by("username").values_list("username", flat=True)[:20])
            raise CommandError(f"There is nobody named “{username}”. There are: {there or 'none yet'}.")
        if not user.is_active:
            raise CommandError(f"The account “{username}” is closed.")
        return signin_link(user, hours=hours)
