"""What this app brings to the floor: each kind of thing has one line here."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "Feedback"

    def ready(self) -> None:
        """Models are loaded by now: modules that need them are imported from here on."""
        _jobs()
        _sources_of_the_check()
        _notices()
        _datasets()
        _parts_of_pages()


def _jobs() -> None:
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from feedback.jobs import (  # noqa: PLC0415
        alike,
        assertions,
        fill_from_log,
        forget,
        import_logs,
        look_again,
        measure,
        notices,
        signals,
        vibecheck,
    )

    jobs = (
        alike,
        assertions,
        fill_from_log,
        forget,
        import_logs,
        look_again,
        measure,
        notices,
        signals,
        vibecheck,
    )
    for job in jobs:
        registry.register(job.KIND)
    registry.register(assertions.SLOW_KIND)
    registry.register(notices.DELIVER)
    registry.register(notices.DAYS)
    for clock in (alike, assertions, forget, measure, notices, signals, vibecheck):
        schedules.register_schedule(clock.SCHEDULE)


def _sources_of_the_check() -> None:
    from feedback.sources import (  # noqa: PLC0415
        assertions,
        feature,
        negative,
        outliers,
        registry,
        spread,
        uniform,
    )

    for source in (spread, uniform, feature, negative, assertions, outliers):
        registry.register(source.SOURCE)


def _notices() -> None:
    from annotator.services import members_change  # noqa: PLC0415
    from feedback.assertions import failed  # noqa: PLC0415
    from feedback.channels import email, registry, slack, webhook  # noqa: PLC0415
    from feedback.notices import kinds  # noqa: PLC0415
    from feedback.notices import registry as notices  # noqa: PLC0415
    from feedback.services import assertion_failures, changes  # noqa: PLC0415

    for channel in (email, slack, webhook):
        registry.register(channel.KIND)
    for told in kinds.KINDS:
        notices.register(told)
    failed.register(assertion_failures.tell)
    members_change.register(changes.of_members)


def _datasets() -> None:
    from annotator.datasets import registry  # noqa: PLC0415
    from feedback.dataset_sources import expectations, failure_modes, suggestions  # noqa: PLC0415

    for source in (suggestions, expectations, failure_modes):
        registry.register(source.SOURCE)
    registry.register_claims("suggestions", suggestions.claims)


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
