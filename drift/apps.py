"""What this app brings to those below: each kind of thing has one line here."""

from django.apps import AppConfig


class DriftConfig(AppConfig):
    name = "drift"
    verbose_name = "Drift"

    def ready(self) -> None:
        """Models are loaded by now: modules that need them are imported from here on."""
        _embedding()
        _references()
        _demo()
        _jobs()


def _embedding() -> None:
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from drift.jobs import embed, forget  # noqa: PLC0415

    for kind in (embed.KIND, embed.PARTS, embed.END, forget.KIND):
        registry.register(kind)
    for clock in (embed, forget):
        schedules.register_schedule(clock.SCHEDULE)
        _jobs()


def _jobs() -> None:
    from annotator.jobs import registry  # noqa: PLC0415
    from drift.jobs import judge  # noqa: PLC0415

    for job in (judge,):
    from drift.jobs import structure  # noqa: PLC0415

    for job in (structure,):
        registry.register(job.KIND)
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from drift.jobs import fill_from_topic, name_topic, topics  # noqa: PLC0415

    registry.register(topics.KIND)
    registry.register(topics.COUNT_KIND)
    registry.register(fill_from_topic.KIND)
    registry.register(name_topic.KIND)
    schedules.register_schedule(topics.SCHEDULE)
        _alerts()


def _alerts() -> None:
    from annotator.metrics import registry as metrics  # noqa: PLC0415
    from drift import metrics as numbers  # noqa: PLC0415
    from drift import notices  # noqa: PLC0415
    from drift.sources import alerts  # noqa: PLC0415
    from feedback.notices import registry as told  # noqa: PLC0415
    from feedback.sources import registry as sources  # noqa: PLC0415

    told.register(notices.KIND)
    sources.register(alerts.SOURCE)
    metrics.register(numbers.drift)
        _references()


def _references() -> None:
    from annotator.datasets import registry as datasets  # noqa: PLC0415
    from annotator.jobs import registry, schedules  # noqa: PLC0415
    from annotator.web import panels  # noqa: PLC0415
    from drift.dataset_sources import uncovered  # noqa: PLC0415
    from drift.jobs import coverage, reference  # noqa: PLC0415
    from drift.services import uncovered as origin  # noqa: PLC0415

    registry.register(reference.KIND)
    registry.register(coverage.KIND)
    schedules.register_schedule(reference.SCHEDULE)
    datasets.register(uncovered.SOURCE)
    datasets.register_claims("uncovered", uncovered.claims)
    panels.register_item(origin.ORIGIN, "item-source")


def _jobs() -> None:
    from annotator.jobs import registry  # noqa: PLC0415
    from drift.jobs import structure  # noqa: PLC0415

    for job in (structure,):
        registry.register(job.KIND)


def _demo() -> None:
    from drift.demo import seed  # noqa: PLC0415
    from feedback.demo import more  # noqa: PLC0415

    more.register(seed.make_help_desk)
