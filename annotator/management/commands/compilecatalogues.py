"""`manage.py compilecatalogues`: translations, without the gettext programs."""

from typing import Any

from django.core.management.base import BaseCommand

from annotator.config import catalogues


class Command(BaseCommand):
    help = "Compile the translation catalogues that changed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{catalogues.compile_stale()} catalogues compiled")
