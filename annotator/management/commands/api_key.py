"""`manage.py api_key --project demo`: a new key, alone on standard output, for scripts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.models import Project, Scope
from annotator.services.keys import make_key


class Command(BaseCommand):
    help = "Makes an API key of a project and prints it. It is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--scopes", default=",".join(Scope.values), help="comma-separated; default: %(default)s"
        )
        parser.add_argument("--name", default="manage.py api_key", help="what the list of keys calls it")

    def handle(self, *, project: str, scopes: str, name: str, **options: Any) -> str:
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        unknown = [scope for scope in wanted if scope not in Scope.values]
        if unknown or not wanted:
            raise CommandError(f"--scopes takes {', '.join(Scope.values)}; not {scopes!r}.")
        if not 0 < len(name) <= 80:
            raise CommandError("--name takes 1 to 80 characters.")
        try:
            found = Project.objects.get(slug=project)
        except Project.DoesNotExist as error:
            there = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(
                f"There is no project “{project}”. There are: {there or 'none yet'}."
            ) from error
        return make_key(project=found, name=name, scopes=wanted)[1]
