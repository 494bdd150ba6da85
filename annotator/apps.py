from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator.exports import job as export  # noqa: PLC0415 - models are loaded by now
        from annotator.jobs import ask_again, registry, schedules, tidy  # noqa: PLC0415

        registry.register(tidy.KIND)
        registry.register(export.KIND)
        registry.register(ask_again.KIND)
        schedules.register_schedule(tidy.SCHEDULE)
