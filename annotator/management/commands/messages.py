"""`manage.py messages`: bring the translation catalogues up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from annotator.config.messages import bring_up_to_date


class Command(BaseCommand):
    help = "Finds the texts to translate and writes them into locale/, keeping translations."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for language, lacking in bring_up_to_date().items():
            if language != "en":  # English texts are their own keys
                self.stdout.write(f"{language}: {lacking or 'nothing'} left to translate")
