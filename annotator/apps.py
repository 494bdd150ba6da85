from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator.jobs import registry, schedules, tidy  # noqa: PLC0415 - models are loaded by now

        registry.register(tidy.KIND)
        schedules.register_schedule(tidy.SCHEDULE)
