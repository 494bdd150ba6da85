"""`manage.py static`: what `up` prepares before it serves, for an image or another server."""

from typing import Any

from django.core.management.base import BaseCommand

from annotator.config import catalogues, static_files


class Command(BaseCommand):
    help = "Compile translations and gather static files, where something changed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        catalogues.compile_stale()
        gathered = static_files.gather()
        self.stdout.write("Static files gathered." if gathered else "Static files are up to date.")
