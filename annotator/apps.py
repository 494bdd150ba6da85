from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator.exports import job as export  # noqa: PLC0415 - models are loaded by now
        from annotator.jobs import ask_again, import_items, import_labels, registry, schedules, tidy  # noqa: PLC0415

        registry.register(tidy.KIND)
        registry.register(export.KIND)
        registry.register(ask_again.KIND)
        registry.register(import_items.KIND)
        registry.register(import_labels.KIND)
        schedules.register_schedule(tidy.SCHEDULE)
