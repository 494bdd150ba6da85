"""What this app brings to those below: each kind of thing has one line here."""

from django.apps import AppConfig


class DriftConfig(AppConfig):
    name = "drift"
    verbose_name = "Drift"

    def ready(self) -> None:
        """Models are loaded by now: modules that need them are imported from here on."""
        _jobs()
        _alerts()
        _references()
        _demo()


def _jobs() -> None:
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from drift.jobs import (  # noqa: PLC0415
        coverage,
        embed,
        fill_from_topic,
        forget,
        judge,
        name_topic,
        reference,
        structure,
        topics,
    )

    for job in (coverage, embed, fill_from_topic, forget, judge, name_topic, reference, structure, topics):
        registry.register(job.KIND)
    registry.register(embed.PARTS)
    registry.register(embed.END)
    registry.register(topics.COUNT_KIND)
    for clock in (embed, forget, reference, topics):
        schedules.register_schedule(clock.SCHEDULE)


def _alerts() -> None:
    from annotator.metrics import registry as metrics  # noqa: PLC0415
    from drift import metrics as numbers  # noqa: PLC0415
    from drift import notices  # noqa: PLC0415
    from drift.sources import alerts  # noqa: PLC0415
    from feedback.notices import registry as told  # noqa: PLC0415
    from feedback.sources import registry as sources  # noqa: PLC0415

    for kind in notices.KINDS:
        told.register(kind)
    sources.register(alerts.SOURCE)
    metrics.register(numbers.drift)


def _references() -> None:
    from annotator.datasets import narrowings  # noqa: PLC0415
    from annotator.datasets import registry as datasets  # noqa: PLC0415
    from annotator.web import panels  # noqa: PLC0415
    from drift.dataset_sources import topics, uncovered  # noqa: PLC0415
    from drift.services import uncovered as origin  # noqa: PLC0415

    datasets.register(uncovered.SOURCE)
    narrowings.register(topics.NARROWING)
    datasets.register_claims("uncovered", uncovered.claims)
    panels.register_item(origin.ORIGIN, "item-source")


def _demo() -> None:
    from drift.demo import seed  # noqa: PLC0415
    from feedback.demo import more  # noqa: PLC0415

    more.register(seed.make_help_desk)
