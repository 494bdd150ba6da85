"""What this app brings to those below: each kind of thing has one line here."""

from django.apps import AppConfig


class DriftConfig(AppConfig):
    name = "drift"
    verbose_name = "Drift"

    def ready(self) -> None:
        """Models are loaded by now: modules that need them are imported from here on."""
