from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "Feedback"

    def ready(self) -> None:
        from annotator.jobs import registry, schedules  # noqa: PLC0415 - models are loaded by now
        from annotator.web import panels  # noqa: PLC0415
        from feedback.jobs import fill_from_log, forget, import_logs, signals, vibecheck  # noqa: PLC0415
        from feedback.services import from_log  # noqa: PLC0415

        registry.register(fill_from_log.KIND)
        registry.register(forget.KIND)
        registry.register(import_logs.KIND)
        registry.register(signals.KIND)
        registry.register(vibecheck.KIND)
        schedules.register_schedule(forget.SCHEDULE)
        schedules.register_schedule(signals.SCHEDULE)
        schedules.register_schedule(vibecheck.SCHEDULE)
        panels.register_queue_end(vibecheck.NAME, "check-end")
        panels.register_item(vibecheck.NAME, "item-source")
        panels.register_item(from_log.ORIGIN, "item-source")
