from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "Feedback"

    def ready(self) -> None:
        from annotator.jobs import registry, schedules  # noqa: PLC0415 - models are loaded by now
        from annotator.services import beside  # noqa: PLC0415
        from annotator.web import panels  # noqa: PLC0415
        from feedback.jobs import (  # noqa: PLC0415
            alike,
            fill_from_log,
            forget,
            import_logs,
            look_again,
            signals,
            vibecheck,
        )
        from feedback.services import beside_check, from_log  # noqa: PLC0415
        from feedback.services import look_again as looking_again  # noqa: PLC0415

        registry.register(alike.KIND)
        from feedback.jobs import fill_from_log, forget, import_logs, signals, vibecheck  # noqa: PLC0415
        from feedback.services import from_log, shadow_pairs  # noqa: PLC0415
        from feedback.sources import feature, negative, outliers, spread, uniform  # noqa: PLC0415
        from feedback.sources import registry as sources  # noqa: PLC0415

        for source in (spread, uniform, feature, negative, outliers):
            sources.register(source.SOURCE)
        registry.register(fill_from_log.KIND)
        registry.register(forget.KIND)
        registry.register(import_logs.KIND)
        registry.register(look_again.KIND)
        registry.register(signals.KIND)
        registry.register(vibecheck.KIND)
        schedules.register_schedule(alike.SCHEDULE)
        schedules.register_schedule(forget.SCHEDULE)
        schedules.register_schedule(signals.SCHEDULE)
        schedules.register_schedule(vibecheck.SCHEDULE)
        panels.register_queue_end(vibecheck.NAME, "check-end")
        panels.register_queue_end(shadow_pairs.ORIGIN, "check-end")
        panels.register_item(vibecheck.NAME, "item-source")
        panels.register_item(from_log.ORIGIN, "item-source")
        beside.register(vibecheck.NAME, beside_check.BESIDE)
        beside.register(looking_again.ORIGIN, looking_again.BESIDE)
