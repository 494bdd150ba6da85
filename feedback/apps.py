"""What this app brings to the floor: each kind of thing has one line here."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "Feedback"

    def ready(self) -> None:
        """Models are loaded by now: modules that need them are imported from here on."""
        _jobs()
        _sources_of_the_check()
        _parts_of_pages()


def _jobs() -> None:
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from feedback.jobs import (  # noqa: PLC0415
        alike,
        fill_from_log,
        forget,
        import_logs,
        look_again,
        signals,
        vibecheck,
    )

    for job in (alike, fill_from_log, forget, import_logs, look_again, signals, vibecheck):
        registry.register(job.KIND)
    for clock in (alike, forget, signals, vibecheck):
        schedules.register_schedule(clock.SCHEDULE)


def _sources_of_the_check() -> None:
    from feedback.sources import feature, negative, outliers, registry, spread, uniform  # noqa: PLC0415

    for source in (spread, uniform, feature, negative, outliers):
        registry.register(source.SOURCE)


def _parts_of_pages() -> None:
    from annotator.services import beside  # noqa: PLC0415
    from annotator.web import panels  # noqa: PLC0415
    from feedback.jobs import vibecheck  # noqa: PLC0415
    from feedback.services import beside_check, from_log, look_again, shadow_pairs  # noqa: PLC0415

    panels.register_queue_end(vibecheck.NAME, "check-end")
    panels.register_queue_end(shadow_pairs.ORIGIN, "check-end")
    panels.register_item(vibecheck.NAME, "item-source")
    panels.register_item(from_log.ORIGIN, "item-source")
    beside.register(vibecheck.NAME, beside_check.BESIDE)
    beside.register(look_again.ORIGIN, look_again.BESIDE)
